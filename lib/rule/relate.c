/* Relations: three-valued statements about the order and number of hits.
 *
 * `same` cuts the hits first. An attempt or a boot is a narrower view; a user or an app is a key
 * that the hits must share. The relation is true if it holds in one of the parts, false if it
 * fails in all of them, else unknown. */
#include "relate.h"

#include "vec.h"

apd_str apd_selection_name(const apd_subject *s, uint32_t selection)
{
    return apd_selection_words(&s->view->scan->rules->selections[selection]);
}

apd_relation_result apd_relation_unknown(const apd_subject *s, apd_str reason)
{
    apd_buf b;
    apd_buf_init(&b, s->view->arena);
    apd_buf_add(&b, s->rel->name);
    apd_buf_add(&b, APD_LIT(" could not be checked: "));
    apd_buf_add(&b, reason);
    return (apd_relation_result){.truth = APD_UNKNOWN, .why = apd_buf_str(&b)};
}

apd_relation_result apd_relation_crowded(const apd_subject *s, uint32_t selection)
{
    if (s->quiet)
        return (apd_relation_result){.truth = APD_UNKNOWN};
    return apd_relation_unknown(
        s, apd_printf_a(s->view->arena,
                        "%.*s has more records than are kept, and some of this time are not",
                        APD_FMT(apd_selection_name(s, selection))));
}

apd_relation_result apd_relation_missing(const apd_subject *s, uint32_t selection)
{
    if (apd_eval_selection(s->view, selection) != APD_UNKNOWN)
        return (apd_relation_result){.truth = APD_FALSE};
    if (s->quiet || apd_selection_present(s->view->scan, selection))
        return apd_relation_crowded(s, selection);
    apd_str logs = apd_selection_logs(s->view->scan, selection, s->view->arena);
    return apd_relation_unknown(
        s, apd_printf_a(s->view->arena, "no %.*s is in this bundle", APD_FMT(logs)));
}

static const char *clock_words(apd_clock c)
{
    switch (c) {
    case APD_CLOCK_LOCAL:
        return "local time without its offset";
    case APD_CLOCK_DATE:
        return "only the day";
    case APD_CLOCK_NONE:
        return "no time";
    default:
        return "UTC";
    }
}

apd_str apd_order_doubt(const apd_subject *s, uint32_t a, const apd_event *ea, uint32_t b,
                        const apd_event *eb)
{
    return apd_printf_a(s->view->arena,
                        "%.*s has %s and %.*s has %s, too close to tell which came first",
                        APD_FMT(apd_selection_name(s, a)), clock_words(ea->clock),
                        APD_FMT(apd_selection_name(s, b)), clock_words(eb->clock));
}

/* A remark for a relation between clocks of different kinds that could be ordered after all. */
static bool clock_note(const apd_subject *s, const apd_used *used, size_t n, apd_evidence *note)
{
    for (size_t i = 1; i < n; i++) {
        const apd_event *a = used[0].hit->event, *b = used[i].hit->event;
        int64_t doubt = apd_clock_doubt(a->clock, b->clock);
        if (doubt == 0 || doubt == INT64_MAX)
            continue;
        *note = (apd_evidence){.kind = APD_EV_NOTE, .event = b};
        note->text = apd_printf_a(s->view->arena,
                                  "one record has %s, the other %s; they lie so far apart that "
                                  "their order is certain",
                                  clock_words(a->clock), clock_words(b->clock));
        return true;
    }
    return false;
}

apd_relation_result apd_relation_true(const apd_subject *s, const apd_used *used, size_t nused)
{
    apd_relation_result r = {.truth = APD_TRUE, .used = used, .nused = nused};
    apd_evidence *note = APD_NEW(s->view->arena, apd_evidence);
    if (!note)
        s->view->scan->nomem = true;
    else if (clock_note(s, used, nused, note)) {
        r.gaps = note;
        r.ngaps = 1;
    }
    return r;
}

static apd_seen all_hits(const apd_view *v, uint32_t selection)
{
    apd_seen all = {0};
    all.n = apd_view_hits(v, selection, &all.at);
    return all;
}

/* Of all hits those that are, or may be, of the key. */
static apd_seen sift(const apd_subject *s, uint32_t selection)
{
    apd_seen all = all_hits(s->view, selection);
    apd_seen seen = {.at = APD_NEWS(s->view->arena, const apd_hit *, all.n)};
    bool *sure = APD_NEWS(s->view->arena, bool, all.n);
    if (!seen.at || !sure) {
        s->view->scan->nomem = true;
        return (apd_seen){0};
    }
    for (size_t i = 0; i < all.n; i++) {
        apd_str key = apd_hit_key(s->view, selection, all.at[i], s->rel->same);
        if (key.len && !apd_ieq(key, s->key))
            continue;
        sure[seen.n] = key.len > 0;
        seen.at[seen.n++] = all.at[i];
    }
    seen.sure = sure;
    return seen;
}

apd_seen apd_subject_hits(const apd_subject *s, uint32_t selection)
{
    if (!s->known)
        return all_hits(s->view, selection);
    apd_seen *known = &s->known[selection - s->view->scan->rules->rules[s->rel->rule].sel_first];
    if (!known->at)
        *known = s->key.len ? sift(s, selection) : all_hits(s->view, selection);
    return *known;
}

