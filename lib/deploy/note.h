/* What a record means for the picture of a deployment: a verb with named values, told by the tracker files
 * (rules/trackers, rules/milestones) and taken up by the model. The vocabulary is here; which record says what
 * is data.
 *
 * Values are texts as the record has them; who takes up a note reads numbers and times out of them. A note and
 * its views live during the call that hands it over. */
#ifndef APD_NOTE_H
#define APD_NOTE_H

#include "event.h"

typedef enum apd_verb {
    APD_SAYS_PHASE,    /* a phase begins, ends well, fails */
    APD_SAYS_SCENARIO, /* what kind of deployment it is */
    APD_SAYS_ITEM,     /* state of an app, script or policy */
    APD_SAYS_STALL,    /* why nothing happens for now */
    APD_SAYS_DEVICE,   /* a property of the device */
    APD_SAYS_CLOCK,    /* a moment that a log of another clock knows too */
    APD_SAYS_VERSION,  /* version of a writer */
    APD_NVERBS
} apd_verb;

/* Values of each verb, by index into apd_note.value. */
enum apd_phase_value {
    APD_PHASE_NAME,
    APD_PHASE_EDGE,
    APD_PHASE_DETAIL,
    APD_PHASE_PART,
    APD_PHASE_CODE,
    APD_PHASE_SCENARIO /* the kind of deployment that it counts in, or "not KIND" */
};
enum apd_scenario_value {
    APD_SCENARIO_IS,
    APD_SCENARIO_WEIGHT,
    APD_SCENARIO_SAY,
    APD_SCENARIO_NEXT /* what an attempt is that follows one of this kind */
};
enum apd_item_value {
    APD_ITEM_KIND, /* win32, winget, msi, office, appx, script, remediation, policy */
    APD_ITEM_ID,   /* app id, product code, LocURI */
    APD_ITEM_USER,
    APD_ITEM_NAME,
    APD_ITEM_VERSION,
    APD_ITEM_INTENT,
    APD_ITEM_BLOCKING, /* "yes": the ESP waits for it */
    APD_ITEM_PHASE,    /* device, account */
    APD_ITEM_STATE,    /* in words of the model; see apps.h */
    APD_ITEM_BY,       /* log, registry, report, esp: who says so */
    APD_ITEM_ATTEMPT,
    APD_ITEM_BYTES, /* downloaded so far */
    APD_ITEM_TOTAL,
    APD_ITEM_PEERS, /* bytes that came from peers or a cache */
    APD_ITEM_EXIT,  /* exit code of the installer */
    APD_ITEM_MAPPING,
    APD_ITEM_CODE, /* error code */
    APD_ITEM_DETECTION,
    APD_ITEM_DETECTED, /* true, false */
    APD_ITEM_UNTIL,
    APD_ITEM_REASON,
    APD_ITEM_TIME,  /* of what is told, where the record itself has none */
    APD_ITEM_RAW,   /* the state as the source spells it */
    APD_ITEM_ASLEEP /* UTC since when it is not tried again; that lasts a day */
};
enum apd_stall_value {
    APD_STALL_REASON,
    APD_STALL_ITEM,
    APD_STALL_UNTIL,
    APD_STALL_SAY,
    APD_STALL_EDGE,
    APD_STALL_LASTS /* at most so long from its first record ("8h") */
};
enum apd_device_value {
    APD_DEVICE_MANUFACTURER,
    APD_DEVICE_MODEL,
    APD_DEVICE_SERIAL,
    APD_DEVICE_NAME,
    APD_DEVICE_OS_EDITION,
    APD_DEVICE_OS_BUILD,
    APD_DEVICE_OS_VERSION,
    APD_DEVICE_TPM_VERSION,
    APD_DEVICE_TPM_MANUFACTURER,
    APD_DEVICE_TPM_FIRMWARE,
    APD_DEVICE_TPM_READY,
    APD_DEVICE_ENTRA_JOINED,
    APD_DEVICE_DOMAIN_JOINED,
    APD_DEVICE_ENTRA_ID,
    APD_DEVICE_INTUNE_ID,
    APD_DEVICE_TENANT_ID,
    APD_DEVICE_TENANT_DOMAIN,
    APD_DEVICE_MDM_URL,
    APD_DEVICE_PROFILE,
    APD_DEVICE_PROFILE_DATE,
    APD_DEVICE_OOBE_CONFIG,
    APD_DEVICE_JOIN_METHOD,
    APD_DEVICE_ESP_TIMEOUT,
    APD_DEVICE_ESP_BLOCK,
    APD_DEVICE_ESP_SKIP_DEVICE,
    APD_DEVICE_ESP_SKIP_USER,
    APD_DEVICE_IME_VERSION,
    APD_DEVICE_TIME_ZONE,
    APD_DEVICE_USER,
    APD_DEVICE_VALUES
};
enum apd_clock_value {
    APD_CLOCK_KIND, /* only records of one kind are put beside each other */
    APD_CLOCK_KEY,  /* and of one key, where there is one */
    APD_CLOCK_AT,   /* the same moment in UTC, where the record itself holds it */
    APD_CLOCK_SINCE, /* UTC from which on what a fact tells is so: of several that tell it the earliest counts */
    APD_CLOCK_WITHIN, /* so far are the two records of a pair apart at most ("15s") */
    APD_CLOCK_BIAS,   /* the device's time zone from now on: minutes to add to local time */
    APD_CLOCK_OLD,    /* the clock was set from this time, in UTC, */
    APD_CLOCK_NEW,    /* to this one */
    APD_CLOCK_SLEPT,  /* "yes": because the device woke from sleep */
    APD_CLOCK_WRITER /* "starts": the first record of a new process, whose starts the kind names; "writes": that process
                        writes this log too, and the record marks no moment */
};
enum apd_version_value { APD_VERSION_OF, APD_VERSION_IS };

#define APD_NOTE_VALUES 32u

typedef struct apd_note {
    apd_verb verb;
    const apd_event *event;
    apd_str
        log; /* of phase and scenario: short name of the record's log; lives as long as the names of the run */
    apd_str value[APD_NOTE_VALUES]; /* ptr NULL: not told */
} apd_note;

typedef struct apd_verb_info {
    const char *name;
    const char *const *values; /* names, in the order of the enum; NULL at the end */
    uint32_t needed;           /* bit per value that every note of the verb must have */
} apd_verb_info;

const apd_verb_info *apd_verb_at(apd_verb v);
/* APD_NVERBS if there is none of that name. */
apd_verb apd_verb_find(apd_str name);
/* A time in UTC as records spell it: ISO 8601 with Z or offset, /Date(ms)/, FILETIME as a number. */
bool apd_note_time(apd_str text, apd_time *out);
/* The same where the name of the value says that it is UTC: also without Z, and in the invariant order of .NET
 * (month/day/year, with or without AM and PM). */
bool apd_note_time_utc(apd_str text, apd_time *out);
/* "1.96.105" as a number that compares: four parts of 16 bits, those not given being `rest`. False if it is none. */
bool apd_version_parse(apd_str s, uint16_t rest, uint64_t *out);
/* Index of a value of the verb, SIZE_MAX if it has none of that name. */
size_t apd_verb_value(apd_verb v, apd_str name);

#endif
