/* Prints what the container of a trace gives, for comparison with others: etl_dump counts|records FILE
 *
 * counts: one JSON object; records: a line per record, in order. */
#include <stdio.h>
#include <stdlib.h>

#include "etl_trace.h"
#include "source.h"

typedef struct totals {
    unsigned long records, kinds[4][2], tracelogging, eventsource, lost, back, inversions;
    unsigned long cpus[2048];
    apd_time first, last, before;
    uint32_t first_buffer; /* its size */
} totals;

static apd_status lend(void *source, apd_bytes *block, apd_error *err)
{
    return apd_source_read(source, block, err);
}

static size_t lend_at(void *source, uint64_t at, void *to, size_t n)
{
    return apd_source_read_at(source, at, to, n);
}

static void count(totals *t, const etl_record *r)
{
    t->records++;
    t->kinds[r->kind][r->narrow]++;
    t->cpus[r->cpu]++;
    if (r->kind == ETL_EVENT && r->id == 0xfffe && !r->schema.len)
        t->eventsource++;
    if (r->kind == ETL_EVENT && r->schema.len)
        t->tracelogging++;
    if (r->time == APD_TIME_NONE)
        return;
    t->inversions += t->before != APD_TIME_NONE && r->time < t->before;
    t->before = r->time;
    if (r->offset < t->first_buffer)
        return; /* of the trace itself */
    t->first = t->first == APD_TIME_NONE || r->time < t->first ? r->time : t->first;
    t->last = r->time > t->last ? r->time : t->last;
}

static void print_record(const etl_record *r)
{
    char text[APD_TIME_TEXT];
    printf("%s cpu %u kind %d id %u op %u pid %u tid %u at %llu payload %zu\n",
           r->time == APD_TIME_NONE ? "-" : apd_time_format(r->time, 7, true, text), r->cpu,
           r->kind, r->id, r->opcode, r->pid, r->tid, (unsigned long long)r->offset,
           r->payload.len);
}

static void print_totals(const totals *t, const etl_trace *trace)
{
    char first[APD_TIME_TEXT], last[APD_TIME_TEXT];
    printf("{\"records\":%lu,\"buffers\":%llu,\"system\":[%lu,%lu],\"classic\":[%lu,%lu],"
           "\"event\":[%lu,%lu],\"message\":[%lu,%lu],\"tracelogging\":%lu,\"eventsource\":%lu,"
           "\"lost\":%lu,\"back\":%lu,\"inversions\":%lu,\"overwritten\":%llu,\"first\":\"%s\","
           "\"last\":\"%s\",\"clock\":%d,\"cpus\":{",
           t->records, (unsigned long long)trace->buffers, t->kinds[0][0], t->kinds[0][1],
           t->kinds[1][0], t->kinds[1][1], t->kinds[2][0], t->kinds[2][1], t->kinds[3][0],
           t->kinds[3][1], t->tracelogging, t->eventsource, t->lost, t->back, t->inversions,
           (unsigned long long)trace->overwritten,
           t->first == APD_TIME_NONE ? "" : apd_time_format(t->first, 6, true, first),
           t->last == APD_TIME_NONE ? "" : apd_time_format(t->last, 6, true, last),
           (int)trace->clock.type);
    const char *between = "";
    for (unsigned i = 0; i < 2048; i++) {
        if (t->cpus[i])
            printf("%s\"%u\":%lu", between, i, t->cpus[i]);
        between = t->cpus[i] ? "," : between;
    }
    printf("}}\n");
}

static int dump(apd_stream *s, bool records)
{
    static totals t = {.first = APD_TIME_NONE, .last = APD_TIME_NONE, .before = APD_TIME_NONE};
    etl_trace trace;
    const etl_record *r;
    apd_error err = {0};
    apd_status st = etl_trace_open(&trace, s, 0, &err);
    for (size_t i = 0; i < trace.index.buffers.n; i++)
        if (trace.index.buffers.at[i].offset == 0)
            t.first_buffer = trace.index.buffers.at[i].stored;
    while (st <= APD_SKIPPED && st != APD_END) {
        st = etl_trace_next(&trace, &r, &err);
        t.lost += st == APD_SKIPPED;
        if (st == APD_SKIPPED)
            fprintf(stderr, "%s\n", err.text);
        if (st != APD_OK)
            continue;
        t.back += trace.back > 0;
        count(&t, r);
        if (records)
            print_record(r);
    }
    if (st != APD_END)
        fprintf(stderr, "%s\n", err.text);
    if (!records)
        print_totals(&t, &trace);
    etl_trace_close(&trace);
    return st != APD_END;
}

int main(int argc, char **argv)
{
    apd_source *file = NULL;
    apd_error err;
    if (argc != 3 || (strcmp(argv[1], "counts") != 0 && strcmp(argv[1], "records") != 0)) {
        fprintf(stderr, "usage: etl_dump counts|records FILE\n");
        return 2;
    }
    if (apd_source_open(argv[2], apd_str_of(argv[2]), &file, &err) != APD_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    apd_stream *s = apd_stream_new((apd_producer){lend, file});
    if (!s)
        return 1;
    apd_stream_seeks(s, lend_at);
    int status = dump(s, strcmp(argv[1], "records") == 0);
    apd_stream_free(s);
    apd_source_close(file);
    return status;
}
