/* Open addressing over a fixed table. Only ASCII spellings are stored: they can be compared with the
 * interned text without conversion, and other names hardly occur. When the table is full, further
 * names simply take the longer way through the intern table. */
#include "evtx_names.h"

#include <stdio.h>

#include "limits.h"
#include "utf.h"

#define MAX_PROBES 16u

static const struct {
    const char *spelling;
    const char *field; /* name as a field, when it differs */
} known_names[EVTX_K_OTHER] = {
    [EVTX_K_NAME] = {"Name", NULL},
    [EVTX_K_EVENT_ID] = {"EventID", NULL},
    [EVTX_K_LEVEL] = {"Level", NULL},
    [EVTX_K_SYSTEM_TIME] = {"SystemTime", NULL},
    [EVTX_K_RECORD_ID] = {"EventRecordID", NULL},
    [EVTX_K_CHANNEL] = {"Channel", NULL},
    [EVTX_K_VERSION] = {"Version", NULL},
    [EVTX_K_TASK] = {"Task", NULL},
    [EVTX_K_OPCODE] = {"Opcode", NULL},
    [EVTX_K_KEYWORDS] = {"Keywords", NULL},
    [EVTX_K_QUALIFIERS] = {"Qualifiers", NULL},
    [EVTX_K_PROCESS_ID] = {"ProcessID", NULL},
    [EVTX_K_THREAD_ID] = {"ThreadID", NULL},
    [EVTX_K_COMPUTER] = {"Computer", NULL},
    [EVTX_K_USER_ID] = {"UserID", NULL},
    [EVTX_K_ACTIVITY_ID] = {"ActivityID", NULL},
    [EVTX_K_RELATED_ACTIVITY_ID] = {"RelatedActivityID", NULL},
    [EVTX_K_GUID] = {"Guid", "ProviderGuid"},
    [EVTX_K_EVENT_SOURCE_NAME] = {"EventSourceName", NULL},
    [EVTX_K_PROCESSOR_ID] = {"ProcessorID", NULL},
    [EVTX_K_SESSION_ID] = {"SessionID", NULL},
    [EVTX_K_KERNEL_TIME] = {"KernelTime", NULL},
    [EVTX_K_USER_TIME] = {"UserTime", NULL},
    [EVTX_K_EVENT] = {"Event", NULL},
    [EVTX_K_SYSTEM] = {"System", NULL},
    [EVTX_K_EVENT_DATA] = {"EventData", NULL},
    [EVTX_K_USER_DATA] = {"UserData", NULL},
    [EVTX_K_DATA] = {"Data", NULL},
};

static uint32_t spread(uint32_t h)
{
    return h ^ h >> 15;
}

static void insert(evtx_names *n, evtx_name name)
{
    if (n->used >= EVTX_NAME_SLOTS * 3 / 4)
        return;
    for (uint32_t i = 0; i < MAX_PROBES; i++) {
        evtx_name *slot = &n->slots[(spread(name.hash) + i) & (EVTX_NAME_SLOTS - 1)];
        if (slot->sym == 0) {
            *slot = name;
            n->used++;
            return;
        }
    }
}

void evtx_names_init(evtx_names *n, apd_intern *intern)
{
    memset(n, 0, sizeof *n);
    n->intern = intern;
    for (int k = 0; k < EVTX_K_OTHER; k++) {
        apd_str s = apd_str_of(known_names[k].spelling);
        uint32_t h = 0;
        for (size_t i = 0; i < s.len; i++)
            h = h * 65599u + (uint8_t)s.ptr[i];
        apd_sym sym = apd_intern_add(intern, s);
        if (sym)
            insert(n, (evtx_name){h, sym, (uint8_t)k});
        if (k < EVTX_SYSTEM_COUNT)
            n->system[k] = known_names[k].field
                               ? apd_intern_add(intern, apd_str_of(known_names[k].field))
                               : sym;
    }
}

evtx_name evtx_names_get(evtx_names *n, apd_bytes utf16, apd_arena *scratch)
{
    if (utf16.len > 2 * APD_MAX_NAME_BYTES) /* no name; and not worth hashing again and again */
        return (evtx_name){0, 0, EVTX_K_OTHER};
    uint32_t h = 0, wide = 0;
    for (size_t i = 0; i + 1 < utf16.len; i += 2) {
        uint32_t unit = apd_u16le(utf16.ptr + i);
        wide |= unit;
        h = h * 65599u + unit;
    }
    bool ascii = wide < 0x80;
    for (uint32_t i = 0; ascii && i < MAX_PROBES; i++) {
        const evtx_name *slot = &n->slots[(spread(h) + i) & (EVTX_NAME_SLOTS - 1)];
        if (slot->sym == 0)
            break;
        if (slot->hash == h && apd_utf16_eq_ascii(utf16, apd_sym_text(n->intern, slot->sym), false))
            return *slot;
    }
    apd_sym sym = apd_intern_add(n->intern, apd_utf16_dup(scratch, utf16));
    evtx_name name = {h, sym, EVTX_K_OTHER};
    if (ascii && sym)
        insert(n, name);
    return name;
}

apd_sym evtx_names_param(evtx_names *n, uint32_t number)
{
    bool kept = number <= EVTX_PARAMS;
    if (kept && n->params[number - 1])
        return n->params[number - 1];
    char text[24];
    int len = snprintf(text, sizeof text, "param%u", (unsigned)number);
    apd_sym sym = apd_intern_add(n->intern, apd_str_from(text, (size_t)len));
    if (kept)
        n->params[number - 1] = sym;
    return sym;
}

apd_sym evtx_names_join(evtx_names *n, apd_sym parent, apd_sym name, bool attribute,
                        apd_arena *scratch)
{
    if (!parent && !attribute)
        return name;
    apd_buf b;
    apd_buf_init(&b, scratch);
    if (parent) {
        apd_buf_add(&b, apd_sym_text(n->intern, parent));
        apd_buf_addc(&b, '.');
    }
    if (attribute)
        apd_buf_addc(&b, '@');
    apd_buf_add(&b, apd_sym_text(n->intern, name));
    apd_str path = apd_buf_str(&b);
    return b.failed ? 0 : apd_intern_add(n->intern, path);
}
