/* One deployment as plain data: what scenario files say, with noise expanded and times resolved. */
#ifndef MK_SCENARIO_H
#define MK_SCENARIO_H

#include "value.h"
#include "vec.h"
#include "yamltree.h"

typedef struct mk_field {
    apd_str name; /* empty: Data without a name */
    apd_str text;
    mk_type type;
} mk_field;
typedef APD_VEC(mk_field) mk_fields;

typedef enum mk_body { MK_EVENT_DATA, MK_CLASSIC, MK_USER_DATA } mk_body;

typedef struct mk_event {
    apd_time time;
    size_t seq; /* order in the scenario, for equal times */
    apd_str provider, guid, channel, computer, sid;
    uint32_t id, level, version, task, opcode, pid, tid;
    int32_t qualifiers; /* -1: none, which also says that the provider has a manifest */
    uint64_t keywords;
    mk_body body;
    mk_fields fields;
    apd_str root, xmlns; /* of UserData */
    apd_str binary;      /* hex, of classic records */
} mk_event;
typedef APD_VEC(mk_event) mk_events;

typedef struct mk_line {
    apd_time time;
    size_t seq;
    apd_str log, message, component;
    apd_str format; /* see lines_writer.c; empty: CMTrace */
    uint32_t type, thread;
} mk_line;
typedef APD_VEC(mk_line) mk_lines;

typedef struct mk_file {
    apd_str name, text;
    enum { MK_UTF8, MK_UTF8_BOM, MK_UTF16LE } encoding;
    bool lf; /* else lines end in CR LF */
    enum { MK_TEXT, MK_XML, MK_HTML, MK_JSON, MK_FOOTPRINT } form;
    const mk_node *tree; /* of the forms other than text */
    apd_str fill;        /* kind of generated content, with size */
    uint64_t size;
} mk_file;
typedef APD_VEC(mk_file) mk_files;

typedef struct mk_registry {
    apd_str name;
    enum { MK_DUMP, MK_EXPORT } form;
    const mk_node *keys; /* a map of maps */
} mk_registry;

/* How one EVTX file is laid out, beyond its records. */
typedef struct mk_log {
    apd_str channel;
    uint64_t first_record;
    uint32_t chunks; /* at least that many, the rest is zero */
} mk_log;
typedef APD_VEC(mk_log) mk_logs;

typedef enum mk_pack { MK_FOLDER, MK_CAB, MK_ZIP } mk_pack;
typedef enum mk_squeeze { MK_STORED, MK_DEFLATE, MK_MSZIP, MK_LZX } mk_squeeze;

typedef struct mk_bundle {
    mk_pack pack;
    mk_squeeze squeeze;
    uint32_t window;           /* LZX: bits */
    uint32_t files_per_folder; /* CAB: 0 = all in one */
    apd_str name;              /* of the bundle before, as a member of this one */
    mk_files with;             /* members besides it */
} mk_bundle;
typedef APD_VEC(mk_bundle) mk_bundles;

typedef struct mk_expect {
    apd_str key, value; /* a list is joined with spaces */
} mk_expect;

typedef struct mk_scenario {
    apd_arena *arena;
    apd_str name, about;
    apd_time start, collected;
    int64_t utc_offset; /* ticks; what the writers of local time add */
    uint64_t seed;
    uint16_t evtx_minor, evtx_flags;
    apd_str computer, renamed;
    apd_time renamed_at;
    mk_events events;
    mk_lines lines;
    mk_files files;
    APD_VEC(mk_registry) registry;
    mk_logs logs;
    APD_VEC(const mk_node *) traces;
    const mk_node *profile;
    const mk_node *reports; /* a list, or NULL */
    apd_str profile_name;
    APD_VEC(apd_str) order;
    mk_bundles bundles; /* innermost first */
    APD_VEC(mk_expect) expect;
} mk_scenario;

struct mk_catalog;
/* Events and lines of the lists `events`, `noise`, `ime`, `ime_noise` and `lines` of one file. */
void mk_read_records(mk_scenario *s, const struct mk_catalog *c, const mk_node *root);

/* Ends the program with file:line on any mistake. names: rules/names.yml; catalog: folder that
 * holds providers.tsv and events.tsv. */
void mk_scenario_load(mk_scenario *s, apd_arena *a, const char *path, const char *names,
                      const char *catalog);

#endif
