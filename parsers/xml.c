/* Between the stream and libxml2 stands one buffer: text goes in cleaned, whole blocks go out. */
#include "xml.h"

#include <stdlib.h>

#include <libxml/parser.h>

#include "limits.h"
#include "textin.h"
#include "utf.h"

enum { MAX_SEQUENCE = 4, MAX_ATTRS = 64 };

struct apd_xml {
    apd_textin text;
    uint32_t member;
    apd_xml_handler handler;
    xmlParserCtxtPtr parser;
    size_t depth;
    const char *refused; /* why we stopped it, NULL while we did not */
    uint64_t refused_line;
    bool nomem, done;
    size_t filled;
    char block[APD_XML_BLOCK];
};

/* --- what libxml2 calls --- */

uint64_t apd_xml_line(const apd_xml *x)
{
    return x->parser->input ? (uint64_t)x->parser->input->line : 0;
}

static void stop(apd_xml *x, const char *why)
{
    x->refused = why;
    x->refused_line = apd_xml_line(x);
    x->nomem = !why;
    xmlStopParser(x->parser);
}

static apd_str view(const xmlChar *p)
{
    return apd_str_of((const char *)p);
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int nspaces, const xmlChar **spaces, int nattrs, int ndefaults,
                     const xmlChar **attrs)
{
    apd_xml *x = ctx;
    apd_xml_attr list[MAX_ATTRS];
    size_t n = nattrs < MAX_ATTRS ? (size_t)nattrs : MAX_ATTRS;
    (void)prefix, (void)uri, (void)nspaces, (void)spaces, (void)ndefaults;
    if (x->refused || x->nomem)
        return;
    if (++x->depth > APD_MAX_XML_DEPTH) {
        stop(x, "its elements are nested too deep");
        return;
    }
    for (size_t i = 0; i < n; i++) { /* name, prefix, URI, begin and end of the value */
        const xmlChar **a = attrs + 5 * i;
        list[i] = (apd_xml_attr){view(a[0]), {(const char *)a[3], (size_t)(a[4] - a[3])}};
    }
    if (!x->handler.start(x->handler.ctx, view(name), list, n))
        stop(x, NULL);
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    apd_xml *x = ctx;
    (void)name, (void)prefix, (void)uri;
    if (x->refused || x->nomem)
        return;
    x->depth--;
    if (!x->handler.end(x->handler.ctx))
        stop(x, NULL);
}

static void on_text(void *ctx, const xmlChar *text, int n)
{
    apd_xml *x = ctx;
    if (x->refused || x->nomem)
        return;
    if (!x->handler.text(x->handler.ctx, apd_str_from((const char *)text, (size_t)n)))
        stop(x, NULL);
}

static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *external,
                       const xmlChar *system)
{
    (void)name, (void)external, (void)system;
    stop(ctx, "it has a document type declaration, which Windows never writes");
}

/* --- cleaning --- */

static bool is_plain(uint8_t c)
{
    return (c >= 0x20 && c < 0x80) || c == '\n' || c == '\r' || c == '\t';
}

static size_t plain_run(apd_str s, size_t max)
{
    size_t n = 0, most = s.len < max ? s.len : max;
    while (n < most && is_plain((uint8_t)s.ptr[n]))
        n++;
    return n;
}

/* The length of the character at the front, with *ok false if XML does not allow it. 0: it may go on
 * behind the window. */
static size_t character(apd_str s, bool ended, bool *ok)
{
    uint32_t cp = 0;
    size_t n = apd_utf8_step(s, &cp);
    if (n == 0 && s.len < MAX_SEQUENCE && !ended)
        return 0;
    *ok = n > 1 && cp != 0xfffe && cp != 0xffff;
    return n ? n : 1;
}

