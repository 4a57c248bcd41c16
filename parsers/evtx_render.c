/* Runs the code of a record: one loop over its steps, for both forms.
 *
 * p is where the next byte goes. Each step makes room for the worst that it can write and then writes
 * without looking. What one record may become is limited, since a small value may be written again
 * and again; the steps are counted per document, which bounds those that write nothing. */
#include "evtx_render.h"

#include <string.h>

#include "evtx_write.h"
#include "utf.h"

typedef struct writer {
    evtx_decoder *d;
    apd_buf *out;
    char *p, *end;
    size_t start; /* of the record in out */
    size_t tag;   /* of the last TAG, counted from start */
    evtx_pen pen;
    bool json;
    uint32_t params, steps, nesting;
    const char *lost;
    const char *failed; /* the record cannot be written at all */
} writer;

static bool run(writer *w, const evtx_instance *in, const evtx_code *code);

static void lose(writer *w, const char *why)
{
    if (!w->lost)
        w->lost = why;
}

/* --- the output --- */

static size_t written(const writer *w)
{
    return (size_t)(w->p - w->out->ptr) - w->start;
}

static bool grow(writer *w, size_t need)
{
    w->out->len = (size_t)(w->p - w->out->ptr);
    if (need > APD_EVTX_MAX_RENDERED || written(w) > APD_EVTX_MAX_RENDERED - need) {
        w->failed = "it would be too long as text";
        return false;
    }
    if (!apd_buf_room(w->out, need)) {
        w->failed = "it needs too much memory as text";
        return false;
    }
    w->p = w->out->ptr + w->out->len;
    size_t room = w->out->cap - w->out->len;
    size_t most = APD_EVTX_MAX_RENDERED - written(w);
    w->end = w->p + (room < most ? room : most);
    return true;
}

static inline bool room(writer *w, size_t need)
{
    return (size_t)(w->end - w->p) >= need || grow(w, need);
}

static void open_text(writer *w, const evtx_piece *s)
{
    w->p = apd_put_text(w->p, s->text, s->open);
}

static void close_text(writer *w, const evtx_piece *s)
{
    w->p = apd_put_text(w->p, s->text + s->open, s->close);
}

/* Behind the content of an XML element: its end tag, or, if there was no content, an empty tag. */
static void end_element(writer *w, const evtx_piece *s, bool empty)
{
    if (!empty) {
        close_text(w, s);
        return;
    }
    w->p[-1] = '/';
    *w->p++ = '>';
}

/* --- values --- */

/* Takes what a writer of values returned. */
static bool put(writer *w, char *p)
{
    if (!p) {
        w->failed = "it needs too much memory as text";
        return false;
    }
    w->p = p;
    return true;
}

static size_t worst(evtx_value v)
{
    return EVTX_WORST_GROWTH * v.len + EVTX_SLACK;
}

static bool nested(writer *w, const evtx_instance *in, evtx_value v, evtx_code_kind kind)
{
    if (v.len == 0)
        return true;
    if (w->nesting == APD_EVTX_MAX_NESTING) {
        lose(w, "BinXML is nested too deeply");
        return true;
    }
    evtx_instance inner;
    uint32_t at = (uint32_t)(v.ptr - in->base);
    const char *why = evtx_open(w->d, at, at + (uint32_t)v.len, &inner);
    if (why)
        lose(w, why);
    if (why || !inner.program)
        return true;
    const evtx_code *code = evtx_code_get(w->d, inner.program, kind);
    if (!code) {
        lose(w, "its templates need too much memory");
        return true;
    }
    if (inner.program->damage)
        lose(w, inner.program->damage);
    w->nesting++;
    bool good = run(w, &inner, code);
    w->nesting--;
    return good;
}

/* --- XML --- */

static bool left_out(const evtx_piece *s, evtx_value v)
{
    return v.type == EVTX_T_NULL && s->flags & EVTX_OPTIONAL;
}

static bool xml_item(writer *w, const evtx_piece *s, evtx_value item)
{
    if (!room(w, s->open + s->close + worst(item)))
        return false;
    char *content = apd_put_text(w->p, s->text, s->open);
    char *p = evtx_put_xml(content, item, &w->pen);
    if (!put(w, p))
        return false;
    end_element(w, s, p == content);
    return true;
}

