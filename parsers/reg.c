/* Registry files: one fact for each key, its values as fields.
 *
 * The reader goes by pieces of lines: a line that begins a key or a value is known by its first
 * piece, and whatever is neither belongs to the value before it (hex data, texts with line feeds). So
 * a value is only complete once something else begins, and a key too: its fact is delivered when the
 * next one is seen. That line stays in the window until then. */
#include "parsers.h"

#include <stdlib.h>

#include "limits.h"
#include "reg_value.h"
#include "textin.h"
#include "vec.h"

enum { BID_HEADER = 95, BID_KEY = 90, BID_NAME = 30 };

typedef struct loss { /* what the next note says */
    uint64_t n, line;
    uint64_t offset;
    const char *what;
} loss;

struct apd_reader {
    apd_input in;
    apd_textin text;
    apd_mark batch;
    size_t used;       /* of the batch arena, before the fact at hand */
    apd_arena *memory; /* of the two buffers */
    apd_buf key, data; /* of the key and the value at hand */
    apd_reg_dialect export_kind;
    uint64_t line; /* number of the line at the front of the window */
    bool inside;   /* the window begins inside a line */

    bool open;    /* a key has begun */
    bool deletes; /* it says [-key] */
    uint64_t nkeys;
    apd_where where;
    APD_VEC(apd_field) fields;

    bool filling; /* a value has begun */
    bool whole;   /* an export's value has come to its end */
    size_t lines; /* bytes of its data in lines that have ended */
    apd_reg_dialect dialect;
    apd_sym name;    /* 0: the table of names is full; then: */
    apd_str spelled; /* its name, in the batch arena */
    uint64_t cut;    /* bytes of it that were passed over */
    uint64_t value_line;

    uint32_t new_names; /* that it may still add */
    apd_sym log, log_deleted, key_field, last_field, default_field, deleted_field, other_field;
    loss lost;
};

/* --- lines --- */

/* The key of `[HKEY_...]`, and whether it is one to be deleted. */
static bool key_line(apd_str line, apd_str *key, bool *deletes)
{
    line = apd_trim(line);
    if (line.len < 4 || line.ptr[0] != '[' || line.ptr[line.len - 1] != ']')
        return false;
    *deletes = line.ptr[1] == '-';
    *key = apd_sub(line, 1 + (size_t)*deletes, line.len - 2 - (size_t)*deletes);
    return apd_istarts(*key, APD_LIT("HKEY_")) || apd_istarts(*key, APD_LIT("HKLM\\")) ||
           apd_istarts(*key, APD_LIT("HKU\\")) || apd_istarts(*key, APD_LIT("HKCU\\"));
}

static bool is_export_header(apd_str line, apd_reg_dialect *kind)
{
    *kind = apd_istarts(line, APD_LIT("REGEDIT4")) ? APD_REG_ANSI : APD_REG_EXPORT;
    return *kind == APD_REG_ANSI || apd_istarts(line, APD_LIT("Windows Registry Editor"));
}

static int reg_bid(apd_bytes head, apd_str path)
{
    char buf[APD_HEAD_TEXT];
    apd_str text, line = {NULL, 0}, key;
    apd_reg_dialect kind;
    bool deletes;
    bool is_text = apd_text_head(head, buf, &text);
    while (text.len && line.len == 0)
        line = apd_trim(apd_cut(&text, '\n'));
    if (is_export_header(line, &kind)) /* whatever its values hold */
        return BID_HEADER;
    if (is_text && key_line(line, &key, &deletes))
        return BID_KEY;
    return is_text && head.len && apd_iends(path, APD_LIT(".reg")) ? BID_NAME : 0;
}

/* The piece at the front of the window. *take: bytes to take for it; *ends: its line ends with it. */
static apd_status front_piece(apd_reader *r, apd_str *piece, size_t *take, bool *ends,
                              apd_error *err)
{
    apd_textin *t = &r->text;
    size_t scanned = 0;
    for (;;) {
        size_t most = t->left < APD_REG_PIECE ? t->left : APD_REG_PIECE;
        const char *nl = most > scanned ? memchr(t->at + scanned, '\n', most - scanned) : NULL;
        *piece = apd_str_from(t->at, nl ? (size_t)(nl - t->at) : most);
        *take = piece->len + (nl != NULL);
        *ends = nl != NULL;
        if (nl || most == APD_REG_PIECE)
            return APD_OK;
        scanned = most;
        apd_status st = apd_textin_more(t, err);
        if (st == APD_END && t->left) { /* the window may have moved */
            *piece = apd_str_from(t->at, t->left);
            *ends = true;
            return APD_OK;
        }
        if (st != APD_OK)
            return st;
    }
}