/* Moves text from the window into the block. False: the window is used up. */
static bool fill_some(apd_xml *x)
{
    static const char replacement[] = "\xef\xbf\xbd";
    apd_textin *t = &x->text;
    size_t at = 0;
    while (x->filled + MAX_SEQUENCE <= APD_XML_BLOCK && at < t->left) {
        apd_str rest = {t->at + at, t->left - at};
        size_t n = plain_run(rest, APD_XML_BLOCK - MAX_SEQUENCE + 1 - x->filled);
        bool ok = true;
        if (n == 0 && (n = character(rest, t->ended, &ok)) == 0)
            break;
        apd_str put = ok ? apd_str_from(rest.ptr, n) : APD_LIT(replacement);
        memcpy(x->block + x->filled, put.ptr, put.len);
        x->filled += put.len;
        at += n;
    }
    apd_textin_take(t, at);
    return x->filled + MAX_SEQUENCE > APD_XML_BLOCK;
}

/* --- reading --- */

static apd_status damaged(apd_xml *x, apd_error *err)
{
    const xmlError *e = xmlCtxtGetLastError(x->parser);
    apd_where where = {.member = x->member, .record = x->refused_line};
    if (!x->refused)
        where.record = e && e->line > 0 ? (uint64_t)e->line : apd_xml_line(x);
    const char *why = x->refused ? x->refused : e && e->message ? e->message : "it is not XML";
    if (!x->refused && e && e->code == XML_ERR_INTERNAL_ERROR) /* what it says beyond 10 MB */
        why = "a tag, a comment or a name is too long";
    int n = (int)strcspn(why, "\r\n");
    return apd_fail(err, APD_SKIPPED, where,
                    "the XML cannot be read from line %llu on: %.*s; what comes before it counts",
                    (unsigned long long)where.record, n < 120 ? n : 120, why);
}

static apd_status push(apd_xml *x, bool last, apd_error *err)
{
    xmlParseChunk(x->parser, x->block, (int)x->filled, last);
    x->filled = 0;
    x->done = last;
    if (!x->refused && !x->nomem && xmlDictSize(x->parser->dict) > (int)APD_MAX_XML_NAMES)
        stop(x, "it has too many different names");
    if (x->nomem)
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    if (!x->refused && x->parser->wellFormed)
        return last ? APD_END : APD_OK;
    x->done = true;
    return damaged(x, err);
}

apd_status apd_xml_more(apd_xml *x, apd_error *err)
{
    if (x->done)
        return APD_END;
    while (!fill_some(x)) {
        apd_status st = apd_textin_more(&x->text, err);
        if (st == APD_OK)
            continue;
        if (st == APD_END && x->text.left) /* a sequence that will not be completed */
            continue;
        if (st == APD_END)
            return push(x, true, err);
        xmlParseChunk(x->parser, x->block, (int)x->filled, false);
        x->done = true;
        return x->nomem ? apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory") : st;
    }
    return push(x, false, err);
}

apd_status apd_xml_facts(apd_xml *x, apd_facts *facts, apd_event *ev, apd_error *err)
{
    for (;;) {
        if (apd_facts_take(facts, ev))
            return APD_OK;
        apd_status st = facts->pending;
        if (st != APD_OK) {
            facts->pending = st == APD_SKIPPED ? APD_OK : st;
            *err = facts->why;
            return st;
        }
        st = apd_xml_more(x, &facts->why);
        if (st > APD_END)
            facts->pending = st;
        else if (st == APD_END && facts->queue.n == 0)
            return APD_END;
    }
}

void apd_xml_close(apd_xml *x)
{
    if (!x)
        return;
    if (x->parser)
        xmlFreeParserCtxt(x->parser);
    apd_textin_close(&x->text);
    free(x);
}

apd_status apd_xml_open(apd_stream *file, uint32_t member, const apd_xml_handler *h, apd_xml **out,
                        apd_error *err)
{
    xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
                         .startElementNs = on_start,
                         .endElementNs = on_end,
                         .characters = on_text,
                         .cdataBlock = on_text,
                         .internalSubset = on_doctype};
    apd_xml *x = calloc(1, sizeof *x);
    *out = NULL;
    if (!x)
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    x->member = member;
    x->handler = *h;
    apd_status st = apd_textin_open(&x->text, file, err);
    if (st <= APD_SKIPPED) {
        x->parser = xmlCreatePushParserCtxt(&sax, x, NULL, 0, NULL);
        st = x->parser ? APD_OK : apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    }
    if (st != APD_OK) {
        apd_xml_close(x);
        return st;
    }
    xmlCtxtUseOptions(x->parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
    *out = x;
    return APD_OK;
}
