/* Runs the code of a record: one loop over its steps, for both forms.
 *
 * p is where the next byte goes. Each step makes room for the worst that it can write and then writes
 * without looking. What one record may become is limited, since a small value may be written again
 * and again; the steps are counted per document, which bounds those that write nothing. */
#include "evtx_render.h"

#include <string.h>

#include "evtx_put.h"
#include "utf.h"

typedef struct writer {
    evtx_decoder *d;
    apd_buf *out;
    char *p, *end;
    size_t start;         /* of the record in out */
    size_t tag;           /* of the last TAG, counted from start */
    const uint8_t *limit; /* of the chunk */
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
    w->p = evtx_put_text(w->p, s->text, s->open);
}

static void close_text(writer *w, const evtx_piece *s)
{
    w->p = evtx_put_text(w->p, s->text + s->open, s->close);
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

static inline bool xml_item(writer *w, const evtx_piece *s, evtx_value item)
{
    if (!room(w, s->open + s->close + worst(item)))
        return false;
    char *content = evtx_put_text(w->p, s->text, s->open);
    char *p = evtx_put_xml(content, item, w->limit, w->d->batch);
    if (!put(w, p))
        return false;
    if (p != content)
        w->p = evtx_put_text(p, s->text + s->open, s->close);
    else
        end_element(w, s, true);
    return true;
}

/* The element again for each item, with the part of its start tag that is written already. */
static bool xml_array(writer *w, const evtx_piece *s, evtx_value array)
{
    size_t from = s->flags & EVTX_TAGGED ? w->tag : written(w), tag = written(w) - from;
    evtx_value item;
    if (array.len == 0)
        return xml_item(w, s, (evtx_value){.type = EVTX_T_NULL});
    for (bool first = true; evtx_value_item(&array, &item); first = false) {
        if (!first) {
            if (!room(w, tag))
                return false;
            memcpy(w->p, w->out->ptr + w->start + from, tag);
            w->p += tag;
        }
        if (!xml_item(w, s, item))
            return false;
    }
    return true;
}

static bool xml_field(writer *w, const evtx_instance *in, const evtx_piece *s, evtx_value v)
{
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
    w->p = evtx_put_u64(w->p + 6, ++w->params);
    *w->p++ = '"';
    *w->p++ = ':';
    return true;
}

static inline bool json_item(writer *w, evtx_value item)
{
    if (!room(w, worst(item)))
        return false;
    char *p = evtx_put_json(w->p, item, w->limit, w->d->batch);
    if (!put(w, p))
        return false;
    *w->p++ = ',';
    return true;
}

/* What nearly every member is. */
static inline bool json_plain(writer *w, const evtx_piece *s, evtx_value v)
{
    if (!room(w, s->open + worst(v)))
        return false;
    char *p = evtx_put_text(w->p, s->text, s->open);
    p = evtx_put_json(p, v, w->limit, w->d->batch);
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
    if (!room(w, worst(v)) || !put(w, evtx_put_json(w->p, v, w->limit, w->d->batch)))
        return false;
    *w->p++ = ':';
    return true;
}

/* --- steps --- */

static inline bool field(writer *w, const evtx_instance *in, const evtx_piece *s)
{
    evtx_value v = evtx_value_at(in, s->slot);
    if (v.type == EVTX_T_NULL && s->flags & EVTX_OPTIONAL)
        return true;
    bool one = v.type < EVTX_T_BINXML;
    if (w->json)
        return one && !(s->flags & ~(unsigned)EVTX_OPTIONAL) ? json_plain(w, s, v)
                                                             : json_field(w, in, s, v);
    return one ? xml_item(w, s, v) : xml_field(w, in, s, v);
}

/* Inside of text the items of an array are separated by blanks. */
static bool text_value(writer *w, const evtx_instance *in, evtx_value v, evtx_style style)
{
    if (v.type == EVTX_T_BINXML) {
        if (style == EVTX_XML_TEXT)
            return nested(w, in, v, EVTX_CODE_XML);
        if (v.len)
            lose(w, "there is a document inside of a text");
        return true;
    }
    if (!(v.type & EVTX_T_ARRAY))
        return room(w, worst(v)) && put(w, evtx_put_inside(w->p, v, w->limit, style, w->d->batch));
    evtx_value item;
    for (bool first = true; evtx_value_item(&v, &item); first = false) {
        if (!room(w, worst(item)))
            return false;
        if (!first)
            *w->p++ = ' ';
        if (!put(w, evtx_put_inside(w->p, item, w->limit, style, w->d->batch)))
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
    if (!text_value(w, in, v, w->json ? EVTX_JSON : EVTX_XML_ATTRIBUTE) ||
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

/* ` name="value"` or `"@name":value,`; nothing if the value is empty. */
static inline bool attribute(writer *w, const evtx_instance *in, const evtx_piece *s)
{
    evtx_value v = evtx_value_at(in, s->slot);
    if (v.type >= EVTX_T_BINXML)
        return joined_attribute(w, in, s, v);
    if (v.type == EVTX_T_NULL)
        return true;
    if (!room(w, s->open + s->close + worst(v)))
        return false;
    char *start = w->p, *content = evtx_put_text(start, s->text, s->open);
    char *p = w->json ? evtx_put_json(content, v, w->limit, w->d->batch)
                      : evtx_put_attribute(content, v, w->limit, w->d->batch);
    if (!put(w, p))
        return false;
    bool empty = p == content || (w->json && p == content + 2 && p[-1] == '"');
    w->p = empty ? start : evtx_put_text(p, s->text + s->open, s->close);
    return true;
}

static bool value(writer *w, const evtx_instance *in, const evtx_piece *s)
{
    if (!room(w, s->open + EVTX_SLACK))
        return false;
    open_text(w, s);
    return text_value(w, in, evtx_value_at(in, s->slot), (evtx_style)s->flags);
}

static bool leave(writer *w, const evtx_piece *s, uint32_t content)
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

static bool run(writer *w, const evtx_instance *in, const evtx_code *code)
{
    uint32_t content[APD_EVTX_MAX_ELEMENTS], depth = 0;
    if (in->count && in->starts[in->count] > in->end)
        lose(w, "a value reaches beyond the record");
    w->steps += code->n;
    if (w->steps > APD_EVTX_MAX_STEPS) {
        lose(w, "it is nested beyond measure");
        return true;
    }
    bool good = true;
    for (uint32_t i = 0; i < code->n && good; i++) {
        const evtx_piece *s = &code->steps[i];
        switch ((evtx_do)s->what) {
        case EVTX_DO_FIELD:
            good = field(w, in, s);
            break;
        case EVTX_DO_SKIP:
            if (evtx_is_null(in, s->slot))
                i = s->to - 1u;
            break;
        case EVTX_DO_ATTRIBUTE:
            good = attribute(w, in, s);
            break;
        case EVTX_DO_TAG:
            w->tag = written(w);
            good = plain(w, s);
            break;
        case EVTX_DO_TEXT:
            good = plain(w, s);
            break;
        case EVTX_DO_ENTER:
            good = plain(w, s);
            content[depth++] = (uint32_t)written(w);
            break;
        case EVTX_DO_LEAVE:
            good = leave(w, s, w->json ? 0 : content[--depth]);
            break;
        case EVTX_DO_VALUE:
            good = value(w, in, s);
            break;
        case EVTX_DO_EMBED: {
            evtx_value v = evtx_value_at(in, s->slot);
            good = v.type != EVTX_T_BINXML || nested(w, in, v, (evtx_code_kind)s->inner);
            break;
        }
        case EVTX_DO_KEY:
            good = json_key(w, evtx_value_at(in, s->slot));
            break;
        case EVTX_DO_PARAM:
            good = put_param(w);
            break;
        }
    }
    return good && !w->failed;
}

static void put_literal(writer *w, apd_str s)
{
    memcpy(w->p, s.ptr, s.len);
    w->p += s.len;
}

/* {"time":…,"record":…,"id":…,"level":…, and what the code of the record adds */
static bool json_record(writer *w, const evtx_instance *in, const apd_event *ev,
                        const evtx_code *code)
{
    apd_field time = {.type = APD_T_TIME, .as.t = ev->time};
    apd_field record = {.type = APD_T_U64, .as.u = ev->where.record};
    if (!room(w, 4 * EVTX_SLACK))
        return false;
    put_literal(w, APD_LIT("{\"time\":\""));
    w->p = evtx_put_field(w->p, &time, EVTX_JSON);
    put_literal(w, APD_LIT("\",\"record\":"));
    bool bare = evtx_is_json_bare(&record);
    if (!bare)
        *w->p++ = '"';
    w->p = evtx_put_u64(w->p, record.as.u);
    if (!bare)
        *w->p++ = '"';
    put_literal(w, APD_LIT(",\"id\":"));
    w->p = evtx_put_u64(w->p, ev->id);
    put_literal(w, APD_LIT(",\"level\":"));
    w->p = evtx_put_u64(w->p, ev->level);
    *w->p++ = ',';
    if (!run(w, in, code) || !room(w, EVTX_SLACK))
        return false;
    json_end(w, "}", 1);
    return true;
}

apd_status evtx_render(evtx_decoder *d, const evtx_instance *in, const apd_event *ev, apd_form form,
                       apd_buf *out, const char **lost)
{
    writer w = {.d = d, .out = out, .start = out->len, .json = form == APD_FORM_JSON};
    w.limit = d->base + d->size;
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