/* The element again for each item, with the part of its start tag that is written already. */
static bool xml_array(writer *w, const evtx_piece *s, evtx_value array)
{
    size_t from = s->flags & EVTX_TAGGED ? w->tag : written(w), tag = written(w) - from;
    evtx_value item;
    if (array.len == 0)
        return xml_item(w, s, (evtx_value){.type = EVTX_T_NULL});
    if (!evtx_value_item(&array, &item) || !xml_item(w, s, item))
        return false;
    evtx_piece again = *s;
    again.text += s->lead;
    again.open -= s->lead;
    while (evtx_value_item(&array, &item)) {
        if (!room(w, tag))
            return false;
        memcpy(w->p, w->out->ptr + w->start + from, tag);
        w->p += tag;
        if (!xml_item(w, &again, item))
            return false;
    }
    return true;
}

static bool xml_field(writer *w, const evtx_instance *in, const evtx_piece *s, evtx_value v)
{
    if (left_out(s, v)) {
        if (!room(w, s->lead + EVTX_SLACK))
            return false;
        w->p = apd_put_text(w->p, s->text, s->lead);
        return true;
    }
    if (v.type & EVTX_T_ARRAY)
        return xml_array(w, s, v);
    if (v.type != EVTX_T_BINXML)
        return xml_item(w, s, v);
    if (!room(w, s->open + EVTX_SLACK))
        return false;
    open_text(w, s);
    size_t before = written(w);
    if (!nested(w, in, v, EVTX_CODE_XML) || !room(w, s->close + EVTX_SLACK))
        return false;
    end_element(w, s, written(w) == before);
    return true;
}

/* --- JSON --- */

static bool put_param(writer *w)
{
    if (!room(w, EVTX_SLACK))
        return false;
    memcpy(w->p, "\"param", 6);
    w->p = apd_put_u32(w->p + 6, ++w->params);
    *w->p++ = '"';
    *w->p++ = ':';
    return true;
}

static bool json_item(writer *w, evtx_value item)
{
    if (!room(w, worst(item)))
        return false;
    char *p = evtx_put_json(w->p, item, &w->pen);
    if (!put(w, p))
        return false;
    *w->p++ = ',';
    return true;
}

/* Ends an object or list: the comma behind its last member goes. */
static void json_end(writer *w, const char *text, size_t n)
{
    if (w->p[-1] == ',')
        w->p--;
    memcpy(w->p, text, n);
    w->p += n;
}

static bool json_array(writer *w, const evtx_piece *s, evtx_value array)
{
    evtx_value item;
    bool numbered = s->flags & EVTX_NUMBERED, list = !(s->flags & (EVTX_NUMBERED | EVTX_LISTED));
    if (numbered && array.len == 0)
        return put_param(w) && json_item(w, (evtx_value){.type = EVTX_T_NULL});
    if (list)
        *w->p++ = '[';
    while (evtx_value_item(&array, &item))
        if ((numbered && !put_param(w)) || !json_item(w, item))
            return false;
    if (list && !room(w, EVTX_SLACK))
        return false;
    if (list)
        json_end(w, "],", 2);
    return true;
}

static bool json_document(writer *w, const evtx_instance *in, const evtx_piece *s, evtx_value v)
{
    if (v.len == 0)
        return json_item(w, (evtx_value){.type = EVTX_T_NULL});
    *w->p++ = '{';
    if (!nested(w, in, v, (evtx_code_kind)s->inner) || !room(w, EVTX_SLACK))
        return false;
    json_end(w, "},", 2);
    return true;
}

static bool json_field(writer *w, const evtx_instance *in, const evtx_piece *s, evtx_value v)
{
    bool array = v.type & EVTX_T_ARRAY, document = v.type == EVTX_T_BINXML;
    if (document && s->flags & EVTX_EMBEDDED)
        return nested(w, in, v, (evtx_code_kind)s->inner);
    if (s->flags & EVTX_EMBEDDED && v.len == 0)
        return true; /* nothing beside other things */
    if (!room(w, s->open + EVTX_SLACK))
        return false;
    open_text(w, s);
    if (array)
        return json_array(w, s, v);
    if (s->flags & EVTX_NUMBERED && !put_param(w))
        return false;
    return document ? json_document(w, in, s, v) : json_item(w, v);
}

static bool json_key(writer *w, evtx_value v)
{
    if (v.type != EVTX_T_STRING || apd_utf16_trim(evtx_raw(v)).len == 0)
        return put_param(w);
    if (!room(w, worst(v)) || !put(w, evtx_put_json(w->p, v, &w->pen)))
        return false;
    *w->p++ = ':';
    return true;
}

/* --- steps --- */

