/* The formats that are understood. Each is one row: it bids on the head of a file, the highest bid
 * opens it. A reader pulls events from a stream; see event.h for how long they live. */
#ifndef APD_PARSERS_H
#define APD_PARSERS_H

#include "etl_pool.h"
#include "event.h"
#include "shape.h"
#include "stream.h"

typedef struct apd_reader apd_reader;

/* What a reader works with. All of it outlives the reader. */
typedef struct apd_input {
    apd_stream *stream;
    apd_str path;    /* the member's path, for the log's name only */
    uint32_t member; /* goes into apd_event.where */
    apd_intern *names;
    apd_arena *batch; /* the reader's: it may rewind to where it was at open() in any next() */
    apd_schemas
        *schemas; /* what the bundle's traces tell about their events; NULL: each for itself */
    const apd_shape_sink *shapes; /* told what an event log's templates say; NULL: nobody asks */
} apd_input;

typedef struct apd_parser {
    const char *name;  /* "evtx" */
    const char *about; /* one line for people */
    /* 0: not mine; 1..100: how sure. `head` has up to APD_SNIFF bytes, possibly none. */
    int (*bid)(apd_bytes head, apd_str path);
    apd_status (*open)(const apd_input *in, apd_reader **out, apd_error *err);
    /* APD_OK: ev is filled. APD_SKIPPED: a record was lost, err says which; call again.
     * APD_END: done. Anything else: the rest of the file is lost. */
    apd_status (*next)(apd_reader *r, apd_event *ev, apd_error *err);
    void (*close)(apd_reader *r); /* NULL is fine */
} apd_parser;

extern const apd_parser apd_parser_evtx;

/* Event records found in any bytes: a disk image, a file with another content, the free space of a
 * log. Never bids; who wants it opens it by name. Chunks are recognised at any offset, single records
 * by their frame. The field `Carved`, the last one, says where an event comes from: "chunk" (a record
 * that reading the chunk would give as well), "slack" (the free space of a chunk: a record of earlier
 * use) or "record" (no chunk around it). Of a record whose template is gone the fields are whatever
 * is left; when nothing is, id and log are 0 and `Raw` has its bytes. Records from slack or without a
 * chunk come once: their like (same id and time of writing) is passed over while it is remembered. */
extern const apd_parser apd_parser_evtx_carve;

/* Traces of ETW, of any Windows since 7, 32-bit ones, compressed ones, and such as were copied while they were
 * recorded. Events come in the order they were written, times in UTC by the clock of the session; where the
 * clock goes back, an event of the provider EventTrace says so. The trace's own first record is an event with
 * what is known about the session. Records that only describe others are no events. where.record
 * counts the records from 1. The whole trace is looked at before the first event: what cannot be sought in is
 * held in memory, up to APD_ETL_MAX_HELD bytes at a time. */
extern const apd_parser apd_parser_etl;
/* Does this trace say nothing of what its events mean? One that was not merged (it may still have been
 * recorded) should be read after all others of its bundle, which may tell. */
bool apd_etl_waits(apd_bytes head);

/* One event per record: message, provider = component, fields component, thread, type, context and
 * file where not empty. Times with a bias are converted (APD_CLOCK_OFFSET), others stay local
 * (APD_CLOCK_LOCAL); a readable date with an unreadable time is APD_CLOCK_DATE at midnight.
 * Nothing is dropped for being damaged: a torn record, or a line outside of records, is an event
 * with its text and APD_CLOCK_NONE; the tail of a record rotated away has the record's time. Of a
 * record longer than APD_MAX_RECORD the front is delivered, then APD_SKIPPED says what is missing.
 * where.record counts the events from 1, where.offset is the first byte in the stored file, also
 * for UTF-16. */
extern const apd_parser apd_parser_cmtrace;

/* One fact per file: autopilot.profile (AutopilotDDSZTDFile.json), autopilot.offline-profile
 * (AutopilotConfigurationFile.json) or autopilot.concierge (AutopilotConciergeFile.json); its
 * fields are the leaves by dotted path. An empty document is a fact without fields, one that is not
 * JSON is APD_SKIPPED. */
extern const apd_parser apd_parser_profile;

/* MdmDiagLogMetadata.json as collector.request, DiagnosticsFrameworkData.json as
 * collector.framework: one fact per file, as apd_parser_profile makes them. */
extern const apd_parser apd_parser_jsonfacts;

/* MDMDiagReport.xml, one fact per object of it; where.record is the line it ends in. Named ones are
 * mdm.report.system, .enrollment, .enrollment-status, .policy, .policy-metadata, .app,
 * .provisioning, .task, .error-log and .certificate; all others are mdm.report with a field Path.
 * Damage is APD_SKIPPED with its line; objects that were whole before it count. */
extern const apd_parser apd_parser_mdmreport;

/* The HTML form of it: mdm.report.device and mdm.report.connection. */
extern const apd_parser apd_parser_mdmhtml;

/* results.xml of Intune's Collect diagnostics: intune.collection for each item (Ordinal, Type,
 * Source, HRESULT), then intune.collection.summary. The storage address in SasUrl is never kept. */
extern const apd_parser apd_parser_resultsxml;

/* "(11) No Results - Error [0x80070002] FoldersFiles x", a file without content: intune.item with
 * Ordinal, Type, Source, HRESULT, all from its name. */