/* The first hit that is surely the subject's, or NULL. */
static const apd_hit *first_of(const apd_subject *s, uint32_t selection)
{
    apd_seen seen = apd_subject_hits(s, selection);
    for (size_t i = 0; i < seen.n; i++)
        if (apd_seen_sure(&seen, i))
            return seen.at[i];
    return NULL;
}

static apd_relation_result relate_order(const apd_subject *s)
{
    const apd_relation *rel = s->rel;
    apd_used *used = APD_NEWS(s->view->arena, apd_used, rel->norder);
    if (!used) {
        s->view->scan->nomem = true;
        return (apd_relation_result){.truth = APD_UNKNOWN};
    }
    size_t n = 0;
    for (size_t i = 0; i < rel->norder; i++) {
        const apd_hit *h = first_of(s, rel->order[i]);
        if (!h && i == 0)
            return apd_relation_missing(s, rel->order[0]);
        if (!h)
            continue;
        apd_order o = n ? apd_event_order(used[n - 1].hit->event, h->event) : APD_BEFORE;
        if (o == APD_AFTER)
            return (apd_relation_result){.truth = APD_FALSE};
        if (o == APD_UNORDERED)
            return apd_relation_unknown(s, apd_order_doubt(s, used[n - 1].selection,
                                                           used[n - 1].hit->event, rel->order[i],
                                                           h->event));
        used[n++] = (apd_used){.selection = rel->order[i], .hit = h};
    }
    return apd_relation_true(s, used, n);
}

/* Hits from `first` on that lie within the relation's span of it. */
typedef struct tally {
    size_t first;
    uint64_t least, most;
} tally;

static tally tally_from(const apd_subject *s, const apd_seen *seen, size_t first)
{
    tally t = {.first = first};
    for (size_t i = first; i < seen->n; i++) {
        const apd_event *a = seen->at[first]->event, *b = seen->at[i]->event;
        int64_t doubt = i == first ? 0 : apd_clock_doubt(a->clock, b->clock);
        const apd_span between = {a->time, b->time, a->clock, b->clock};
        int64_t apart = apd_span_length(s->view->scan, &between);
        bool in = doubt == 0 && apart <= s->rel->within;
        bool maybe = doubt == INT64_MAX || apd_time_add(apart, -doubt) <= s->rel->within;
        t.least += in && apd_seen_sure(seen, i);
        t.most += maybe;
    }
    return t;
}

static tally tally_all(const apd_subject *s, const apd_seen *seen)
{
    tally t = {0};
    if (s->key.len == 0) {
        t.least = apd_view_count(s->view, s->rel->count, &t.most);
        return t;
    }
    for (size_t i = 0; i < seen->n; i++)
        t.least += apd_seen_sure(seen, i);
    t.most = seen->n;
    return t;
}

/* The fullest window, or everything without `within`. */
static tally tally_best(const apd_subject *s, const apd_seen *seen)
{
    tally best = {0};
    if (s->rel->within == 0)
        best = tally_all(s, seen);
    for (size_t i = 0; s->rel->within && i < seen->n; i++) {
        tally t = tally_from(s, seen, i);
        if (t.least > best.least) {
            best.least = t.least;
            best.first = t.first;
        }
        if (t.most > best.most)
            best.most = t.most;
    }
    const apd_hits *h = &s->view->scan->hits[s->rel->count];
    if ((s->rel->within || s->key.len) && apd_hits_lost(h, s->view->from, s->view->to))
        best.most += h->count - h->n;
    if (best.most == 0 && !apd_selection_present(s->view->scan, s->rel->count))
        best.most = UINT64_MAX;
    return best;
}

/* The first few hits of the window, which stand for the rest. */
static apd_relation_result count_true(const apd_subject *s, const apd_seen *seen, tally t)
{
    enum { SHOWN = 4 };
    apd_used *used = APD_NEWS(s->view->arena, apd_used, SHOWN);
    if (!used)
        s->view->scan->nomem = true;
    size_t n = 0;
    for (size_t i = t.first; used && i < seen->n && n < SHOWN && n < t.least; i++)
        if (apd_seen_sure(seen, i))
            used[n++] = (apd_used){.selection = s->rel->count, .hit = seen->at[i]};
    if (n && t.least > n)
        used[n - 1].more = t.least - n > UINT32_MAX ? UINT32_MAX : (uint32_t)(t.least - n);
    return apd_relation_true(s, used, n);
}

