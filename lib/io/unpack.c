#include "unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <time.h>

#include "bundle.h"
#include "cabguard.h"
#include "limits.h"

struct apd_unpack {
    struct archive *archive;
    apd_str label;
    const char *path; /* of the current entry, NULL unknown */

    apd_stream *in; /* one of the two is set */
    apd_source *source;
    size_t lent;              /* bytes of `in` that the library looks at */
    uint64_t directory_bytes; /* read of `source` before the first header */
    bool ended;               /* the input has no more */
    apd_cabguard *guard;      /* cabinets only */

    apd_error fault; /* why the input stopped; the library may still work off what it has */
    bool over;       /* the library has: nothing more comes */
    bool lost_entry; /* it gave up inside an entry of `source`, whose others can be read afresh */
    bool suspect;    /* size or checksum of the entry do not match */
    unsigned restarts;
    uint64_t entries; /* headers read */
    uint64_t at;      /* bytes of the entry given out */
};

/* Names are cut so that the reason always fits into a message; the end of a path says more. */
enum { LABEL_SHOWN = 80, PATH_SHOWN = 60 };

static apd_str tail(apd_str s, size_t max)
{
    return s.len > max ? apd_sub(s, s.len - max, max) : s;
}

static apd_str label(const apd_unpack *u)
{
    return tail(u->label, LABEL_SHOWN);
}

bool apd_io_init(void)
{
    static const char *const locales[] = {"C.UTF-8", "C.utf8", "en_US.UTF-8", ""};
    for (size_t i = 0; i < sizeof locales / sizeof *locales; i++)
        if (setlocale(LC_CTYPE, locales[i]) && strcmp(nl_langinfo(CODESET), "UTF-8") == 0)
            return true;
    return false;
}

const char *apd_io_version(void)
{
    return archive_version_string();
}

const char *apd_io_warning(void)
{
    if (archive_version_number() >= 3008007)
        return "";
    return "this libarchive is older than 3.8.7 and writes outside its memory on hostile cabinets; "
           "apdiag checks "
           "cabinets before it sees them, but update it";
}

/* --- what the library reads --- */

static void keep_fault(apd_unpack *u, const apd_error *why)
{
    if (u->fault.status == APD_OK)
        u->fault = *why;
}

/* The bytes in front of a fault still go to the library. Then it sees the end of the file rather
 * than an error: after an error it would not even use what it has. */
static size_t guarded(apd_unpack *u, apd_bytes block)
{
    size_t pass;
    apd_error verdict, named;
    if (apd_cabguard_feed(u->guard, block, &pass, &verdict) > APD_SKIPPED) {
        (void)apd_fail(&named, verdict.status, APD_NOWHERE, "%.*s %.140s", APD_FMT(label(u)),
                       verdict.text);
        keep_fault(u, &named);
    }
    return pass;
}

static la_ssize_t read_stream(struct archive *a, void *ctx, const void **out)
{
    (void)a;
    apd_unpack *u = ctx;
    apd_bytes block;
    apd_error err;
    apd_stream_consume(u->in, u->lent);
    u->lent = 0;
    if (u->ended || u->fault.status != APD_OK)
        return 0;
    apd_status st = apd_stream_peek(u->in, 0, &block, &err);
    if (st > APD_SKIPPED)
        keep_fault(u, &err);
    if (st != APD_OK) {
        u->ended = true;
        return 0;
    }
    u->lent = u->guard ? guarded(u, block) : block.len;
    *out = block.ptr;
    return (la_ssize_t)u->lent;
}

static la_ssize_t read_source(struct archive *a, void *ctx, const void **out)
{
    (void)a;
    apd_unpack *u = ctx;
    apd_bytes block;
    apd_error err;
    if (u->fault.status != APD_OK)
        return 0;
    apd_status st = apd_source_read(u->source, &block, &err);
    if (st == APD_OK && u->entries == 0 &&
        (u->directory_bytes += block.len) > APD_MAX_ZIP_DIRECTORY)
        st = apd_fail(&err, APD_E_LIMIT, APD_NOWHERE,
                      "%.*s lists more files than are read (a directory of over %u MB)",
                      APD_FMT(label(u)), APD_MAX_ZIP_DIRECTORY >> 20);
    if (st > APD_SKIPPED)
        keep_fault(u, &err);
    u->ended = st == APD_END;
    if (st != APD_OK)
        return 0;
    *out = block.ptr;
    return (la_ssize_t)block.len;
}

static la_int64_t seek_source(struct archive *a, void *ctx, la_int64_t offset, int whence)
{
    (void)a;
    apd_unpack *u = ctx;
    int64_t at = apd_source_seek(u->source, offset, whence);
    u->ended = false;
    return at < 0 ? ARCHIVE_FATAL : at;
}

/* --- opening --- */

