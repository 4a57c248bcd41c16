/* Names of a file as symbols: a small table from UTF-16 spelling to symbol, so that a name that was
 * seen before costs one hash and one comparison, and the names that mean something to the reader
 * come back numbered. */
#ifndef APD_EVTX_NAMES_H
#define APD_EVTX_NAMES_H

#include "intern.h"

/* The first ones name the values of an event's System part, and index evtx_program.system. */
typedef enum evtx_known {
    EVTX_K_NAME, /* in System: of the provider */
    EVTX_K_EVENT_ID,
    EVTX_K_LEVEL,
    EVTX_K_SYSTEM_TIME,
    EVTX_K_RECORD_ID,
    EVTX_K_CHANNEL,
    EVTX_K_VERSION, /* from here on: fields of the event, in the order they are listed */
    EVTX_K_TASK,
    EVTX_K_OPCODE,
    EVTX_K_KEYWORDS,
    EVTX_K_QUALIFIERS,
    EVTX_K_PROCESS_ID,
    EVTX_K_THREAD_ID,
    EVTX_K_COMPUTER,
    EVTX_K_USER_ID,
    EVTX_K_ACTIVITY_ID,
    EVTX_K_RELATED_ACTIVITY_ID,
    EVTX_K_GUID,
    EVTX_K_EVENT_SOURCE_NAME,
    EVTX_K_PROCESSOR_ID,
    EVTX_K_SESSION_ID,
    EVTX_K_KERNEL_TIME,
    EVTX_K_USER_TIME,
    EVTX_SYSTEM_COUNT,
    EVTX_K_EVENT = EVTX_SYSTEM_COUNT,
    EVTX_K_SYSTEM,
    EVTX_K_EVENT_DATA,
    EVTX_K_USER_DATA,
    EVTX_K_DATA,
    EVTX_K_OTHER
} evtx_known;

#define EVTX_NAME_SLOTS                                                                            \
    4096u /* power of two; a log uses a few hundred names, a joined one thousands */
#define EVTX_PARAMS 32u

typedef struct evtx_name {
    uint32_t hash;
    apd_sym sym;
    uint8_t known;
} evtx_name;

typedef struct evtx_names {
    apd_intern *intern;
    evtx_name slots[EVTX_NAME_SLOTS];
    uint32_t used;
    apd_sym system[EVTX_SYSTEM_COUNT]; /* names of the fields made from the System part */
    apd_sym params[EVTX_PARAMS];       /* param1.., made when first used */
} evtx_names;

void evtx_names_init(evtx_names *n, apd_intern *intern);
/* scratch is used for names seen for the first time. */
evtx_name evtx_names_get(evtx_names *n, apd_bytes utf16, apd_arena *scratch);
/* "param<number>", from 1 */
apd_sym evtx_names_param(evtx_names *n, uint32_t number);
/* "parent.name", with '@' before the name of an attribute; parent 0 = no parent. */
apd_sym evtx_names_join(evtx_names *n, apd_sym parent, apd_sym name, bool attribute,
                        apd_arena *scratch);

#endif
