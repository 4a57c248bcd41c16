/* Windows traces (ETL). The container (etl_trace.h) gives records in the order they were written, the decoder
 * (etl_decode.h) says what they mean; this file makes events of them. Of most records only the header is ever
 * read: fields and the sentence are looked for when somebody asks. */
#include <stdlib.h>

#include "etl_decode.h"
#include "etl_session.h"
#include "parsers.h"

struct apd_reader {
    apd_payload payload; /* first: the events' payload is the reading */
    apd_input in;
    apd_mark batch_start;
    etl_trace trace;
    etl_decoder *decoder;
    const etl_record *record; /* the one of the last event; valid until the next */
    etl_reading reading;      /* of that record, once somebody has asked */
    apd_where where;
    bool step_told;  /* of `record`, which itself has not been given out */
    bool incomplete; /* fields of `record` are missing; not told yet */
    bool header_bad; /* not told yet */
};

enum { AT_MARK = 0x48, AT_HOOK = 0x4e, AT_MODE = 0x88, SEEN = 0x8c, LEAST_SIZE = 0x200 };

/* A buffer of the kind that holds the file's header, and in it first of all the header's record. */
static bool is_trace(apd_bytes head)
{
    if (head.len < SEEN || !etl_buffer_is_head(head) || apd_u32le(head.ptr) < LEAST_SIZE)
        return false;
    const uint8_t *r = head.ptr + AT_MARK;
    return head.ptr[0x36] == ETL_BUFFER_IS_HEADER && r[1] == 0 && (r[2] == 1 || r[2] == 2) &&
           r[3] == 0xc0 && apd_u16le(head.ptr + AT_HOOK) == ETL_HOOK_HEADER;
}

static bool is_named_etl(apd_str path)
{
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '.' && path.ptr[at - 1] != '/')
        at--;
    apd_str last = apd_sub(path, at, path.len), before = apd_sub(path, 0, at ? at - 1 : 0);
    uint64_t number;
    bool negative;
    return apd_iends(path, APD_LIT(".etl")) ||
           (apd_iends(before, APD_LIT(".etl")) &&
            (apd_ieq(last, APD_LIT("merged")) || apd_parse_int(last, &number, &negative)));
}

static int bid(apd_bytes head, apd_str path)
{
    if (is_trace(head))
        return 95;
    /* Its header is damaged: other buffers may be there. */
    return is_named_etl(path) && etl_buffer_is_head(head) && apd_u32le(head.ptr + 0x30) ? 30 : 0;
}

bool apd_etl_waits(apd_bytes head)
{
    return is_trace(head) && !(apd_u32le(head.ptr + AT_MODE) & ETL_MODE_RELOGGED);
}

static apd_status expand(const apd_payload *self, apd_event *ev)
{
    apd_reader *r = (apd_reader *)(uintptr_t)self;
    apd_status st = etl_fields(r->decoder, r->record, r->in.batch, &r->reading);
    ev->fields = r->reading.fields;
    ev->nfields = r->reading.n;
    r->incomplete = r->incomplete || st == APD_SKIPPED;
    return st;
}

static apd_str sentence(const apd_payload *self, const apd_event *ev, apd_arena *a)
{
    apd_reader *r = (apd_reader *)(uintptr_t)self;
    if (!ev->located)
        (void)etl_fields(r->decoder, r->record, r->in.batch, &r->reading);
    return etl_sentence(&r->reading, a);
}

static void close_reader(apd_reader *r)
{
    if (!r)
        return;
    etl_decoder_free(r->decoder);
    etl_trace_close(&r->trace);
    free(r);
}

static apd_status open_reader(const apd_input *in, apd_reader **out, apd_error *err)
{
    *out = NULL;
    apd_reader *r = calloc(1, sizeof *r);
    if (r)
        r->decoder = etl_decoder_new(in->names);
    if (!r || !r->decoder) {
        close_reader(r);
        return apd_fail(err, APD_E_NOMEM, (apd_where){.member = in->member},
                        "out of memory while opening a trace");
    }
    etl_decoder_share(r->decoder, in->schemas);
    r->in = *in;
    r->batch_start = apd_arena_mark(in->batch);
    r->payload = (apd_payload){.expand = expand, .sentence = sentence};
    apd_status st = etl_trace_open(&r->trace, in->stream, in->member, err);
    if (st != APD_OK) {
        close_reader(r);
        return st;
    }
    r->header_bad = !r->trace.header.known;
    *out = r;
    return APD_OK;
}

static apd_status out_of_memory(const apd_reader *r, apd_error *err)
{
    return apd_fail(err, APD_E_NOMEM, r->where, "out of memory for an event of a trace");
}

/* What was found out about an earlier record, or the file. */
static apd_status tell(apd_reader *r, apd_error *err)
{
    if (r->incomplete) {
        r->incomplete = false;
        return apd_fail(err, APD_SKIPPED, r->where,
                        "fields of the record at byte %llu are missing: its data do not fit its "
                        "description",
                        (unsigned long long)r->where.offset);
    }
    if (r->header_bad) {
        r->header_bad = false;
        return apd_fail(err, APD_SKIPPED, (apd_where){.member = r->in.member},
                        "the trace's header is damaged; its events are read, their times may be "
                        "unknown");
    }
    return APD_OK;
}

static bool is_header(const apd_reader *r, const etl_record *rec)
{
    return rec->kind == ETL_SYSTEM && rec->id == ETL_HOOK_HEADER &&
           rec->offset == ETL_BUFFER_HEAD && r->trace.header.known;
}

static apd_status make_event(apd_reader *r, apd_event *ev, apd_error *err)
{
    const etl_record *rec = r->record;
    *ev = (apd_event){.time = rec->time,
                      .clock = rec->time == APD_TIME_NONE ? APD_CLOCK_NONE : APD_CLOCK_UTC,
                      .kind = APD_EVENT,
                      .message = APD_LIT(""),
                      .steady = r->trace.clock.type != ETL_CLOCK_SYSTEM,
                      .where = r->where};
    etl_identify(r->decoder, rec, ev);
    if (is_header(r, rec))
        return etl_session_event(&r->trace, rec, r->in.names, r->in.batch, ev)
                   ? APD_OK
                   : out_of_memory(r, err);
    ev->payload = &r->payload;
    return APD_OK;
}

static apd_status next(apd_reader *r, apd_event *ev, apd_error *err)
{
    apd_arena_rewind(r->in.batch, r->batch_start);
    apd_status st = tell(r, err);
    if (st != APD_OK)
        return st;
    if (r->step_told) {
        r->step_told = false;
        return make_event(r, ev, err);
    }
    do {
        st = etl_trace_next(&r->trace, &r->record, err);
        if (st != APD_OK)
            return st;
    } while (etl_learn(r->decoder, r->record));
    r->where =
        (apd_where){.member = r->in.member, .record = r->trace.record, .offset = r->record->offset};
    if (!r->trace.back)
        return make_event(r, ev, err);
    r->step_told = true;
    return etl_step_event(&r->trace, r->record, r->in.names, r->in.batch, ev)
               ? APD_OK
               : out_of_memory(r, err);
}

const apd_parser apd_parser_etl = {
    .name = "etl",
    .about = "Windows trace (.etl)",
    .bid = bid,
    .open = open_reader,
    .next = next,
    .close = close_reader,
};
