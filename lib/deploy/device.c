/* The first source of a property stands; a different value from another source is kept beside it. Records of one
 * reason about one item are one stall. */
#include "device.h"

#include "hash.h"
#include "limits.h"
#include "vec.h"

enum { WRITERS = 8, STALL_SLOTS = 2 * APD_MAX_ITEMS };

struct apd_device {
    apd_arena *arena;
    apd_property properties[APD_DEVICE_VALUES];
    uint32_t room[APD_DEVICE_VALUES]; /* of a property's value */
    struct {
        apd_str of, is;
        uint32_t room; /* of `is` */
    } versions[WRITERS];
    size_t nversions;
    APD_VEC(apd_stall) stalls;
    uint32_t *newest; /* of each reason and item: its stall + 1, by hash; 0 = free */
};

apd_device *apd_device_new(apd_arena *a)
{
    apd_device *d = APD_NEW(a, apd_device);
    if (!d)
        return NULL;
    d->arena = a;
    d->newest = APD_NEWS(a, uint32_t, STALL_SLOTS);
    return d->newest ? d : NULL;
}

static apd_status keep(apd_device *d, apd_str from, apd_str *to)
{
    *to = apd_strdup_a(d->arena, apd_sub(from, 0, APD_MAX_TOLD));
    return to->ptr ? APD_OK : APD_E_NOMEM;
}

/* The same for what may change a million times. */
static apd_status replace(apd_device *d, apd_str from, apd_str *to, uint32_t *room)
{
    return apd_restr_a(d->arena, to, room, apd_sub(from, 0, APD_MAX_TOLD)) ? APD_OK : APD_E_NOMEM;
}

static apd_str bare(apd_str s)
{
    bool braces = s.len > 2 && s.ptr[0] == '{' && s.ptr[s.len - 1] == '}';
    return braces ? apd_sub(s, 1, s.len - 2) : s;
}

/* Is the short one a part of the long one that ends or begins at a dot ("26100" of "10.0.26100.2605")? */
static bool is_part(apd_str part, apd_str of)
{
    for (size_t i = 0; part.len && i + part.len <= of.len; i++) {
        size_t end = i + part.len;
        if ((i == 0 || of.ptr[i - 1] == '.') && (end == of.len || of.ptr[end] == '.') &&
            apd_ieq(apd_sub(of, i, part.len), part))
            return true;
    }
    return false;
}

/* The same said in other words: another case, with braces, with more or fewer parts of a version. */
static bool agrees(apd_str a, apd_str b)
{
    a = bare(a);
    b = bare(b);
    if (apd_ieq(a, b))
        return true;
    bool version = a.len && b.len && apd_is_digit(a.ptr[0]) && apd_is_digit(b.ptr[0]);
    return version && (is_part(a, b) || is_part(b, a));
}

static apd_status note_property(apd_device *d, size_t which, apd_str value, const apd_event *ev)
{
    apd_property *p = &d->properties[which];
    if (value.len == 0 || agrees(value, p->value) || agrees(value, p->other))
        return APD_OK;
    if (!p->value.len) {
        p->log = ev->log;
        p->where = ev->where;
        return replace(d, value, &p->value, &d->room[which]);
    }
    /* one source may correct itself; two sources, also two keys of one registry, contradict each other */
    if (p->log == ev->log && p->where.member == ev->where.member &&
        (ev->kind == APD_EVENT || p->where.record == ev->where.record))
        return replace(d, value, &p->value, &d->room[which]);
    if (p->other.len)
        return APD_OK;
    p->other_log = ev->log;
    p->other_where = ev->where;
    return keep(d, value, &p->other);
}

static apd_status note_version(apd_device *d, const apd_note *note)
{
    size_t i = 0;
    while (i < d->nversions && !apd_eq(d->versions[i].of, note->value[APD_VERSION_OF]))
        i++;
    if (i == WRITERS)
        return APD_OK;
    if (i == d->nversions) {
        APD_TRY(keep(d, note->value[APD_VERSION_OF], &d->versions[i].of));
        d->nversions++;
    }
    if (apd_eq(d->versions[i].is, note->value[APD_VERSION_IS]))
        return APD_OK;
    return replace(d, note->value[APD_VERSION_IS], &d->versions[i].is, &d->versions[i].room);
}

