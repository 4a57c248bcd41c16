#include "journey.h"

#include "limits.h"
#include "parsers.h"
#include "term.h"

/* Errors of streams and of parsers out of memory do not know the member. What ended a stream may come back from its
 * reader, from the stream, and from the bundle: it is said once. */
static apd_status problem(apd_journey *j, uint32_t member, apd_str file, const apd_error *told)
{
    apd_error here = *told, *err = &here;
    const apd_where *before = &j->last.where;
    bool again = strcmp(j->last.text, told->text) == 0 && told->where.record == before->record &&
                 told->where.offset == before->offset &&
                 (member == before->member || file.len == 0);
    err->where.member = member;
    j->last = *err;
    if (again)
        return APD_OK;
    if (member < j->files.n)
        j->files.at[member].problems++;
    if (!j->troubled) {
        j->troubled = true;
        j->first_file = file;
        j->first = *err;
    }
    return j->problem(j->ctx, file, err);
}

/* Rows for all members met so far; nested archives appear between two files. */
static apd_status note_members(apd_journey *j)
{
    while (j->files.n < apd_bundle_count(j->bundle)) {
        const apd_member *m = apd_bundle_member(j->bundle, (uint32_t)j->files.n);
        apd_file f = APD_FILE_NEW;
        f.path = m->full;
        f.format = m->is_archive ? "archive" : NULL;
        f.parent = m->parent;
        if (!APD_PUSH(j->keep, j->files, f))
            return APD_E_NOMEM;
    }
    return APD_OK;
}

/* A record that is not there: silence of its log proves nothing around it. */
static apd_status lost(apd_journey *j, uint32_t member, const apd_error *err)
{
    apd_file *f = &j->files.at[member];
    f->lost++;
    if (j->torn)
        j->torn(j->ctx, member);
    return problem(j, member, f->path, err);
}

/* All events of one reader. Damage ends the file, not the journey, and so does a file that wants more memory
 * than it gets; what is returned is only what must end the journey. */
static apd_status read_events(apd_journey *j, const apd_parser *p, apd_reader *reader,
                              uint32_t member)
{
    apd_error err = {0};
    for (;;) {
        apd_event ev = {0};
        apd_status st = p->next(reader, &ev, &err);
        if (st == APD_OK) {
            apd_file_count(&j->files.at[member], &ev);
            APD_TRY(j->event(j->ctx, &ev));
            continue;
        }
        if (st == APD_END)
            return APD_OK;
        APD_TRY(lost(j, member, &err));
        if (st != APD_SKIPPED)
            return APD_OK;
        err = (apd_error){0};
    }
}

static apd_status note_empty_log(apd_journey *j, const apd_parser *p, const apd_member *m)
{
    if (!j->empty)
        return APD_OK;
    apd_str name =
        p == &apd_parser_evtx ? apd_channel_name(j->batch, m->path) : apd_log_name(m->path);
    return name.len ? j->empty(j->ctx, name, m->index) : APD_OK;
}

static bool is_bundle(const apd_journey *j)
{
    apd_container c = apd_bundle_container(j->bundle);
    return c != APD_C_FILE && c != APD_C_STDIN;
}

static apd_status read_with(apd_journey *j, const apd_parser *p, const apd_member *m, apd_stream *s)
{
    apd_file *f = &j->files.at[m->index];
    apd_mark mark = apd_arena_mark(j->batch);
    apd_input in = {.stream = s,
                    .path = m->path,
                    .member = m->index,
                    .names = j->names,
                    .batch = j->batch,
                    .schemas = j->schemas,
                    .shapes = is_bundle(j) ? &j->shapes : NULL};
    apd_reader *reader = NULL;
    apd_error err = {0};
    f->format = p->name;
    apd_status st = p->open(&in, &reader, &err);
    if (st == APD_OK) {
        st = read_events(j, p, reader, m->index);
        p->close(reader);
    } else {
        st = lost(j, m->index, &err);
    }
    if (apd_stream_error(s)) {
        if (j->torn)
            j->torn(j->ctx, m->index);
        APD_TRY(problem(j, m->index, f->path, apd_stream_error(s)));
    }
    if (st == APD_OK && f->records == 0 && f->lost == 0)
        st = note_empty_log(j, p, m);
    apd_arena_rewind(j->batch, mark);
    return st;
}

/* A trace that only other members explain; alone in its bundle it has nobody to wait for. */
static bool should_wait(const apd_journey *j, const apd_parser *p, const apd_member *m,
                        apd_bytes head)
{
    return p == &apd_parser_etl && is_bundle(j) && apd_etl_waits(head) &&
           apd_later_has_room(&j->later, m);
}

static apd_status hold(apd_journey *j, const apd_member *m, apd_stream *s)
{
    apd_error err = {0};
    apd_status st = apd_later_hold(&j->later, j->keep, m, s, &err);
    return st == APD_OK || st == APD_E_NOMEM ? st : lost(j, m->index, &err);
}

static apd_status read_later(apd_journey *j)
{
    for (size_t i = 0; i < j->later.members.n; i++) {
        const apd_held *h = &j->later.members.at[i];
        apd_stream *s = apd_stream_memory((apd_bytes){h->bytes, h->n}, 0, 0);
        if (!s)
            return APD_E_NOMEM;
        apd_progress(h->member->full, j->bytes);
        apd_status st = read_with(j, &apd_parser_etl, h->member, s);
        apd_stream_free(s);
        APD_TRY(st);
    }
    return APD_OK;
}

