/* Every file of a bundle, in the order met, under the archive it is in. */
#include "events_forms.h"
#include "jsonout.h"
#include "table.h"

enum { NAME_MOST = 72, SIZE_CELL = 12, RECORDS_CELL = 8, INDENT = 2 };

/* The parser's name; else what can be said of a file that no parser took. */
static const char *kind_of(const apd_file *f)
{
    if (f->format)
        return f->format;
    if (f->problems)
        return "not read";
    return f->bytes ? "opaque" : "empty";
}

static unsigned depth_of(const apd_report *r, size_t i)
{
    unsigned depth = 0;
    for (; r->files[i].parent < i; i = r->files[i].parent)
        depth++;
    return depth;
}

static bool is_inside(const apd_report *r, size_t i)
{
    return r->files[i].parent < i;
}

/* Without the path of the archive it is in. */
static apd_str own_name(const apd_report *r, size_t i)
{
    apd_str path = r->files[i].path;
    if (is_inside(r, i)) {
        apd_str outer = r->files[r->files[i].parent].path;
        if (apd_starts(path, outer) && path.len > outer.len + 3)
            return apd_sub(path, outer.len + 3, path.len);
    }
    return path;
}

static apd_str source_name(const apd_report *r, const apd_file *f)
{
    const apd_source *s = r->source_table ? apd_source_of_file(r->source_table, f->path,
                                                               apd_sym_text(r->names, f->log))
                                          : NULL;
    return s ? s->name : APD_LIT("");
}

/* --- terminal --- */

static size_t name_columns(const apd_report *r)
{
    size_t most = 4;
    for (size_t i = 0; i < r->nfiles; i++) {
        size_t n = apd_columns(own_name(r, i)) + INDENT * depth_of(r, i);
        most = n > most ? n : most;
    }
    return most > NAME_MOST ? NAME_MOST : most;
}

static size_t kind_columns(const apd_report *r)
{
    size_t most = 4;
    for (size_t i = 0; i < r->nfiles; i++) {
        size_t n = strlen(kind_of(&r->files[i]));
        most = n > most ? n : most;
    }
    return most;
}

static void file_row(out *o, size_t i, size_t columns, size_t kinds)
{
    const apd_file *f = &o->r->files[i];
    apd_mark m = apd_arena_mark(o->a);
    unsigned indent = INDENT * depth_of(o->r, i);
    fprintf(o->f, "%*s", (int)indent, "");
    cell(o, apd_file_is_archive(f) ? BOLD : PLAIN, own_name(o->r, i), columns - indent);
    cell(o, f->format ? PLAIN : YELLOW, apd_str_of(kind_of(f)), kinds);
    number_cell(o, f->bytes, SIZE_CELL);
    number_cell(o, f->records, RECORDS_CELL);
    time_cell(o, f->first, f->clock);
    time_cell(o, f->last, f->clock);
    cell(o, PLAIN, apd_str_of(apd_clock_name(f->clock)), CLOCK_CELL);
    put(o, DIM, source_name(o->r, f), 0);
    fputc('\n', o->f);
    apd_arena_rewind(o->a, m);
}

static void problem_rows(out *o, size_t i)
{
    for (size_t k = 0; o->r->files[i].problems && k < o->r->nproblems; k++) {
        const apd_problem *p = &o->r->problems[k];
        if (p->where.member != i)
            continue;
        apd_mark m = apd_arena_mark(o->a);
        fprintf(o->f, "%*s", (int)(INDENT * depth_of(o->r, i)) + 4, "");
        paragraph(o, YELLOW, p->text, 8);
        apd_arena_rewind(o->a, m);
    }
}

static void totals(out *o)
{
    uint64_t files = 0, archives = 0, opaque = 0, records = 0;
    for (size_t i = 0; i < o->r->nfiles; i++) {
        const apd_file *f = &o->r->files[i];
        archives += apd_file_is_archive(f);
        files += !apd_file_is_archive(f);
        opaque += !f->format && f->bytes > 0;
        records += f->records;
    }
    fprintf(o->f, "%llu files, %llu archives, %llu records", (unsigned long long)files,
            (unsigned long long)archives, (unsigned long long)records);
    if (opaque)
        fprintf(o->f, "; %llu files of no known format", (unsigned long long)opaque);
    fputc('\n', o->f);
}

