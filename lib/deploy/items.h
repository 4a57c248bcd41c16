/* Apps, scripts, remediations and policies: one row each, out of what logs, the registry, reports and the status page
 * say about it. Each source's last word is kept beside the others', so that a disagreement can be shown.
 *
 * Keys of the Intune Management Extension and rotated logs outlive an enrolment. What was told before the newest
 * attempt began is stale: it is kept and shown, but the verdict leaves it out. */
#ifndef APD_ITEMS_H
#define APD_ITEMS_H

#include "clocks.h"
#include "note.h"

/* In the order of a life; a tracker names them in words (apd_item_state_name). */
typedef enum apd_item_state {
    APD_ITEM_UNKNOWN,
    APD_ITEM_TARGETED,       /* assigned, nothing done yet */
    APD_ITEM_NOT_APPLICABLE, /* a requirement or filter excludes it */
    APD_ITEM_WAITING,        /* for content, a dependency, a user, a window */
    APD_ITEM_DOWNLOADING,
    APD_ITEM_DOWNLOADED,
    APD_ITEM_INSTALLING, /* or running, for scripts */
    APD_ITEM_REBOOT,     /* done but for a restart */
    APD_ITEM_INSTALLED,  /* or succeeded */
    APD_ITEM_FAILED,
    APD_ITEM_SLEEPING, /* failed too often: not tried again for a day (GRS) */
    APD_ITEM_NSTATES
} apd_item_state;

const char *apd_item_state_name(apd_item_state s); /* "not-applicable", "downloading", … */

typedef enum apd_item_source {
    APD_BY_LOG,
    APD_BY_REGISTRY,
    APD_BY_REPORT, /* what was sent to the service */
    APD_BY_ESP,    /* what the status page tracks */
    APD_NSOURCES
} apd_item_source;

const char *apd_item_source_name(apd_item_source s); /* "log", "registry", "report", "esp" */

/* A moment of an item's life, and the record that tells it. */
typedef struct apd_item_mark {
    apd_time time; /* APD_TIME_NONE: not seen, or told without a time */
    apd_clock clock;
    apd_sym log;
    apd_where where;
    bool seen;
    bool fact; /* told by a fact: the state when the bundle was made */
} apd_item_mark;

typedef struct apd_item_word {
    apd_item_state state; /* UNKNOWN: it said nothing of it */
    apd_str raw;          /* as the source spells it */
    apd_item_mark mark;
    bool stale; /* from before the newest attempt */
    bool has_exit, has_code;
    int64_t exit; /* of the installer or script */
    uint32_t code;
} apd_item_word;

typedef struct apd_item {
    apd_str kind, id, user, name, version, phase;
    apd_str
        intent; /* "required", "available", "uninstall", "dependency", or as the source spells it */
    bool blocking; /* the status page waits for it */
    apd_item_word said[APD_NSOURCES];
    uint32_t attempts;
    uint64_t bytes, total, peers; /* of the last download; 0 unknown */
    apd_item_mark first, last;    /* in logs */
    apd_item_mark download_start, download_end, install_start,
        install_end; /* of the last attempt */
    apd_item_mark assigned, detection_at, exit_at, code_at,
        asleep_at; /* the record that told it last */
    apd_str mapping, detection, reason;
    int detected;   /* -1 not told, 0, 1: by the last detection */
    apd_time until; /* it sleeps until then, UTC; APD_TIME_NONE */
    /* the verdict; after building */
    apd_item_state state;
    apd_item_source by; /* whose word it is, unless it is UNKNOWN */
    bool stale;         /* nothing was said of it in the newest attempt */
    bool disagree;      /* sources contradict one another */
    bool has_exit, has_code;
    int64_t exit;
    uint32_t code;
} apd_item;

typedef struct apd_items apd_items;

apd_items *apd_items_new(apd_arena *a); /* NULL when out of memory */
/* A note with the verb item. An id of "." is the item the same log spoke of last, if it is one of the kind: an app,
 * or a script. A note of the kind "catalog" only names what others may speak of; alone it makes no row. */
apd_status apd_items_note(apd_items *t, const apd_note *note) APD_MUST_USE;
/* Once, after the clocks are settled. newest: start of the newest attempt in UTC, or APD_TIME_NONE. */
void apd_items_build(apd_items *t, const apd_clocks *clocks, apd_time newest);

size_t apd_items_count(const apd_items *t);
const apd_item *apd_items_at(const apd_items *t, size_t i); /* in the order first met */
const apd_item *apd_items_find(const apd_items *t, apd_str id);
/* Items beyond APD_MAX_ITEMS, which are not kept. */
uint64_t apd_items_left_out(const apd_items *t);

#endif
