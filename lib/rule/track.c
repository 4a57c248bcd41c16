/* Notes are put together from three sources, later ones winning: texts that the tracker sets, fields of the
 * record, named groups of patterns. A track with `each` looks at the parts of a record one by one: its fields,
 * or the elements of a JSON array in it; the part is then dressed as the record whose fields are read. */
#include "track.h"

#include <stdlib.h>

#include "cond.h"
#include "jsondoc.h"
#include "jsonscan.h"

typedef struct group_map { /* of one pattern */
    bool known;
    uint8_t number[APD_NOTE_VALUES]; /* 0: it has no group of that name */
} group_map;

struct apd_tracker {
    const apd_rules *rules;
    apd_note_sink fn;
    void *ctx;
    apd_intern *names;
    apd_probe *probe;
    apd_re *re;
    apd_arena *scratch;
    uint64_t *seen;
    group_map *groups; /* per pattern of the set */
    apd_str only;      /* file whose notes count; "" = all */
};

apd_tracker *apd_tracker_new(const apd_rules *r, apd_intern *names, apd_note_sink fn, void *ctx)
{
    apd_tracker *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    *t = (apd_tracker){.rules = r, .fn = fn, .ctx = ctx, .names = names};
    t->probe = apd_probe_new(r, names);
    t->re = apd_re_new();
    t->scratch = apd_arena_new(0);
    t->seen = calloc(r->ntracks + 1, sizeof *t->seen);
    t->groups = calloc(r->npatterns + 1, sizeof *t->groups);
    if (!t->probe || !t->re || !t->scratch || !t->seen || !t->groups) {
        apd_tracker_free(t);
        return NULL;
    }
    return t;
}

void apd_tracker_free(apd_tracker *t)
{
    if (!t)
        return;
    apd_probe_free(t->probe);
    apd_re_delete(t->re);
    apd_arena_free(t->scratch);
    free(t->seen);
    free(t->groups);
    free(t);
}

void apd_tracker_only(apd_tracker *t, apd_str file)
{
    t->only = file;
}

uint64_t apd_tracker_seen(const apd_tracker *t, size_t track)
{
    return t->seen[track];
}

/* Which group of the pattern is which value, looked up by name once. */
static const uint8_t *group_numbers(apd_tracker *t, const apd_track *tr, uint32_t pattern)
{
    group_map *map = &t->groups[pattern];
    const char *const *names = apd_verb_at(tr->verb)->values;
    for (size_t i = 0; !map->known && names[i]; i++)
        map->number[i] = (uint8_t)apd_re_group(&t->rules->patterns[pattern], names[i]);
    map->known = true;
    return map->number;
}

static bool take_groups(apd_tracker *t, const apd_track *tr, const apd_take *take, apd_str text,
                        apd_note *note)
{
    const apd_pattern *p = &t->rules->patterns[take->pattern];
    apd_str groups[APD_RE_GROUPS];
    if (!apd_re_capture(t->re, p, text, groups))
        return false;
    const uint8_t *numbers = group_numbers(t, tr, take->pattern);
    for (size_t i = 0; i < APD_NOTE_VALUES; i++)
        if (numbers[i] && groups[numbers[i]].ptr)
            note->value[i] = groups[numbers[i]];
    return true;
}

static bool is_complete(const apd_note *note)
{
    uint32_t needed = apd_verb_at(note->verb)->needed;
    bool any = needed != 0;
    for (size_t i = 0; i < APD_NOTE_VALUES && needed >> i; i++)
        if (needed >> i & 1 && !note->value[i].len)
            return false;
    for (size_t i = 0; i < APD_NOTE_VALUES && !any; i++)
        any = note->value[i].ptr != NULL;
    return any;
}

enum { MEMBERS = 16 };

/* What values are read from: the record that the probe has open, or an element of a JSON array in it. */
typedef struct subject {
    const apd_event *origin;
    bool is_element;
    apd_str element; /* its text; most members are read where they lie */
    apd_json_pair members[MEMBERS];
    size_t nmembers; /* its first ones */
    apd_json *doc;   /* NULL until a member asks for more than that */
} subject;

/* What follows the members that are known. */
static apd_str other_members(const subject *s)
{
    const apd_str *last = &s->members[MEMBERS - 1].value;
    size_t known =
        s->nmembers == MEMBERS ? (size_t)(last->ptr + last->len - s->element.ptr) : SIZE_MAX;
    return apd_sub(s->element, known, s->element.len);
}

/* The first member of that name, ASCII case ignored. */
static bool find_member(const subject *s, apd_str name, apd_str *out)
{
    for (size_t i = 0; i < s->nmembers; i++) {
        *out = s->members[i].value;
        if (apd_ieq(s->members[i].name, name))
            return true;
    }
    apd_str rest = other_members(s);
    apd_json_pair m;
    while (apd_json_member(&rest, &m)) {
        *out = m.value;
        if (apd_ieq(m.name, name))
            return true;
    }
    return false;
}

/* A member by its plain name. Numbers and words are their own text, a string stands in its quotes; one with escapes is
 * left for others to decide, as is a path. */
static bool plain_member(const subject *s, const apd_cond *c, apd_str name, apd_str *out,
                         bool *decided)
{
    *decided = c->target == APD_ON_FIELD;
    if (!*decided || !find_member(s, name, out) || apd_eq(*out, APD_LIT("null")))
        return false;
    if (out->ptr[0] == '"') {
        *out = apd_sub(*out, 1, out->len - 2);
        *decided = apd_find(*out, APD_LIT("\\")) == SIZE_MAX;
    }
    return out->len > 0;
}