static void take_piece(apd_reader *r, size_t take, bool ends)
{
    apd_textin_take(&r->text, take);
    r->inside = !ends;
    r->line += ends;
}

/* --- losses --- */

static apd_status no_memory(apd_error *err)
{
    return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
}

/* Several in one key are told in one note, in the words of the first. */
static void lose(apd_reader *r, uint64_t line, const char *what)
{
    if (r->lost.n++ == 0)
        r->lost = (loss){1, line, r->text.offset, what};
}

static apd_status say_lost(apd_reader *r, apd_error *err)
{
    loss l = r->lost;
    apd_where where = {r->in.member, 0, r->nkeys, l.offset};
    r->lost.n = 0;
    if (l.n > 1)
        return apd_fail(err, APD_SKIPPED, where, "line %llu %s (and %llu more before line %llu)",
                        (unsigned long long)l.line, l.what, (unsigned long long)l.n - 1,
                        (unsigned long long)r->line);
    return apd_fail(err, APD_SKIPPED, where, "line %llu %s", (unsigned long long)l.line, l.what);
}

/* --- values --- */

static bool push_text(apd_reader *r, apd_sym name, apd_str text)
{
    apd_field f = {.name = name, .type = APD_T_UTF8, .as.raw = apd_str_bytes(text)};
    return APD_PUSH(r->in.batch, r->fields, f);
}

static apd_status begin_value(apd_reader *r, apd_str name, apd_reg_dialect dialect, apd_error *err)
{
    r->filling = true;
    r->whole = false;
    r->lines = 0;
    r->dialect = dialect;
    r->cut = 0;
    r->data.len = 0;
    r->value_line = r->line;
    if (apd_eq(name, APD_LIT("@"))) {
        r->name = r->default_field;
        return APD_OK;
    }
    name = apd_reg_name(r->in.batch, dialect, name);
    if (!name.ptr)
        return no_memory(err);
    r->name = name.len ? apd_intern_some(r->in.names, name, &r->new_names) : r->default_field;
    r->spelled = r->name ? name : apd_strdup_a(r->in.batch, name);
    return r->spelled.ptr ? APD_OK : no_memory(err);
}

/* Only the line that ends now is looked at: blank ones behind one another would cost square time. */
static void end_data_line(apd_reader *r)
{
    size_t n = r->data.len;
    while (n > r->lines && apd_is_space(r->data.ptr[n - 1]))
        n--;
    if (n > r->lines && r->dialect != APD_REG_DUMP)
        r->whole = apd_reg_is_whole(apd_str_from(r->data.ptr, n));
    if (!r->whole && r->data.len < APD_MAX_REG_VALUE)
        apd_buf_addc(&r->data, '\n');
    r->lines = r->data.len;
}

static apd_status add_data(apd_reader *r, apd_str piece, bool ends, apd_error *err)
{
    size_t room = APD_MAX_REG_VALUE - r->data.len;
    r->cut += piece.len > room ? piece.len - room : 0;
    apd_buf_add(&r->data, apd_sub(piece, 0, room));
    if (ends && apd_ends(apd_str_from(r->data.ptr, r->data.len), APD_LIT("\r")))
        r->data.len--;
    if (ends)
        end_data_line(r);
    return r->data.failed ? no_memory(err) : APD_OK;
}

/* A value without a symbol for its name is told as text, so that nothing is lost. */
static bool push_unnamed(apd_reader *r, const apd_field *f)
{
    apd_buf b;
    apd_buf_init(&b, r->in.batch);
    apd_buf_add(&b, r->spelled);
    apd_buf_addc(&b, '=');
    apd_buf_add(&b, apd_field_text(f, r->in.batch));
    return !b.failed && push_text(r, r->other_field, apd_buf_str(&b));
}