static struct archive *new_reader(apd_unpack *u)
{
    struct archive *a = archive_read_new();
    if (!a)
        return NULL;
    if (u->guard)
        archive_read_support_format_cab(a);
    else if (u->source)
        archive_read_support_format_zip(a);
    else
        archive_read_support_format_zip_streamable(a);
    archive_read_set_read_callback(a, u->source ? read_source : read_stream);
    if (u->source)
        archive_read_set_seek_callback(a, seek_source);
    archive_read_set_callback_data(a, u);
    archive_read_open1(a); /* a failure comes back from the first header */
    return a;
}

static apd_unpack *begin(apd_unpack *u)
{
    u->archive = new_reader(u);
    if (u->archive)
        return u;
    apd_unpack_close(u);
    return NULL;
}

apd_unpack *apd_unpack_stream(apd_stream *in, bool cab, apd_str label)
{
    apd_unpack *u = calloc(1, sizeof *u);
    if (!u)
        return NULL;
    u->in = in;
    u->label = label;
    if (cab && !(u->guard = apd_cabguard_new())) {
        free(u);
        return NULL;
    }
    return begin(u);
}

apd_unpack *apd_unpack_zip(apd_source *in, apd_str label)
{
    apd_unpack *u = apd_source_seek(in, 0, SEEK_SET) == 0 ? calloc(1, sizeof *u) : NULL;
    if (!u)
        return NULL;
    u->source = in;
    u->label = label;
    return begin(u);
}

void apd_unpack_close(apd_unpack *u)
{
    if (!u)
        return;
    archive_read_free(u->archive);
    apd_cabguard_free(u->guard);
    free(u);
}

bool apd_unpack_is_over(const apd_unpack *u)
{
    return u->over;
}

bool apd_unpack_is_solid(const apd_unpack *u)
{
    return u->guard != NULL;
}

/* --- errors --- */

static const char *reason(apd_unpack *u)
{
    const char *text = archive_error_string(u->archive);
    return text ? text : "its structure is broken";
}

/* Something is wrong with the current entry. */
static apd_status entry_error(apd_unpack *u, apd_status status, apd_error *err, const char *what,
                              const char *detail)
{
    apd_str path = tail(apd_str_of(u->path ? u->path : "an entry without a name"), PATH_SHOWN);
    return apd_fail(err, status, APD_NOWHERE, "%.*s: %.*s %s%s%.70s", APD_FMT(label(u)),
                    APD_FMT(path), what, *detail ? " " : "", detail);
}

/* Why the library gave up, when nothing is known of the input that would explain it. */
static void describe(apd_unpack *u)
{
    apd_error *e = &u->fault;
    if (archive_errno(u->archive) == ENOMEM)
        (void)apd_fail(e, APD_E_LIMIT, APD_NOWHERE, "out of memory for unpacking %.*s",
                       APD_FMT(label(u)));
    else if (u->guard && u->ended && apd_cabguard_seen(u->guard) < apd_cabguard_size(u->guard))
        (void)apd_fail(e, APD_E_DAMAGED, APD_NOWHERE,
                       "%.*s is cut short: %" PRIu64 " of its %" PRIu64
                       " bytes are there; copy it again",
                       APD_FMT(label(u)), apd_cabguard_seen(u->guard), apd_cabguard_size(u->guard));
    else if (u->guard && apd_cabguard_is_part(u->guard))
        (void)apd_fail(e, APD_E_UNSUPPORTED, APD_NOWHERE,
                       "%.*s is one cabinet of a set and needs the others: unpack the set on "
                       "Windows (expand -F:* CABINET FOLDER) and give the folder",
                       APD_FMT(label(u)));
    else if (!u->guard && u->ended)
        (void)apd_fail(e, APD_E_DAMAGED, APD_NOWHERE, "%.*s is cut short; copy it again",
                       APD_FMT(label(u)));
    else if (u->path)
        (void)entry_error(u, APD_E_DAMAGED, e, "is damaged, what follows it is lost:", reason(u));
    else
        (void)apd_fail(e, APD_E_DAMAGED, APD_NOWHERE, "%.*s is damaged: %.100s", APD_FMT(label(u)),
                       reason(u));
}

/* The library is not called again for this archive. */
static apd_status end_archive(apd_unpack *u, apd_error *err)
{
    u->over = true;
    if (u->fault.status == APD_OK)
        describe(u);
    if (err)
        *err = u->fault;
    return u->fault.status;
}

static apd_status entry_failed(apd_unpack *u, int r, apd_error *err)
{
    if (r == ARCHIVE_FATAL && u->source && !u->ended && u->fault.status == APD_OK) {
        u->lost_entry = true;
        return entry_error(u, APD_E_DAMAGED, err, "is damaged:", reason(u));
    }
    if (r == ARCHIVE_FATAL)
        return end_archive(u, err);
    if (!u->guard)
        return entry_error(u, APD_E_UNSUPPORTED, err, "cannot be unpacked:", reason(u));
    if (u->fault.status == APD_OK && !apd_cabguard_is_part(u->guard))
        (void)entry_error(u, APD_E_UNSUPPORTED, &u->fault,
                          "cannot be unpacked, nor what follows it:", reason(u));
    return end_archive(u, err);
}