static apd_relation_result relate_count(const apd_subject *s)
{
    const apd_relation *rel = s->rel;
    apd_seen seen = apd_subject_hits(s, rel->count);
    tally t = tally_best(s, &seen);
    apd_truth enough = t.least >= rel->at_least ? APD_TRUE
                       : t.most < rel->at_least ? APD_FALSE
                                                : APD_UNKNOWN;
    apd_truth few = rel->at_most == UINT32_MAX || t.most <= rel->at_most ? APD_TRUE
                    : t.least > rel->at_most                             ? APD_FALSE
                                                                         : APD_UNKNOWN;
    apd_truth truth = apd_and(enough, few);
    if (truth == APD_TRUE)
        return count_true(s, &seen, t);
    if (truth == APD_FALSE)
        return (apd_relation_result){.truth = APD_FALSE};
    if (apd_eval_selection(s->view, rel->count) == APD_UNKNOWN)
        return apd_relation_missing(s, rel->count);
    return apd_relation_unknown(
        s, apd_printf_a(s->view->arena,
                        "between %llu and %llu records of %.*s count, for their clocks differ or "
                        "not all of them were kept",
                        (unsigned long long)t.least, (unsigned long long)t.most,
                        APD_FMT(apd_selection_name(s, rel->count))));
}

static apd_relation_result relate_one(const apd_subject *s)
{
    if (s->rel->differ)
        return apd_relate_differ(s);
    if (s->rel->norder)
        return relate_order(s);
    if (s->rel->count != UINT32_MAX)
        return relate_count(s);
    return apd_relate_window(s);
}

/* Or of the outcomes of parts: the first true one, else the first unknown one. */
static bool settle(apd_relation_result *so_far, apd_relation_result part)
{
    if (part.truth > so_far->truth)
        *so_far = part;
    return so_far->truth == APD_TRUE;
}

/* The selection whose hits tell which users or apps there are. */
static uint32_t lead_of(const apd_relation *rel)
{
    if (rel->norder)
        return rel->order[0];
    if (rel->count != UINT32_MAX)
        return rel->count;
    return rel->after != UINT32_MAX ? rel->after : rel->before;
}

/* One user or app (key), or one part of a view that remembers nothing itself. */
static apd_relation_result relate_some(const apd_view *v, const apd_relation *rel, apd_str key)
{
    apd_subject s = {.view = v, .rel = rel, .key = key};
    s.known = APD_NEWS(v->arena, apd_seen, v->scan->rules->rules[rel->rule].sel_count);
    if (s.known)
        return relate_one(&s);
    v->scan->nomem = true;
    return (apd_relation_result){.truth = APD_UNKNOWN};
}

static bool is_known(const apd_str *keys, size_t n, apd_str key)
{
    for (size_t i = 0; i < n; i++)
        if (apd_ieq(keys[i], key))
            return true;
    return false;
}

static apd_relation_result relate_keys(const apd_view *v, const apd_relation *rel)
{
    apd_subject anyone = {.view = v, .rel = rel};
    uint32_t sel = lead_of(rel);
    const apd_hit **lead;
    size_t n = apd_view_hits(v, sel, &lead), nkeys = 0;
    apd_str *keys = APD_NEWS(v->arena, apd_str, n);
    apd_relation_result r = {.truth = APD_FALSE};
    if (n == 0)
        return relate_one(&anyone);
    if (!keys)
        v->scan->nomem = true;
    for (size_t i = 0; keys && i < n; i++) {
        apd_str key = apd_hit_key(v, sel, lead[i], rel->same);
        if (key.len == 0 || is_known(keys, nkeys, key))
            continue;
        keys[nkeys++] = key;
        if (settle(&r, relate_some(v, rel, key)))
            return r;
    }
    if (nkeys)
        return r;
    return apd_relation_unknown(&anyone,
                                apd_printf_a(v->arena, "no record of %.*s names %s",
                                             APD_FMT(apd_selection_name(&anyone, sel)),
                                             rel->same == APD_SAME_USER ? "a user" : "an app"));
}

/* Each stretch between two starts that lies in the view; before the first one too. */
static apd_relation_result relate_parts(const apd_view *v, const apd_relation *rel,
                                        const apd_time *starts, size_t nstarts)
{
    apd_relation_result r = {.truth = APD_FALSE};
    for (size_t i = nstarts + 1; i-- > 0;) { /* the newest first */
        apd_view part = *v;
        part.memo = NULL;
        if (i > 0 && starts[i - 1] > part.from)
            part.from = starts[i - 1];
        if (i < nstarts && starts[i] < part.to)
            part.to = starts[i];
        if (part.from < part.to && settle(&r, relate_some(&part, rel, APD_LIT(""))))
            break;
    }
    return r;
}

const apd_relation_result *apd_relate(const apd_view *v, uint32_t relation)
{
    static const apd_relation_result no_memory = {.truth = APD_UNKNOWN};
    const apd_scan *s = v->scan;
    const apd_relation *rel = &s->rules->relations[relation];
    apd_relation_result *r = APD_NEW(v->arena, apd_relation_result);
    if (!r) {
        v->scan->nomem = true;
        return &no_memory;
    }
    if (rel->same == APD_SAME_USER || rel->same == APD_SAME_APP)
        *r = relate_keys(v, rel);
    else if (rel->same == APD_SAME_BOOT)
        *r = relate_parts(v, rel, s->boots, s->nboots);
    else if (apd_view_is_whole(v) && s->nattempts > 1) /* the first start opens no second attempt */
        *r = relate_parts(v, rel, s->attempts + 1, s->nattempts - 1);
    else
        *r = relate_one(&(apd_subject){.view = v, .rel = rel});
    return r;
}