static apd_status finish_value(apd_reader *r, apd_error *err)
{
    apd_str data = apd_str_from(r->data.ptr, r->data.len);
    apd_field f = {.name = r->name};
    bool ok;
    if (!r->filling)
        return APD_OK;
    r->filling = false;
    if (r->cut)
        lose(r, r->value_line, "begins a value that is too long; the rest of it was passed over");
    if (apd_reg_deletes(r->dialect, data))
        ok = push_text(r, r->deleted_field,
                       r->name ? apd_sym_text(r->in.names, r->name) : r->spelled);
    else if (!apd_reg_decode(r->in.batch, r->dialect, data, &f))
        ok = false;
    else
        ok = f.name ? APD_PUSH(r->in.batch, r->fields, f) : push_unnamed(r, &f);
    return ok ? APD_OK : no_memory(err);
}

/* --- keys --- */

/* The hives by their usual short names; the rest as it stands. */
static void write_key(apd_buf *b, apd_str key)
{
    static const struct {
        const char *full, *brief;
    } hives[] = {{"HKEY_LOCAL_MACHINE", "HKLM"},
                 {"HKEY_USERS", "HKU"},
                 {"HKEY_CURRENT_USER", "HKCU"},
                 {"HKEY_CLASSES_ROOT", "HKCR"},
                 {"HKEY_CURRENT_CONFIG", "HKCC"}};
    size_t n = apd_find(key, APD_LIT("\\"));
    apd_str hive = apd_sub(key, 0, n);
    b->len = 0;
    for (size_t i = 0; i < sizeof hives / sizeof *hives; i++)
        if (apd_ieq(hive, apd_str_of(hives[i].full))) {
            apd_buf_add(b, apd_str_of(hives[i].brief));
            key = apd_sub(key, hive.len, key.len);
        }
    apd_buf_add(b, key);
}

static apd_str last_component(apd_str key)
{
    size_t i = key.len;
    while (i > 0 && key.ptr[i - 1] != '\\')
        i--;
    return apd_sub(key, i, key.len);
}

static apd_status begin_part(apd_reader *r, apd_error *err)
{
    apd_str key = apd_buf_str(&r->key);
    r->where = (apd_where){r->in.member, 0, r->nkeys, r->text.offset};
    bool ok = !r->key.failed && push_text(r, r->key_field, key) &&
              push_text(r, r->last_field, last_component(key));
    return ok ? APD_OK : no_memory(err);
}

static apd_status begin_key(apd_reader *r, apd_str key, bool deletes, apd_error *err)
{
    write_key(&r->key, key);
    r->open = true;
    r->deletes = deletes;
    r->nkeys++;
    return begin_part(r, err);
}

static apd_status deliver(apd_reader *r, apd_event *ev)
{
    uint64_t size = r->text.offset - r->where.offset;
    r->where.len = size < UINT32_MAX ? (uint32_t)size : 0;
    *ev = (apd_event){
        .time = APD_TIME_NONE,
        .clock = APD_CLOCK_NONE,
        .kind = APD_FACT,
        .log = r->deletes ? r->log_deleted : r->log,
        .message = apd_buf_str(&r->key),
        .fields = r->fields.at,
        .nfields = (uint32_t)r->fields.n,
        .where = r->where,
    };
    return APD_OK;
}

static bool part_is_full(const apd_reader *r)
{
    return r->fields.n >= APD_MAX_FIELDS || apd_arena_used(r->in.batch) - r->used > APD_REG_PART;
}

/* --- the file --- */

/* What is neither a key nor the first line of a value. */
static apd_status other_piece(apd_reader *r, apd_str piece, bool ends, apd_error *err)
{
    apd_reg_dialect kind;
    if (r->filling && !r->whole)
        return add_data(r, piece, ends, err);
    apd_str line = apd_trim(piece);
    if (line.len == 0 || line.ptr[0] == ';' || r->inside || apd_text_blank(line))
        return APD_OK;
    if (is_export_header(line, &kind)) {
        r->export_kind = kind;
        return APD_OK;
    }
    lose(r, r->line, "is neither a key nor a value");
    return APD_OK;
}

