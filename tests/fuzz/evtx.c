/* EVTX: the input as a file, every event read, written as XML and as JSON, every field located and turned
 * into text. */
#include <stdint.h>
#include <stdlib.h>

#include "parsers.h"
#include "utf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Views are only borrowed; reading them to the end is what a sanitizer can judge. */
static unsigned touch(apd_str s)
{
    unsigned sum = 0;
    for (size_t i = 0; i < s.len; i++)
        sum += (uint8_t)s.ptr[i];
    return sum;
}

/* Whatever the input, what is written is one line of valid UTF-8. */
static void check_rendered(const apd_event *ev, apd_form form, apd_arena *a)
{
    apd_buf out;
    apd_buf_init(&out, a);
    apd_status s = apd_event_render(ev, form, &out);
    if (s != APD_OK && s != APD_SKIPPED && s != APD_E_NOMEM)
        abort();
    apd_str text = apd_buf_str(&out);
    if (!apd_utf8_valid(text))
        abort();
    for (size_t i = 0; i < text.len; i++)
        if ((uint8_t)text.ptr[i] < 0x20 && (form == APD_FORM_JSON || text.ptr[i] != '\t'))
            abort();
    if (text.len && text.ptr[text.len - 1] != (form == APD_FORM_JSON ? '}' : '>'))
        abort();
}

static void read_all(const apd_input *in)
{
    static volatile unsigned sink;
    apd_reader *r;
    apd_error err;
    apd_event ev;
    apd_status s = apd_parser_evtx.open(in, &r, &err);
    if (s != APD_OK)
        return;
    while ((s = apd_parser_evtx.next(r, &ev, &err)) == APD_OK || s == APD_SKIPPED) {
        if (s == APD_OK) {
            check_rendered(&ev, APD_FORM_XML, in->batch);
            check_rendered(&ev, APD_FORM_JSON, in->batch);
        }
        uint32_t n = 0;
        const apd_field *f = s == APD_OK ? apd_event_fields(&ev, &n) : NULL;
        for (uint32_t i = 0; i < n; i++)
            sink +=
                touch(apd_field_text(&f[i], in->batch)) + touch(apd_sym_text(in->names, f[i].name));
    }
    (void)sink;
    if (s != APD_END) /* damage is never the end of a file in memory */
        abort();
    apd_parser_evtx.close(r);
}

static bool wants(void *ctx, const apd_shape *of)
{
    (void)ctx;
    return touch((apd_str){(const char *)of->guid, 16}) + 1 > 0;
}

static void take(void *names, const apd_shape *s)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (!apd_sym_text(names, s->values[i].name).ptr)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apd_shape_sink shapes = {NULL, wants, take};
    apd_input in = {.stream = apd_stream_memory((apd_bytes){data, size}, 0, 0),
                    .path = APD_LIT("fuzz.evtx"),
                    .names = apd_intern_new(),
                    .batch = apd_arena_new(0),
                    .shapes = &shapes};
    shapes.ctx = in.names;
    apd_parser_evtx.bid((apd_bytes){data, size}, in.path);
    if (in.stream && in.names && in.batch)
        read_all(&in);
    apd_stream_free(in.stream);
    apd_intern_free(in.names);
    apd_arena_free(in.batch);
    return 0;
}
