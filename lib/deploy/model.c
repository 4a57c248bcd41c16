/* Hands each note to the part of the model that takes it up. */
#include "model.h"

struct apd_model {
    apd_arena *arena;
    apd_intern *names;
    apd_clocks *clocks;
    apd_phases *phases;
    apd_items *items;
    apd_device *device;
};

apd_model *apd_model_new(apd_arena *a, apd_intern *names, const apd_str *phases, size_t nphases)
{
    apd_model *m = APD_NEW(a, apd_model);
    if (!m)
        return NULL;
    *m = (apd_model){.arena = a, .names = names, .clocks = apd_clocks_new(a)};
    m->phases = apd_phases_new(a, phases, nphases);
    m->items = apd_items_new(a);
    m->device = apd_device_new(a);
    return m->clocks && m->phases && m->items && m->device ? m : NULL;
}

apd_clocks *apd_model_clocks(apd_model *m)
{
    return m->clocks;
}

apd_status apd_model_event(apd_model *m, const apd_event *ev)
{
    return apd_clocks_event(m->clocks, ev);
}

/* Windows' bias: UTC = local time + bias. */
static apd_status note_zone(apd_clocks *c, const apd_note *note)
{
    enum { LARGEST = 14 * 60 };
    uint64_t n;
    bool negative;
    if (!apd_parse_int(note->value[APD_CLOCK_BIAS], &n, &negative))
        return APD_OK;
    int64_t bias = (int64_t)n;
    if (bias < -LARGEST || bias > LARGEST) /* written as an unsigned number of 32 bits */
        bias = (int32_t)(uint32_t)n;
    if (bias < -LARGEST || bias > LARGEST)
        return APD_OK;
    return apd_clocks_zone(c, note->event, (int)-bias);
}

static apd_status note_clock(apd_clocks *c, const apd_note *note)
{
    const apd_str *v = note->value;
    apd_anchor a = {.kind = v[APD_CLOCK_KIND], .key = v[APD_CLOCK_KEY], .at = APD_TIME_NONE};
    apd_time from, to;
    bool set =
        apd_note_time_utc(v[APD_CLOCK_OLD], &from) && apd_note_time_utc(v[APD_CLOCK_NEW], &to);
    if (set)
        APD_TRY(apd_clocks_set(c, from, to, apd_eq(v[APD_CLOCK_SLEPT], APD_LIT("yes"))));
    if (v[APD_CLOCK_BIAS].len)
        return note_zone(c, note);
    if (set)
        return APD_OK;
    bool starts = apd_eq(v[APD_CLOCK_WRITER], APD_LIT("starts"));
    if (v[APD_CLOCK_WRITER].len)
        APD_TRY(apd_clocks_writer(c, note->event, v[APD_CLOCK_KIND], starts));
    if (starts)
        APD_TRY(apd_clocks_writer_starts(c, note->event));
    else if (v[APD_CLOCK_WRITER].len)
        return APD_OK;
    a.since = v[APD_CLOCK_SINCE].len > 0;
    apd_str at = v[a.since ? APD_CLOCK_SINCE : APD_CLOCK_AT];
    if (at.len && !apd_note_time_utc(at, &a.at))
        return APD_OK;
    if (!apd_span_parse(v[APD_CLOCK_WITHIN], &a.within))
        a.within = 0;
    return apd_clocks_anchor(c, note->event, &a);
}

apd_status apd_model_note(void *model, const apd_note *note)
{
    apd_model *m = model;
    switch (note->verb) {
    case APD_SAYS_CLOCK:
        return note_clock(m->clocks, note);
    case APD_SAYS_PHASE:
    case APD_SAYS_SCENARIO:
        return apd_phases_note(m->phases, note);
    case APD_SAYS_ITEM:
        return apd_items_note(m->items, note);
    case APD_SAYS_STALL:
    case APD_SAYS_DEVICE:
    case APD_SAYS_VERSION:
        return apd_device_note(m->device, note);
    case APD_NVERBS:
        break;
    }
    return APD_OK;
}

apd_status apd_model_build(apd_model *m, const apd_time *attempts, size_t nattempts,
                           const apd_time *boots, size_t nboots)
{
    apd_time newest = nattempts ? attempts[nattempts - 1] : APD_TIME_NONE;
    apd_items_build(m->items, m->clocks, newest);
    apd_device_build(m->device, m->clocks, newest);
    return apd_phases_build(m->phases, m->clocks, attempts, nattempts, boots, nboots);
}

const apd_phases *apd_model_phases(const apd_model *m)
{
    return m->phases;
}

apd_status apd_model_settle(apd_model *m)
{
    return apd_clocks_settle(m->clocks);
}

const apd_items *apd_model_items(const apd_model *m)
{
    return m->items;
}

const apd_device *apd_model_device(const apd_model *m)
{
    return m->device;
}
