/* Why did nothing happen: the reasons that the records give, each once. */
#include "apps_p.h"

/* A wait that ended well within a deployment explains nothing. */
static bool is_worth_telling(const apd_stall *s, const apd_item *item)
{
    const int64_t short_wait = 10 * APD_TICKS_MINUTE;
    if (s->stale)
        return false;
    bool done =
        item && (item->state == APD_ITEM_INSTALLED || item->state == APD_ITEM_NOT_APPLICABLE);
    if (done)
        return false;
    return !s->ended ||
           (s->from != APD_TIME_NONE && s->to != APD_TIME_NONE && s->to - s->from >= short_wait);
}

static apd_stalled *same_as(apd_stalled *list, size_t n, const apd_stall *s)
{
    for (size_t i = 0; i < n; i++)
        if (apd_eq(list[i].first->reason, s->reason) && apd_ieq(list[i].first->item, s->item))
            return &list[i];
    return NULL;
}

const apd_stalled *apd_stalls_select(apd_arena *a, const apd_report *r, size_t *n)
{
    const apd_device *d = r->model ? apd_model_device(r->model) : NULL;
    size_t all = d ? apd_device_stalls(d) : 0;
    apd_stalled *list = APD_NEWS(a, apd_stalled, all + 1);
    *n = 0;
    for (size_t i = 0; list && i < all; i++) {
        const apd_stall *s = apd_device_stall(d, i);
        const apd_item *item =
            s->item.len ? apd_items_find(apd_model_items(r->model), s->item) : NULL;
        if (!is_worth_telling(s, item))
            continue;
        apd_stalled *to = same_as(list, *n, s);
        if (!to) {
            to = &list[(*n)++];
            *to = (apd_stalled){.first = s, .item = item};
        }
        to->last = s;
        to->times += s->times;
        to->until = item && item->until != APD_TIME_NONE ? item->until : s->until;
    }
    return list;
}

static void put_stall(json *j, const apd_report *r, const apd_stalled *s)
{
    item(j, '{');
    put_s(j, "reason", s->first->reason);
    put_s(j, "item", s->first->item);
    put_s(j, "name", s->item ? s->item->name : APD_LIT(""));
    put_s(j, "say", s->first->say);
    put_time(j, "from", s->first->from, s->first->from_clock);
    put_z(j, "from_clock", apd_clock_name(s->first->from_clock));
    put_time(j, "to", s->last->to, s->last->to_clock);
    put_z(j, "to_clock", apd_clock_name(s->last->to_clock));
    put_time(j, "until", s->until, APD_CLOCK_UTC);
    put_b(j, "ended", s->last->ended);
    put_u(j, "times", s->times);
    put_s(j, "file",
          s->first->where.member < r->nfiles ? r->files[s->first->where.member].path : APD_LIT(""));
    put_u(j, "record", s->first->where.record);
    close_(j, '}');
}

void apd_stalls_json(json *j, const apd_report *r)
{
    size_t n;
    const apd_stalled *list = apd_stalls_select(j->a, r, &n);
    open_(j, '[');
    for (size_t i = 0; i < n; i++)
        put_stall(j, r, &list[i]);
    close_(j, ']');
}