/* Inside of text the items of an array are separated by blanks. */
static bool text_value(writer *w, const evtx_instance *in, evtx_value v, apd_style style)
{
    if (v.type == EVTX_T_BINXML) {
        if (style == APD_STYLE_XML_TEXT)
            return nested(w, in, v, EVTX_CODE_XML);
        if (v.len)
            lose(w, "there is a document inside of a text");
        return true;
    }
    if (!(v.type & EVTX_T_ARRAY))
        return room(w, worst(v)) && put(w, evtx_put_inside(w->p, v, style, &w->pen));
    evtx_value item;
    for (bool first = true; evtx_value_item(&v, &item); first = false) {
        if (!room(w, worst(item)))
            return false;
        if (!first)
            *w->p++ = ' ';
        if (!put(w, evtx_put_inside(w->p, item, style, &w->pen)))
            return false;
    }
    return true;
}

/* An attribute whose value is an array or a document, as text. */
static bool joined_attribute(writer *w, const evtx_instance *in, const evtx_piece *s, evtx_value v)
{
    size_t before = written(w);
    if (!room(w, s->open + EVTX_SLACK))
        return false;
    open_text(w, s);
    if (w->json)
        *w->p++ = '"';
    size_t opened = written(w);
    if (!text_value(w, in, v, w->json ? APD_STYLE_JSON : APD_STYLE_XML_ATTRIBUTE) ||
        !room(w, s->close + EVTX_SLACK))
        return false;
    if (written(w) == opened) {
        w->p = w->out->ptr + w->start + before;
        return true;
    }
    if (w->json)
        *w->p++ = '"';
    close_text(w, s);
    return true;
}

/* ` name="value"` or `"@name":value,`; nothing if the value is empty. NULL when out of memory. */
APD_INLINE char *put_attribute(writer *w, char *p, const evtx_piece *s, evtx_value v, bool json)
{
    char *content = apd_put_text(p, s->text, s->open);
    char *end = json ? evtx_put_json(content, v, &w->pen) : evtx_put_attribute(content, v, &w->pen);
    if (!end)
        return NULL;
    bool empty = json ? end == content + 2 && end[-1] == '"' : end == content;
    return empty ? p : apd_put_text(end, s->text + s->open, s->close);
}

static bool attribute(writer *w, const evtx_instance *in, const evtx_piece *s, evtx_value v)
{
    if (v.type >= EVTX_T_BINXML)
        return joined_attribute(w, in, s, v);
    return v.type == EVTX_T_NULL || (room(w, s->open + s->close + worst(v)) &&
                                     put(w, put_attribute(w, w->p, s, v, w->json)));
}

static bool value(writer *w, const evtx_instance *in, const evtx_piece *s)
{
    if (!room(w, s->open + EVTX_SLACK))
        return false;
    open_text(w, s);
    return text_value(w, in, evtx_value_at(in, s->slot), (apd_style)s->flags);
}

static bool leave(writer *w, const evtx_piece *s, size_t content)
{
    if (!room(w, s->close + EVTX_SLACK))
        return false;
    if (w->json)
        json_end(w, s->text + s->open, s->close);
    else
        end_element(w, s, written(w) == content);
    return true;
}

static bool plain(writer *w, const evtx_piece *s)
{
    if (!room(w, s->open + EVTX_SLACK))
        return false;
    open_text(w, s);
    return true;
}

/* A FIELD that is no plain value, and what few templates have. */
static bool rare(writer *w, const evtx_instance *in, const evtx_piece *s)
{
    evtx_value v = evtx_value_at(in, s->slot);
    switch ((evtx_do)s->what) {
    case EVTX_DO_FIELD:
        return w->json ? json_field(w, in, s, v) : xml_field(w, in, s, v);
    case EVTX_DO_ATTRIBUTE:
        return attribute(w, in, s, v);
    case EVTX_DO_TAG:
        w->tag = written(w) + s->lead;
        return plain(w, s);
    case EVTX_DO_VALUE:
        return value(w, in, s);
    case EVTX_DO_EMBED:
        return v.type != EVTX_T_BINXML || nested(w, in, v, (evtx_code_kind)s->inner);
    case EVTX_DO_KEY:
        return json_key(w, v);
    case EVTX_DO_PARAM:
        return put_param(w);
    default:
        return plain(w, s);
    }
}

/* May a FIELD be written in one go: its text, one value, its text? */
APD_INLINE bool is_single(const evtx_piece *s, evtx_value v, bool json)
{
    return v.type < EVTX_T_BINXML && (!json || (s->flags & ~(unsigned)EVTX_OPTIONAL) == 0);
}

APD_INLINE char *put_single(writer *w, char *p, const evtx_piece *s, evtx_value v, bool json)
{
    char *content = apd_put_text(p, s->text, s->open);
    p = evtx_write_value(content, v, &w->pen, json ? APD_STYLE_JSON : APD_STYLE_XML_TEXT, json);
    if (!p)
        return NULL;
    if (!json && p != content)
        return apd_put_text(p, s->text + s->open, s->close);
    if (!json)
        p[-1] = '/';
    *p = json ? ',' : '>';
    return p + 1;
}

