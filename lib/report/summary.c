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

/* --- registry keys --- */

typedef struct key_line {
    apd_buf b;
    const apd_report *r;
    const apd_event *ev;
    size_t shown, left_out;
} key_line;

static bool is_text(const apd_field *f)
{
    return f->type == APD_T_UTF8 || f->type == APD_T_UTF16LE;
}

/* `InstallationState 4 (error)`, `CreationTime 2025-11-22T10:00:00Z`, `Name "text"` */
static void put_value(key_line *l, const apd_field *f, apd_str name, const apd_meaning *m)
{
    enum { LONGEST = 160 }; /* JSON and hex go on for kilobytes */
    apd_buf *b = &l->b;
    apd_buf_add(b, l->shown++ ? APD_LIT(", ") : APD_LIT(": "));
    apd_buf_add(b, name);
    apd_buf_addc(b, ' ');
    if (m->text.len && m->instead) {
        apd_buf_add(b, m->text);
        return;
    }
    apd_field shown = *f;
    if (f->type == APD_T_BLOB && f->as.raw.len > LONGEST) /* becomes twice as long as text */
        shown.as.raw.len = LONGEST;
    apd_str value = apd_field_text(&shown, b->arena), front = apd_sub(value, 0, LONGEST);
    while (front.len < value.len && front.len && (front.ptr[front.len] & 0xc0) == 0x80)
        front.len--;
    if (is_text(f))
        apd_buf_addc(b, '"');
    apd_buf_add(b, front);
    if (front.len < value.len)
        apd_buf_add(b, APD_LIT("\xe2\x80\xa6"));
    if (is_text(f))
        apd_buf_addc(b, '"');
    if (m->text.len)
        apd_buf_addf(b, " (%.*s)", APD_FMT(m->text));
}

/* Values with a meaning come first: they are what somebody looks for. */
static void put_values(key_line *l, bool with_meaning)
{
    enum { MOST = 12 }; /* values on one line */
    for (uint32_t i = 0; i < l->ev->nfields; i++) {
        const apd_field *f = &l->ev->fields[i];
        apd_str name = apd_sym_text(l->r->names, f->name);
        if (i < 2 && (apd_eq(name, APD_LIT("Key")) || apd_eq(name, APD_LIT("KeyName"))))
            continue;
        apd_meaning m =
            apd_enum_meaning(l->r->enums, l->r->codes, l->b.arena, l->ev->message, name, f);
        if ((m.text.len > 0) != with_meaning)
            continue;
        if (l->shown < MOST)
            put_value(l, f, name, &m);
        else
            l->left_out++;
    }
}

static apd_str registry_key(apd_arena *a, const apd_report *r, const apd_event *ev)
{
    key_line l = {.r = r, .ev = ev};
    apd_buf_init(&l.b, a);
    apd_buf_add(&l.b, ev->message);
    put_values(&l, true);
    put_values(&l, false);
    if (l.left_out)
        apd_buf_addf(&l.b, " and %zu more", l.left_out);
    return apd_buf_str(&l.b);
}

apd_str apd_event_summary(apd_arena *a, const apd_report *r, const apd_event *ev)
{
    enum {
        MOST = 6,
        LONG = 1000
    }; /* fields on one line; bytes of one whose text nobody meant to be read */
    if (ev->message.len && ev->kind == APD_FACT)
        return registry_key(a, r, ev);
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