/* --- entries --- */

/* The library turned the DOS time, which has no zone, into UTC with this machine's zone: back. */
static apd_time wall_clock(time_t t)
{
    struct tm tm;
    apd_time out;
    if (!localtime_r(&t, &tm) || tm.tm_year < 80)
        return APD_TIME_NONE;
    return apd_time_from_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
                               tm.tm_sec, 0, &out)
               ? out
               : APD_TIME_NONE;
}

/* The ZIP reader knows many methods; only the two that Windows writes are worth their risk. The
 * library tells the method in the name of the format: "ZIP 2.0 (deflation)". */
static bool known_method(apd_unpack *u, const char **name)
{
    const char *format = archive_format_name(u->archive);
    *name = format ? strchr(format, '(') : NULL;
    if (u->guard)
        return true;
    if (!*name)
        *name = "(unknown)";
    return strcmp(*name, "(deflation)") == 0 || strcmp(*name, "(uncompressed)") == 0;
}

static apd_status judge(apd_unpack *u, struct archive_entry *ae, apd_error *err)
{
    const char *method;
    apd_status st = APD_OK;
    if (archive_entry_filetype(ae) != AE_IFREG)
        st =
            entry_error(u, APD_E_UNSUPPORTED, err, "is a link or a device and was passed over", "");
    else if (archive_entry_is_encrypted(ae))
        st = entry_error(u, APD_E_UNSUPPORTED, err,
                         "is encrypted; extract it with its password first", "");
    else if (!known_method(u, &method))
        st = entry_error(u, APD_E_UNSUPPORTED, err,
                         "is packed with a method that is not read; extract it first", method);
    return st == APD_OK ? APD_OK : APD_SKIPPED;
}

static void fill(apd_unpack *u, struct archive_entry *ae, apd_entry *e)
{
    u->path = archive_entry_pathname(ae);
    u->at = 0;
    u->suspect = false;
    e->path = apd_str_of(u->path);
    if (archive_entry_size_is_set(ae) && archive_entry_size(ae) >= 0)
        e->size = (uint64_t)archive_entry_size(ae);
    if (archive_entry_mtime_is_set(ae))
        e->mtime = wall_clock(archive_entry_mtime(ae));
}

/* Opens a ZIP anew and passes over the entries up to and with the one that was lost. */
static bool restart(apd_unpack *u)
{
    struct archive_entry *ignored;
    struct archive *afresh = NULL;
    if (u->restarts++ < APD_MAX_ZIP_RESTARTS && apd_source_seek(u->source, 0, SEEK_SET) == 0)
        afresh = new_reader(u);
    if (!afresh)
        return false;
    archive_read_free(u->archive);
    u->archive = afresh;
    u->path = NULL; /* was the old one's */
    for (uint64_t i = 0; i < u->entries; i++) {
        int r = archive_read_next_header(u->archive, &ignored);
        if (r == ARCHIVE_EOF || r == ARCHIVE_FATAL)
            return false;
    }
    u->lost_entry = false;
    return true;
}

apd_status apd_unpack_next(apd_unpack *u, apd_entry *e, apd_error *err)
{
    struct archive_entry *ae;
    *e = (apd_entry){{NULL, 0}, UINT64_MAX, APD_TIME_NONE};
    if (u->over || (u->lost_entry && !restart(u)))
        return end_archive(u, err);
    do {
        int r = archive_read_next_header(u->archive, &ae);
        u->path = NULL;
        if (r == ARCHIVE_FATAL || (r == ARCHIVE_EOF && u->fault.status != APD_OK))
            return end_archive(u, err);
        if (r == ARCHIVE_EOF)
            return APD_END;
        u->entries++;
        if (r < ARCHIVE_WARN) {
            (void)entry_error(u, APD_E_DAMAGED, err, "cannot be read:", reason(u));
            return APD_SKIPPED;
        }
    } while (archive_entry_filetype(ae) == AE_IFDIR);
    fill(u, ae, e);
    return judge(u, ae, err);
}

apd_status apd_unpack_read(apd_unpack *u, apd_bytes *block, apd_error *err)
{
    const void *p;
    size_t n;
    la_int64_t at;
    if (u->over)
        return end_archive(u, err);
    do {
        int r = archive_read_data_block(u->archive, &p, &n, &at);
        if (r == ARCHIVE_EOF)
            return u->suspect ? entry_error(u, APD_E_DAMAGED, err,
                                            "does not match its checksum: part of it is wrong", "")
                              : APD_END;
        if (r == ARCHIVE_WARN)
            u->suspect = true; /* said only after the last block */
        else if (r != ARCHIVE_OK)
            return entry_failed(u, r, err);
    } while (n == 0);
    if ((uint64_t)at != u->at)
        return entry_error(u, APD_E_DAMAGED, err, "has a gap in its data", "");
    u->at += n;
    *block = (apd_bytes){p, n};
    return APD_OK;
}