static apd_status read_member(apd_journey *j, const apd_member *m, apd_stream *s)
{
    apd_error err = {0};
    apd_bytes head;
    apd_file *f = &j->files.at[m->index];
    apd_status st = apd_stream_peek(s, APD_SNIFF, &head, &err);
    if (st > APD_SKIPPED)
        return problem(j, m->index, f->path, &err);
    const apd_parser *p = apd_parser_for(head, m->path);
    if (m->misnamed && (!p || p == &apd_parser_text)) {
        apd_fail(&err, APD_E_DAMAGED, (apd_where){.member = m->index},
                 "is named like an archive but is none; get the file again from where it came");
        return problem(j, m->index, f->path, &err);
    }
    if (j->carve && (!p || p == &apd_parser_evtx))
        p = &apd_parser_evtx_carve;
    if (!p)
        return APD_OK;
    st = should_wait(j, p, m, head) ? hold(j, m, s) : read_with(j, p, m, s);
    f->bytes = apd_stream_seen(s);
    j->bytes += f->bytes;
    return st;
}

static apd_status read_members(apd_journey *j)
{
    for (;;) {
        const apd_member *m = NULL;
        apd_stream *s = NULL;
        apd_error err = {0};
        apd_status st = apd_bundle_next(j->bundle, &m, &s, &err);
        APD_TRY(note_members(j));
        if (st == APD_OK) {
            apd_progress(m->full, j->bytes);
            APD_TRY(read_member(j, m, s));
            continue;
        }
        if (st == APD_END)
            return APD_OK;
        /* The sentence names the member. */
        APD_TRY(problem(j, err.where.member, APD_LIT(""), &err));
        if (st != APD_SKIPPED)
            return st == APD_E_NOMEM ? st : APD_OK;
    }
}

/* A file may bring thousands of names, and values of names that are refused are left out. */
static apd_status note_names(apd_journey *j)
{
    apd_error err = {0};
    if (!apd_intern_full(j->names))
        return APD_OK;
    apd_fail(
        &err, APD_E_LIMIT, APD_NOWHERE,
        "there are too many different names of fields; values of further names were left out, give "
        "the files singly to see them");
    return problem(j, UINT32_MAX, APD_LIT(""), &err);
}

/* Nothing came out: the first loss is the reason, or else nobody knew the files. */
static apd_status nothing_read(const apd_journey *j, const char *path, apd_error *err)
{
    for (size_t i = 0; i < j->files.n; i++)
        if (j->files.at[i].records)
            return APD_OK;
    apd_str file = apd_journey_file(path, j->first_file);
    if (j->troubled)
        return apd_fail(err, APD_E_DAMAGED, j->first.where, "%s: %.*s%s%s", path, APD_FMT(file),
                        file.len ? ": " : "", j->first.text);
    for (size_t i = 0; i < j->files.n; i++)
        if (j->files.at[i].format && strcmp(j->files.at[i].format, "archive") != 0)
            return APD_OK; /* a log without records is a readable log */
    return apd_fail(err, APD_E_UNSUPPORTED, APD_NOWHERE,
                    "%s: holds nothing that apdiag can read; give it the CAB or ZIP of "
                    "mdmdiagnosticstool or of Intune's Collect diagnostics, or one of their logs",
                    path);
}

/* Files that nobody read have the size that their archive declares, for they are not unpacked; else what came
 * out. */
static void note_sizes(apd_journey *j)
{
    for (size_t i = 0; i < j->files.n; i++) {
        apd_file *f = &j->files.at[i];
        const apd_member *m = apd_bundle_member(j->bundle, (uint32_t)i);
        if (f->bytes == 0)
            f->bytes = !f->format && m->declared != UINT64_MAX ? m->declared : m->read;
    }
}

static bool make_schemas(apd_journey *j)
{
    j->schemas = apd_schemas_new(j->names);
    if (j->schemas)
        j->shapes = apd_schemas_shapes(j->schemas);
    for (size_t i = 0; j->schemas && i < j->ntrace_tables; i++)
        if (!apd_schemas_table(j->schemas, j->trace_tables[i].name, j->trace_tables[i].text))
            return false;
    for (size_t i = 0; j->schemas && i < j->ntmf; i++)
        (void)apd_schemas_tmf(j->schemas, j->tmf[i]);
    return j->schemas != NULL;
}

apd_status apd_journey_go(apd_journey *j, const char *path, apd_error *err)
{
    j->keep = apd_arena_new(0);
    j->batch = apd_arena_new(0);
    if (!j->keep || !j->batch || !make_schemas(j))
        return APD_E_NOMEM;
    APD_TRY(apd_bundle_open(path, &j->bundle, err));
    apd_status st = read_members(j);
    if (st == APD_OK)
        st = read_later(j);
    apd_progress_end();
    APD_TRY(st);
    note_sizes(j);
    APD_TRY(note_names(j));
    return nothing_read(j, path, err);
}

void apd_journey_end(apd_journey *j)
{
    apd_later_free(&j->later);
    apd_bundle_close(j->bundle);
    apd_schemas_free(j->schemas);
    apd_arena_free(j->batch);
    apd_arena_free(j->keep);
    *j = (apd_journey){0};
}