/* The steps of one document. The end of the output is kept in a register, but for the rare ones. */
APD_INLINE bool run_steps(writer *w, const evtx_instance *in, const evtx_code *code, bool json)
{
    size_t content[APD_EVTX_MAX_ELEMENTS];
    uint32_t depth = 0;
    char *p = w->p;
    for (const evtx_piece *s = code->steps, *end = s + code->n; s < end; s++) {
        size_t left = (size_t)(w->end - p);
        if (s->what == EVTX_DO_FIELD) {
            evtx_value v = evtx_value_at(in, s->slot);
            bool out = left_out(s, v);
            if (out && s->lead == 0)
                continue;
            if (!out && is_single(s, v, json) && left >= s->open + s->close + worst(v)) {
                p = put_single(w, p, s, v, json);
                if (!p)
                    return put(w, NULL);
                continue;
            }
        } else if (s->what == EVTX_DO_ATTRIBUTE) {
            evtx_value v = evtx_value_at(in, s->slot);
            if (v.type == EVTX_T_NULL)
                continue;
            if (v.type < EVTX_T_BINXML && left >= s->open + s->close + worst(v)) {
                p = put_attribute(w, p, s, v, json);
                if (!p)
                    return put(w, NULL);
                continue;
            }
        } else if (s->what == EVTX_DO_SKIP) {
            if (evtx_is_null(in, s->slot))
                s = code->steps + s->to - 1;
            continue;
        } else if (s->what == EVTX_DO_TEXT && left >= s->open + EVTX_SLACK) {
            p = apd_put_text(p, s->text, s->open);
            continue;
        }
        w->p = p;
        if (s->what == EVTX_DO_LEAVE) {
            if (!leave(w, s, json ? 0 : content[--depth]))
                return false;
        } else if (!rare(w, in, s)) {
            return false;
        }
        p = w->p;
        if (s->what == EVTX_DO_ENTER)
            content[depth++] = written(w);
    }
    w->p = p;
    return !w->failed;
}

static bool run(writer *w, const evtx_instance *in, const evtx_code *code)
{
    if (in->whole < in->count)
        lose(w, "a value reaches beyond the record");
    if (code->n == 0)
        return true;
    w->steps += code->n;
    if (w->steps > APD_EVTX_MAX_STEPS) {
        lose(w, "it is nested beyond measure");
        return true;
    }
    return w->json ? run_steps(w, in, code, true) : run_steps(w, in, code, false);
}

#define PUT(p, literal) (memcpy((p), (literal), sizeof(literal) - 1), (p) + sizeof(literal) - 1)

/* {"time":…,"record":…,"id":…,"level":…, and what the code of the record adds */
static bool json_record(writer *w, const evtx_instance *in, const apd_event *ev,
                        const evtx_code *code)
{
    if (!room(w, 4 * EVTX_SLACK))
        return false;
    char *p = PUT(w->p, "{\"time\":\"");
    p = evtx_put_ticks(p, ev->time, w->pen.second);
    p = PUT(p, "\",\"record\":");
    p = evtx_put_number(p, ev->where.record);
    p = PUT(p, ",\"id\":");
    p = apd_put_u32(p, ev->id);
    p = PUT(p, ",\"level\":");
    p = apd_put_small(p, ev->level);
    *p++ = ',';
    w->p = p;
    if (!run(w, in, code) || !room(w, EVTX_SLACK))
        return false;
    json_end(w, "}", 1);
    return true;
}

apd_status evtx_render(evtx_decoder *d, const evtx_instance *in, const apd_event *ev, apd_form form,
                       apd_buf *out, const char **lost)
{
    writer w = {.d = d, .out = out, .start = out->len, .json = form == APD_FORM_JSON};
    w.pen = (evtx_pen){.limit = d->base + d->size, .arena = d->batch, .second = &d->second};
    w.lost = in->program->damage;
    if (!apd_buf_room(out, EVTX_SLACK))
        return APD_E_NOMEM;
    w.p = w.end = out->ptr + out->len;
    const evtx_code *code =
        evtx_code_get(d, in->program, w.json ? EVTX_CODE_RECORD : EVTX_CODE_XML);
    bool good = code && (w.json ? json_record(&w, in, ev, code) : run(&w, in, code));
    if (good) {
        out->len = (size_t)(w.p - out->ptr);
    } else {
        out->len = w.start;
        w.lost = w.failed ? w.failed : "its templates need too much memory";
    }
    *lost = w.lost;
    return w.lost ? APD_SKIPPED : APD_OK;
}
