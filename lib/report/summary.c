/* The line that stands for a record when its rule has no words for it. */
#include "report.h"

static bool housekeeping(apd_str name)
{
    static const char *const names[] = {
        "Version",           "Task",         "Opcode",      "Keywords",  "Qualifiers",
        "ProcessID",         "ThreadID",     "Computer",    "UserID",    "ActivityID",
        "RelatedActivityID", "ProviderGuid", "ProcessorID", "SessionID", "EventSourceName",
        "KernelTime",        "UserTime"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (apd_eq(name, apd_str_of(names[i])))
            return true;
    return false;
}

apd_str apd_event_summary(apd_arena *a, const apd_report *r, const apd_event *ev)
{
    enum {
        MOST = 6,
        LONG = 1000
    }; /* fields on one line; bytes of one whose text nobody meant to be read */
    if (ev->message.len && !ev->trace)
        return ev->message;
    apd_str sentence = apd_sentence(r->sentences, r->names, a, ev);
    if (sentence.len == 0)
        sentence = apd_event_words(ev, a);
    if (sentence.len)
        return sentence;
    apd_buf b;
    apd_buf_init(&b, a);
    size_t shown = 0;
    for (uint32_t i = 0; i < ev->nfields && shown < MOST; i++) {
        apd_str name = apd_sym_text(r->names, ev->fields[i].name);
        apd_str value = apd_field_text(&ev->fields[i], a);
        if (value.len == 0 || housekeeping(name))
            continue;
        if (i == 0 && apd_eq(name, APD_LIT("EventName"))) {
            apd_buf_add(&b, value);
            apd_buf_addc(&b, ':');
            apd_buf_addc(&b, ' ');
            continue;
        }
        apd_buf_addf(&b, "%s%.*s=", shown++ ? "  " : "", APD_FMT(name));
        apd_buf_add(&b, ev->trace ? apd_sub(value, 0, LONG) : value);
    }
    return apd_buf_str(&b);
}