static bool parsed_member(apd_tracker *t, subject *s, apd_str name, apd_str *out)
{
    apd_json_value v;
    if (!s->doc && apd_json_parse(apd_str_bytes(s->element), &s->doc, NULL) != APD_OK)
        return false;
    if (!apd_json_get(s->doc, name, t->scratch, &v))
        return false;
    *out = v.type == APD_JSON_INT    ? apd_printf_a(t->scratch, "%lld", (long long)v.i)
           : v.type == APD_JSON_BOOL ? (v.i ? APD_LIT("true") : APD_LIT("false"))
           : v.type == APD_JSON_NULL ? APD_LIT("")
                                     : v.text;
    return out->len > 0;
}

static bool element_text(apd_tracker *t, subject *s, const apd_cond *c, apd_str *out)
{
    apd_str name = apd_sym_text(t->names, c->whole);
    bool decided;
    bool found = plain_member(s, c, name, out, &decided);
    return decided ? found : parsed_member(t, s, name, out);
}

static bool value_text(apd_tracker *t, subject *s, const apd_cond *c, apd_str *out)
{
    if (s->is_element && c->target != APD_ON_MESSAGE)
        return element_text(t, s, c, out);
    return apd_cond_text(t->probe, c, out);
}

static apd_status take_note(apd_tracker *t, const apd_track *tr, subject *s)
{
    apd_note note = {.verb = tr->verb, .event = s->origin};
    if (tr->set)
        memcpy(note.value, tr->set, sizeof note.value);
    for (size_t i = 0; i < tr->nfields; i++) {
        apd_str text;
        if (value_text(t, s, &tr->fields[i].from, &text))
            note.value[tr->fields[i].value] = text;
    }
    for (size_t i = 0; i < tr->ntakes; i++) {
        apd_str text;
        if (!value_text(t, s, &tr->takes[i].from, &text) ||
            !take_groups(t, tr, &tr->takes[i], text, &note))
            return APD_OK;
    }
    if (!is_complete(&note))
        return APD_OK;
    if (tr->verb == APD_SAYS_PHASE || tr->verb == APD_SAYS_SCENARIO)
        note.log = apd_rules_log_name(t->rules, t->names, s->origin);
    return t->fn(t->ctx, &note);
}

/* The note of a record, or of a part that is dressed as one. */
static apd_status take_part(apd_tracker *t, const apd_track *tr, apd_event *part,
                            const apd_event *origin)
{
    subject s = {.origin = origin};
    apd_probe_open(t->probe, part);
    apd_status st = take_note(t, tr, &s);
    if (apd_probe_failed(t->probe))
        st = APD_E_NOMEM;
    apd_probe_close(t->probe);
    return st;
}

static apd_status take_fields(apd_tracker *t, const apd_track *tr, apd_event *ev)
{
    uint32_t n;
    const apd_field *f = apd_event_fields(ev, &n);
    apd_sym name = apd_intern_add(t->names, APD_LIT("name"));
    apd_sym value = apd_intern_add(t->names, APD_LIT("value"));
    apd_sym key = apd_intern_add(t->names, APD_LIT("key"));
    for (uint32_t i = 0; i < n; i++) {
        apd_field fields[3] = {
            {.name = name,
             .type = APD_T_UTF8,
             .as.raw = apd_str_bytes(apd_sym_text(t->names, f[i].name))},
            f[i],
            {.name = key, .type = APD_T_UTF8, .as.raw = apd_str_bytes(ev->message)},
        };
        fields[1].name = value;
        apd_event part = *ev;
        part.fields = fields;
        part.nfields = 3;
        part.payload = NULL;
        APD_TRY(take_part(t, tr, &part, ev));
    }
    return APD_OK;
}

/* The JSON text with the array. */
static bool array_text(apd_tracker *t, const apd_track *tr, apd_str *text)
{
    apd_str found, groups[APD_RE_GROUPS];
    if (!apd_cond_text(t->probe, &tr->array, &found))
        return false;
    if (tr->array_pattern != UINT32_MAX) {
        if (!apd_re_capture(t->re, &t->rules->patterns[tr->array_pattern], found, groups))
            return false;
        found = groups[1].ptr ? groups[1] : groups[0];
    }
    *text = apd_trim(found);
    return true;
}

static apd_status take_elements(apd_tracker *t, const apd_track *tr, apd_event *ev)
{
    subject s = {.origin = ev, .is_element = true};
    apd_str rest;
    apd_status st = APD_OK;
    apd_probe_open(t->probe, ev);
    bool more = array_text(t, tr, &rest);
    while (more && st == APD_OK &&
           apd_json_next(&rest, &s.element, s.members, MEMBERS, &s.nmembers)) {
        apd_mark mark = apd_arena_mark(t->scratch);
        s.doc = NULL;
        st = take_note(t, tr, &s);
        apd_json_free(s.doc);
        apd_arena_rewind(t->scratch, mark);
    }
    apd_probe_close(t->probe);
    return st;
}

apd_status apd_tracker_take(apd_tracker *t, size_t track, apd_event *ev)
{
    const apd_track *tr = &t->rules->tracks[track];
    if (t->only.len && !apd_eq(t->only, tr->file))
        return APD_OK;
    t->seen[track]++;
    switch (tr->each) {
    case APD_EACH_FIELD:
        return take_fields(t, tr, ev);
    case APD_EACH_ELEMENT:
        return take_elements(t, tr, ev);
    case APD_EACH_RECORD:
        break;
    }
    return take_part(t, tr, ev, ev);
}