bool apd_members_term(FILE *f, const apd_report *r, const apd_style *style)
{
    out o = {f, r, style, apd_arena_new(0)};
    if (!o.a)
        return false;
    size_t columns = name_columns(r), kinds = kind_columns(r);
    put(&o, BOLD, r->bundle, 0);
    fputs(":\n", f);
    cell(&o, BOLD, APD_LIT("name"), columns);
    cell(&o, BOLD, APD_LIT("kind"), kinds);
    fprintf(f, "%s%*s %*s %-*s %-*s %-*s what%s\n", paint(&o, BOLD), SIZE_CELL, "bytes",
            RECORDS_CELL, "records", TIME_CELL, "from", TIME_CELL, "to", CLOCK_CELL, "clock",
            paint(&o, PLAIN));
    for (size_t i = 0; i < r->nfiles; i++) {
        file_row(&o, i, columns, kinds);
        problem_rows(&o, i);
    }
    for (size_t k = 0; k < r->nproblems; k++)
        if (r->problems[k].where.member >= r->nfiles)
            labelled(&o, YELLOW, "problem: ", r->problems[k].text);
    totals(&o);
    apd_arena_free(o.a);
    return !ferror(f);
}

/* --- JSON --- */

static void put_problems(json *j, const apd_report *r, size_t i)
{
    key(j, "problems");
    open_(j, '[');
    for (size_t k = 0; r->files[i].problems && k < r->nproblems; k++)
        if (r->problems[k].where.member == i) {
            sep(j);
            string(j, r->problems[k].text);
        }
    close_(j, ']');
}

static void put_file(json *j, const apd_report *r, size_t i)
{
    const apd_file *f = &r->files[i];
    item(j, '{');
    put_s(j, "path", f->path);
    put_z(j, "kind", kind_of(f));
    if (is_inside(r, i))
        put_s(j, "inside", r->files[f->parent].path);
    put_s(j, "source", source_name(r, f));
    put_u(j, "bytes", f->bytes);
    put_u(j, "records", f->records);
    put_u(j, "lost", f->lost);
    put_time(j, "first", f->first, f->clock);
    put_time(j, "last", f->last, f->clock);
    put_z(j, "clock", apd_clock_name(f->clock));
    put_problems(j, r, i);
    close_(j, '}');
}

bool apd_members_json(FILE *f, const apd_report *r)
{
    json j = {f, apd_arena_new(0), false};
    if (!j.a)
        return false;
    open_(&j, '{');
    put_z(&j, "schema", "apdiag/members/1");
    put_z(&j, "version", r->version);
    put_s(&j, "bundle", r->bundle);
    key(&j, "members");
    open_(&j, '[');
    for (size_t i = 0; i < r->nfiles; i++)
        put_file(&j, r, i);
    close_(&j, ']');
    key(&j, "problems");
    open_(&j, '[');
    for (size_t k = 0; k < r->nproblems; k++)
        if (r->problems[k].where.member >= r->nfiles) {
            sep(&j);
            string(&j, r->problems[k].text);
        }
    close_(&j, ']');
    put_u(&j, "problems_not_listed", r->more_problems);
    close_(&j, '}');
    fputc('\n', f);
    apd_arena_free(j.a);
    return !ferror(f);
}

/* --- CSV --- */

static void csv_time(apd_buf *b, apd_time t, apd_clock c)
{
    char text[APD_TIME_TEXT] = "";
    if (t != APD_TIME_NONE)
        apd_time_format(t, 7, apd_clock_is_utc(c), text);
    apd_buf_addf(b, ",%s", text);
}

static void csv_row(apd_buf *b, const apd_report *r, size_t i)
{
    const apd_file *f = &r->files[i];
    apd_csv_cell(r->bundle, b);
    apd_buf_addc(b, ',');
    apd_csv_cell(f->path, b);
    apd_buf_addf(b, ",%s,%llu,%llu,%llu,%llu", kind_of(f), (unsigned long long)f->bytes,
                 (unsigned long long)f->records, (unsigned long long)f->lost,
                 (unsigned long long)f->problems);
    csv_time(b, f->first, f->clock);
    csv_time(b, f->last, f->clock);
    apd_buf_addf(b, ",%s,", f->first == APD_TIME_NONE ? "" : apd_clock_name(f->clock));
    apd_csv_cell(is_inside(r, i) ? r->files[f->parent].path : APD_LIT(""), b);
    apd_buf_addc(b, ',');
    apd_csv_cell(source_name(r, f), b);
    apd_buf_addc(b, '\n');
}

bool apd_members_csv(FILE *f, const apd_report *r, bool head)
{
    apd_arena *a = apd_arena_new(0);
    if (!a)
        return false;
    if (head)
        fputs("bundle,path,kind,bytes,records,lost,problems,first,last,clock,inside,source\n", f);
    bool ok = true;
    for (size_t i = 0; ok && i < r->nfiles; i++) {
        apd_mark m = apd_arena_mark(a);
        apd_buf b;
        apd_buf_init(&b, a);
        csv_row(&b, r, i);
        ok = !b.failed;
        fwrite(b.ptr, 1, b.len, f);
        apd_arena_rewind(a, m);
    }
    apd_arena_free(a);
    return ok && !ferror(f);
}