/* Where the newest stall of that reason and item is told, or is to be told. */
static uint32_t *newest_of(apd_device *d, apd_str reason, apd_str item)
{
    uint64_t i = apd_hash(reason) ^ apd_hash_fold(item);
    for (;; i++) {
        uint32_t *at = &d->newest[i % STALL_SLOTS];
        const apd_stall *s = *at ? &d->stalls.at[*at - 1] : NULL;
        if (!s || (apd_eq(s->reason, reason) && apd_ieq(s->item, item)))
            return at;
    }
}

static apd_status new_stall(apd_device *d, const apd_note *note, uint32_t *newest)
{
    const apd_event *ev = note->event;
    apd_stall s = {.from = ev->time,
                   .from_clock = ev->clock,
                   .until = APD_TIME_NONE,
                   .log = ev->log,
                   .where = ev->where};
    APD_TRY(keep(d, note->value[APD_STALL_REASON], &s.reason));
    APD_TRY(keep(d, note->value[APD_STALL_ITEM], &s.item));
    APD_TRY(keep(d, note->value[APD_STALL_SAY], &s.say));
    if (!APD_PUSH(d->arena, d->stalls, s))
        return APD_E_NOMEM;
    *newest = (uint32_t)d->stalls.n;
    return APD_OK;
}

static apd_status note_stall(apd_device *d, const apd_note *note)
{
    const apd_event *ev = note->event;
    bool ends = apd_eq(note->value[APD_STALL_EDGE], APD_LIT("end"));
    apd_str item = apd_sub(note->value[APD_STALL_ITEM], 0, APD_MAX_TOLD);
    uint32_t *newest = newest_of(d, note->value[APD_STALL_REASON], item);
    bool open = *newest && !d->stalls.at[*newest - 1].ended;
    if (!open && (ends || d->stalls.n >= APD_MAX_ITEMS))
        return APD_OK;
    if (!open)
        APD_TRY(new_stall(d, note, newest));
    apd_stall *s = &d->stalls.at[*newest - 1];
    s->to = ev->time;
    s->to_clock = ev->clock;
    s->last_log = ev->log;
    s->last_where = ev->where;
    s->times += !ends;
    s->ended = ends;
    apd_note_time_utc(note->value[APD_STALL_UNTIL], &s->until);
    apd_span_parse(note->value[APD_STALL_LASTS], &s->lasts);
    return APD_OK;
}

apd_status apd_device_note(apd_device *d, const apd_note *note)
{
    if (note->verb == APD_SAYS_VERSION)
        return note_version(d, note);
    if (note->verb == APD_SAYS_STALL)
        return note_stall(d, note);
    for (size_t i = 0; i < APD_DEVICE_VALUES; i++)
        APD_TRY(note_property(d, i, apd_trim(note->value[i]), note->event));
    return APD_OK;
}

/* Was it over before that moment, even if its clock is one that nobody knows? */
static bool is_over(const apd_stall *s, apd_time moment)
{
    const apd_time doubt = 14 * APD_TICKS_HOUR;
    if (moment == APD_TIME_NONE || s->to == APD_TIME_NONE)
        return false;
    apd_time end = s->until != APD_TIME_NONE && !s->ended && s->until > s->to ? s->until : s->to;
    return apd_clock_is_utc(s->to_clock) ? end < moment : end < moment - doubt;
}

void apd_device_build(apd_device *d, const apd_clocks *clocks, apd_time newest)
{
    for (size_t i = 0; i < d->stalls.n; i++) {
        apd_stall *s = &d->stalls.at[i];
        apd_clocks_convert_time(clocks, &s->from, &s->from_clock, s->log, s->where);
        apd_clocks_convert_time(clocks, &s->to, &s->to_clock, s->last_log, s->last_where);
        if (s->until == APD_TIME_NONE && s->lasts && s->from != APD_TIME_NONE &&
            apd_clock_is_utc(s->from_clock))
            s->until = s->from + s->lasts;
        s->stale = is_over(s, newest);
    }
}

const apd_property *apd_device_property(const apd_device *d, enum apd_device_value which)
{
    return &d->properties[which];
}

apd_str apd_device_version(const apd_device *d, apd_str of)
{
    for (size_t i = 0; i < d->nversions; i++)
        if (apd_eq(d->versions[i].of, of))
            return d->versions[i].is;
    return APD_LIT("");
}

size_t apd_device_stalls(const apd_device *d)
{
    return d->stalls.n;
}

const apd_stall *apd_device_stall(const apd_device *d, size_t i)
{
    return &d->stalls.at[i];
}
