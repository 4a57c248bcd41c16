/* The verdict on an item: the newest of what its sources came to in the end, or the furthest it got. */
#include "items_p.h"

static void convert(const apd_clocks *clocks, apd_item_mark *m)
{
    if (m->seen)
        apd_clocks_convert_time(clocks, &m->time, &m->clock, m->log, m->where);
}

static void convert_all(apd_item *item, const apd_clocks *clocks)
{
    apd_item_mark *marks[] = {&item->first,        &item->last,          &item->download_start,
                              &item->download_end, &item->install_start, &item->install_end,
                              &item->assigned,     &item->detection_at,  &item->exit_at,
                              &item->code_at,      &item->asleep_at};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        convert(clocks, marks[i]);
    for (int by = 0; by < APD_NSOURCES; by++)
        convert(clocks, &item->said[by].mark);
}

/* Was it certainly told before that moment? */
static bool is_before(const apd_item_mark *m, apd_time moment)
{
    const apd_time doubt = 14 * APD_TICKS_HOUR; /* of a local time: no zone is further off */
    if (!m->seen || m->time == APD_TIME_NONE || moment == APD_TIME_NONE)
        return false;
    return apd_clock_is_utc(m->clock) ? m->time < moment : m->time < moment - doubt;
}

static bool is_final(apd_item_state s)
{
    return s >= APD_ITEM_REBOOT || s == APD_ITEM_NOT_APPLICABLE;
}

static bool is_good(apd_item_state s)
{
    return s == APD_ITEM_INSTALLED || s == APD_ITEM_REBOOT || s == APD_ITEM_NOT_APPLICABLE;
}

static bool is_newer(const apd_item_word *a, const apd_item_word *b)
{
    return a->mark.time != APD_TIME_NONE && b->mark.time != APD_TIME_NONE &&
           apd_clock_is_utc(a->mark.clock) && apd_clock_is_utc(b->mark.clock) &&
           a->mark.time > b->mark.time;
}

/* In the order of trust: a source gives way to a later one that came to an end where it did not, or did so
 * afterwards. */
static void choose(apd_item *item)
{
    static const apd_item_source order[] = {APD_BY_LOG, APD_BY_REPORT, APD_BY_REGISTRY, APD_BY_ESP};
    const apd_item_word *best = NULL;
    for (size_t i = 0; i < APD_NSOURCES; i++) {
        const apd_item_word *w = &item->said[order[i]];
        if (w->state == APD_ITEM_UNKNOWN || w->stale)
            continue;
        bool final = is_final(w->state), before = best && is_final(best->state);
        item->disagree |= final && before && is_good(w->state) != is_good(best->state);
        if (best && (!final || (before && !is_newer(w, best))))
            continue;
        best = w;
        item->state = w->state;
        item->by = order[i];
    }
}

/* Exit and error code belong to one another, so they come from one source where it has both. */
static void choose_codes(apd_item *item)
{
    static const apd_item_source order[] = {APD_BY_LOG, APD_BY_REGISTRY, APD_BY_REPORT, APD_BY_ESP};
    for (size_t i = 0; i < APD_NSOURCES; i++) {
        const apd_item_word *w = &item->said[order[i]];
        if (w->stale)
            continue;
        if (w->has_exit && !item->has_exit) {
            item->has_exit = true;
            item->exit = w->exit;
        }
        if (w->has_code && !item->has_code) {
            item->has_code = true;
            item->code = w->code;
        }
    }
}

void apd_item_judge(apd_item *item, const apd_clocks *clocks, apd_time newest)
{
    convert_all(item, clocks);
    bool any = false, fresh = false;
    for (int by = 0; by < APD_NSOURCES; by++) {
        apd_item_word *w = &item->said[by];
        w->stale = is_before(&w->mark, newest);
        any |= w->state != APD_ITEM_UNKNOWN;
        fresh |= w->state != APD_ITEM_UNKNOWN && !w->stale;
    }
    item->stale = any && !fresh;
    if (newest != APD_TIME_NONE && item->until < newest)
        item->until = APD_TIME_NONE; /* it has long been awake */
    choose(item);
    choose_codes(item);
}
