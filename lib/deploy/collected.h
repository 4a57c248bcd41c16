/* What the collectors say of their own work: which areas were asked for, what was collected, what was
 * not and why. Kept from the facts of their lists (MdmDiagLogMetadata.json, MdmLogCollectorFootPrint.txt,
 * results.xml and the names of Intune's empty markers):
 *
 *     collector.request  AreaName               one run of mdmdiagnosticstool
 *     collector.item     Area, Item, Result, HRESULT, Reason
 *     intune.collection  Ordinal, Type, Source, HRESULT
 *     intune.item        the same, from the name of a marker
 *
 * Names of fields are compared without regard to case. An item failed if its result or reason says so in
 * words ("Failed") or holds a failing HRESULT. */
#ifndef APD_COLLECTED_H
#define APD_COLLECTED_H

#include "event.h"
#include "vec.h"

typedef struct apd_collected_item {
    apd_str what; /* path, channel, key or command, as the collector calls it */
    bool failed;
    bool has_code;
    uint32_t code;
    apd_str reason; /* in the collector's words, or "" */
} apd_collected_item;

typedef struct apd_collected {
    apd_arena *arena;
    apd_intern *names;
    bool by_tool;   /* there is a list of mdmdiagnosticstool */
    bool by_intune; /* there is one of Intune's Collect diagnostics */
    apd_buf areas;  /* "Autopilot;TPM;", of all runs */
    uint32_t runs;
    size_t looked_at;                  /* items, those without a name counted */
    APD_VEC(apd_collected_item) items; /* at most APD_MAX_COLLECTED */
    apd_sym facts[4], fields[7];       /* private to collected.c */
} apd_collected;

/* False when out of memory. What is kept lives in the arena. */
bool apd_collected_init(apd_collected *c, apd_arena *a, apd_intern *names);
/* Looks at any event, keeps what it says if it is one of the facts. False when out of memory. */
bool apd_collected_note(apd_collected *c, apd_event *ev);
/* Was the area asked for ("TPM")? */
bool apd_collected_area(const apd_collected *c, apd_str area);

#endif
