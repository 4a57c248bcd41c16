/* Few facts among many events: those of other names are passed over by one comparison each. */
#include "collected.h"

#include "limits.h"

enum { REQUEST, TOOL_ITEM, COLLECTION, INTUNE_ITEM };
enum { AREA_NAME, AREA, ITEM, SOURCE, RESULT, REASON, HRESULT };
enum { MOST_TEXT = 512 }; /* bytes of a path or command; longer ones are cut */

bool apd_collected_init(apd_collected *c, apd_arena *a, apd_intern *names)
{
    static const char *const facts[] = {"collector.request", "collector.item", "intune.collection",
                                        "intune.item"};
    static const char *const fields[] = {"areaname", "area",   "item",   "source",
                                         "result",   "reason", "hresult"};
    *c = (apd_collected){.arena = a, .names = names};
    apd_buf_init(&c->areas, a);
    bool ok = true;
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        ok &= (c->facts[i] = apd_intern_add(names, apd_str_of(facts[i]))) != 0;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        ok &=
            (c->fields[i] = apd_sym_fold(names, apd_intern_add(names, apd_str_of(fields[i])))) != 0;
    return ok;
}

static const apd_field *field(const apd_collected *c, apd_event *ev, int which)
{
    return apd_event_field(ev, c->names, c->fields[which]);
}

static apd_str text(const apd_collected *c, apd_event *ev, int which)
{
    const apd_field *f = field(c, ev, which);
    apd_str s = f ? apd_field_text(f, c->arena) : APD_LIT("");
    return apd_strdup_a(c->arena, apd_sub(apd_trim(s), 0, MOST_TEXT));
}

static void read_code(apd_collected_item *it, const apd_field *f, apd_str words)
{
    uint64_t n;
    bool negative;
    if (it->has_code || !f)
        return;
    if (apd_field_number(f, &n, &negative)) {
        it->code = (uint32_t)n;
        it->has_code = n != 0;
    } else {
        it->has_code = apd_find_code(words, &it->code);
    }
    it->failed |= it->has_code && it->code >> 31;
}

static bool is_number(const apd_field *f)
{
    uint64_t n;
    bool negative;
    return f && apd_field_number(f, &n, &negative);
}

/* The word behind "-area". */
static apd_str area_of(apd_str command)
{
    size_t at = apd_ifind(command, APD_LIT("-area "));
    apd_str rest = at == SIZE_MAX ? APD_LIT("") : apd_trim(apd_sub(command, at + 6, command.len));
    return apd_cut(&rest, ' ');
}

static bool add_areas(apd_collected *c, apd_str areas)
{
    if (areas.len) {
        apd_buf_add(&c->areas, areas);
        apd_buf_addc(&c->areas, ';');
    }
    return !c->areas.failed;
}

static bool note_item(apd_collected *c, apd_event *ev, bool intune)
{
    if (c->looked_at++ >= APD_MAX_COLLECTED)
        return true;
    apd_collected_item it = {.what = text(c, ev, intune ? SOURCE : ITEM)};
    apd_str result = text(c, ev, RESULT), reason = text(c, ev, REASON);
    it.failed = apd_istarts(result, APD_LIT("fail"));
    read_code(&it, field(c, ev, HRESULT), APD_LIT(""));
    read_code(&it, field(c, ev, REASON), reason);
    read_code(&it, field(c, ev, RESULT), result);
    it.reason = is_number(field(c, ev, REASON)) ? APD_LIT("") : reason;
    if (it.what.ptr == NULL)
        return false;
    /* The footprint repeats the areas; Intune's list has the whole command. */
    apd_str areas = APD_LIT("");
    if (!intune && c->areas.len == 0)
        areas = text(c, ev, AREA);
    else if (intune && apd_ifind(it.what, APD_LIT("mdmdiagnosticstool")) != SIZE_MAX)
        areas = area_of(it.what);
    if (!add_areas(c, areas))
        return false;
    return it.what.len == 0 || APD_PUSH(c->arena, c->items, it);
}

static bool note_request(apd_collected *c, apd_event *ev)
{
    enum { MOST_RUNS = 64 };
    c->by_tool = true;
    if (c->runs++ >= MOST_RUNS)
        return true;
    return add_areas(c, text(c, ev, AREA_NAME));
}

bool apd_collected_note(apd_collected *c, apd_event *ev)
{
    if (ev->kind != APD_FACT)
        return true;
    if (ev->log == c->facts[REQUEST])
        return note_request(c, ev);
    if (ev->log == c->facts[TOOL_ITEM]) {
        c->by_tool = true;
        return note_item(c, ev, false);
    }
    if (ev->log == c->facts[COLLECTION] || ev->log == c->facts[INTUNE_ITEM]) {
        c->by_intune = true;
        return note_item(c, ev, true);
    }
    return true;
}

bool apd_collected_area(const apd_collected *c, apd_str area)
{
    apd_str rest = apd_str_from(c->areas.ptr, c->areas.len);
    while (rest.len) {
        apd_str one = apd_cut(&rest, ';');
        while (one.len && (one.ptr[0] == '"' || one.ptr[0] == '\''))
            one = apd_sub(one, 1, one.len);
        while (one.len && (one.ptr[one.len - 1] == '"' || one.ptr[one.len - 1] == '\''))
            one.len--;
        if (apd_ieq(apd_trim(one), area))
            return true;
    }
    return false;
}