/* One piece. *done: a key, or a part of one, is complete, and the piece stays in the window. */
static apd_status step(apd_reader *r, apd_str piece, size_t take, bool ends, bool *done,
                       apd_error *err)
{
    apd_str key, name;
    bool deletes;
    size_t data;
    apd_reg_dialect dialect;
    apd_status st;
    *done = false;
    if (!r->inside && ends && key_line(piece, &key, &deletes)) {
        APD_TRY(finish_value(r, err));
        if (r->open) {
            r->open = false;
            *done = true;
            return APD_OK;
        }
        st = begin_key(r, key, deletes, err);
    } else if (!r->inside && r->open &&
               apd_reg_value_line(piece, r->export_kind, &dialect, &name, &data)) {
        APD_TRY(finish_value(r, err));
        if (part_is_full(r)) {
            *done = true;
            return APD_OK;
        }
        st = begin_value(r, name, dialect, err);
        if (st == APD_OK)
            st = add_data(r, apd_sub(piece, data, piece.len), ends, err);
    } else {
        st = other_piece(r, piece, ends, err);
    }
    take_piece(r, take, ends);
    return st;
}

/* The file, or what could be read of it, has come to its end. */
static apd_status finish(apd_reader *r, apd_status why, apd_event *ev, apd_error *err)
{
    apd_error later;
    if (finish_value(r, &later) != APD_OK) {
        *err = later;
        return later.status;
    }
    if (r->open) {
        r->open = false;
        return deliver(r, ev); /* the end comes again with the next call */
    }
    return r->lost.n ? say_lost(r, err) : why;
}

static apd_status reg_next(apd_reader *r, apd_event *ev, apd_error *err)
{
    if (r->lost.n)
        return say_lost(r, err);
    apd_arena_rewind(r->in.batch, r->batch);
    r->used = apd_arena_used(r->in.batch);
    r->fields.at = NULL;
    r->fields.n = r->fields.cap = 0;
    if (r->open)
        APD_TRY(begin_part(r, err));
    for (;;) {
        apd_str piece;
        size_t take;
        bool ends, done;
        apd_status st = front_piece(r, &piece, &take, &ends, err);
        if (st != APD_OK)
            return finish(r, st, ev, err);
        APD_TRY(step(r, piece, take, ends, &done, err));
        if (done)
            return deliver(r, ev);
    }
}

static void reg_close(apd_reader *r)
{
    if (!r)
        return;
    apd_textin_close(&r->text);
    apd_arena_free(r->memory);
    free(r);
}

static bool intern_names(apd_reader *r)
{
    const struct {
        const char *name;
        apd_sym *sym;
    } names[] = {{"registry", &r->log},
                 {"registry.deleted", &r->log_deleted},
                 {"Key", &r->key_field},
                 {"KeyName", &r->last_field},
                 {"(Default)", &r->default_field},
                 {"(Deleted)", &r->deleted_field},
                 {"(Other)", &r->other_field}};
    bool ok = true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ok &= (*names[i].sym = apd_intern_add(r->in.names, apd_str_of(names[i].name))) != 0;
    return ok;
}

static apd_status reg_open(const apd_input *in, apd_reader **out, apd_error *err)
{
    apd_reader *r = calloc(1, sizeof *r);
    *out = NULL;
    if (!r)
        return no_memory(err);
    r->in = *in;
    r->batch = apd_arena_mark(in->batch);
    r->export_kind = APD_REG_EXPORT;
    r->line = 1;
    r->new_names = APD_MAX_REG_NAMES;
    r->memory = apd_arena_new(0);
    apd_status st =
        r->memory && intern_names(r) ? apd_textin_open(&r->text, in->stream, err) : no_memory(err);
    if (st > APD_SKIPPED) {
        reg_close(r);
        return st;
    }
    apd_buf_init(&r->key, r->memory);
    apd_buf_init(&r->data, r->memory);
    *out = r;
    return APD_OK;
}

const apd_parser apd_parser_reg = {
    .name = "registry",
    .about = "registry exports and the registry dump of mdmdiagnosticstool, as facts",
    .bid = reg_bid,
    .open = reg_open,
    .next = reg_next,
    .close = reg_close,
};