extern const apd_parser apd_parser_intuneitem;

/* MdmLogCollectorFootPrint.txt: each line as an event, as apd_parser_text does, followed by
 * collector.item where it tells of one: Area (those asked for), Item, Kind (EventLog, File,
 * Registry, Other), Result (collected, failed), HRESULT, Reason, To. */
extern const apd_parser apd_parser_footprint;

/* What commands report: as text (below), and at the end of each part of the report a fact with its
 * values: dsregcmd, network.host, network.adapter, certificate, winhttp.proxy, licensing, msinfo, tpm.hli,
 * tpm.aik, tpm.info, uefi.data. docs/formats.md has their fields. The lines of the last four are in the
 * log named after the file that mdmdiagnosticstool writes, those of dsregcmd in the log dsregcmd, whatever
 * this file's name is. */
extern const apd_parser apd_parser_keyvalue;

/* DeviceHash_<name>.csv, or any list for importing Autopilot devices: a fact device.hash for each row,
 * with what the hardware hash says of the device. The hash itself is never in it. */
extern const apd_parser apd_parser_devicehash;

/* Registry files: exports (UTF-16, UTF-8 or ANSI) and the dump of mdmdiagnosticstool. One fact `registry` per
 * key, also for one without values: message and the field `Key` are its path with the hive's short name (HKLM, HKU,
 * HKCU, HKCR, HKCC), `KeyName` its last component, then its values by name in the order of the file, the
 * default value as `(Default)`. DWORD and QWORD are APD_T_U64, texts APD_T_UTF8 (the strings of a MULTI_SZ
 * joined by line feeds), a text that is wholly /Date(ms)/ is APD_T_TIME, other kinds APD_T_BLOB; data of no
 * known form stay text. A value without a usable name is `(Other)` with the text "name=value". Of keys with more
 * than APD_MAX_FIELDS values or APD_REG_PART bytes come several facts. What an import file would delete:
 * a key is a fact `registry.deleted`, a value a field `(Deleted)` with its name. where.record counts the
 * keys from 1. */
extern const apd_parser apd_parser_reg;

/* Logs of lines that begin with date and time, in the formats of dialects.c: Windows Setup, CBS, DISM,
 * NetSetup, PFRO, ReportingEvents, WindowsUpdate, Click-to-Run, winget, PSAppDeployToolkit, and any
 * other with an ISO date in front. One event per record: such a line and those behind it up to the
 * next. Provider: the name of the format where the lines are of one writer, else their component.
 * Fields: those of the format (docs/formats.md), and from the message HRESULT (the first number of
 * eight digits with an error's first digit), StatusCode (the last hexadecimal number), Module. Times
 * are local (APD_CLOCK_LOCAL) where the line names no zone. Lines in front of the first record are
 * events without a time. Of a record longer than APD_MAX_ENTRY the front is delivered, then
 * APD_SKIPPED. */
extern const apd_parser apd_parser_linelog;

/* Logs of the Windows Installer (msiexec /l), provider "MSI", one event per line, blank-led lines
 * belonging to the one before. Engine lines have a time of day; the day comes from "logging started"
 * and moves on at midnight (day and month as in the United States where both orders are possible);
 * other lines have the time of the line before. Fields: Product (as soon as it is known), Action and
 * ReturnValue, ErrorCode, Note, Property and Value, Side ("client", "server"). */
extern const apd_parser apd_parser_msilog;

/* setupapi.dev.log and its like, provider "SetupAPI": one event per section, with its start as the time
 * and the fields Section, Status (the exit status) and Error (its first line marked "!!!", else "!").
 * Level 2 if a line is marked "!!!" or the status is a failure, 3 if one is marked "!". */
extern const apd_parser apd_parser_setupapi;

/* What Get-DeliveryOptimizationLog prints, as list or as indented JSON, provider
 * "DeliveryOptimization": one event per record, its properties as fields, Message as the message. */
extern const apd_parser apd_parser_dolog;

/* One event per line that is not blank, without a time; where.record is the line's number. Of a
 * line longer than APD_MAX_LINE the front is delivered, then APD_SKIPPED. Takes anything that reads
 * as text, and the empty file; bids lowest. */
extern const apd_parser apd_parser_text;

/* The table, NULL at its end. */
const apd_parser *const *apd_parsers(void);
/* The highest bidder, or NULL: nobody recognises the file. */
const apd_parser *apd_parser_for(apd_bytes head, apd_str path);

/* The log name of a text file: base name without folder, the ordinal of an Intune collection,
 * extensions, rotation suffix and leading underscores ("AppWorkload-20251122-101500.log" ->
 * "AppWorkload", "_IntuneManagementExtension.log", "AgentExecutor-1.log", "x.log.003", "x.log.txt",
 * "(31) Command x output.log" -> "Command x output", "(79) FoldersFiles x setupact.log" -> "setupact").
 * A view into path. */
apd_str apd_log_name(apd_str path);

/* The channel an event log file is named after: "x%4Operational.evtx" and mdmdiagnosticstool's
 * "x-operational.evtx" -> "x/operational"; "system.evtx" -> "system". For logs without a record, which
 * cannot say it themselves. Of an Intune collection: "(62) Events System Events.evtx" -> "System", and
 * nothing of "62/Events.evtx", the older layout. In the arena, or a view into path. */
apd_str apd_channel_name(apd_arena *a, apd_str path);

#endif
