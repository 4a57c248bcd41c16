#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "limits.h"

struct apd_source {
    apd_str label;
    int fd;         /* -1: memory */
    bool keep_open; /* standard input is not ours to close */
    bool seekable;
    uint8_t *buffer; /* APD_READ_BLOCK bytes; NULL: memory */
    apd_bytes data;
    size_t step;
    uint64_t at, taken;
    uint64_t size;
    apd_time mtime;
};

static apd_status out_of_memory(apd_error *err)
{
    return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory for reading a file");
}

static apd_status cannot_open(apd_str label, int why, apd_error *err)
{
    int n = label.len < 150 ? (int)label.len : 150;
    if (why == ENOENT || why == ENOTDIR)
        return apd_fail(err, APD_E_IO, APD_NOWHERE, "%.*s does not exist; check the path", n,
                        label.ptr);
    if (why == EACCES || why == EPERM)
        return apd_fail(err, APD_E_IO, APD_NOWHERE,
                        "%.*s cannot be opened: permission denied; ask for read access or copy it",
                        n, label.ptr);
    return apd_fail(err, APD_E_IO, APD_NOWHERE, "%.*s cannot be opened: %s", n, label.ptr,
                    strerror(why));
}

static apd_time time_of(const struct stat *st)
{
    static const int64_t epoch_1970 = INT64_C(11644473600); /* seconds from 1601 */
    return ((int64_t)st->st_mtim.tv_sec + epoch_1970) * APD_TICKS_SECOND +
           st->st_mtim.tv_nsec / 100;
}

static apd_status from_fd(int fd, bool keep_open, apd_str label, apd_source **out, apd_error *err)
{
    apd_source *s = calloc(1, sizeof *s);
    uint8_t *buffer = malloc(APD_READ_BLOCK);
    if (!s || !buffer) {
        free(s);
        free(buffer);
        if (!keep_open)
            close(fd);
        return out_of_memory(err);
    }
    *s = (apd_source){.label = label,
                      .fd = fd,
                      .keep_open = keep_open,
                      .buffer = buffer,
                      .size = UINT64_MAX,
                      .mtime = APD_TIME_NONE};
    struct stat st;
    if (!keep_open && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        s->size = (uint64_t)st.st_size;
        s->mtime = time_of(&st);
        s->seekable = true;
    }
    *out = s;
    return APD_OK;
}

apd_status apd_source_fd(int fd, apd_str label, apd_source **out, apd_error *err)
{
    return from_fd(fd, false, label, out, err);
}

apd_status apd_source_open(const char *path, apd_str label, apd_source **out, apd_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cannot_open(label, errno, err);
    return from_fd(fd, false, label, out, err);
}

apd_status apd_source_stdin(apd_source **out, apd_error *err)
{
    return from_fd(STDIN_FILENO, true, APD_LIT("standard input"), out, err);
}

apd_source *apd_source_memory(apd_bytes data, size_t step, bool seekable)
{
    apd_source *s = calloc(1, sizeof *s);
    if (s)
        *s = (apd_source){.fd = -1,
                          .data = data,
                          .step = step,
                          .seekable = seekable,
                          .size = data.len,
                          .mtime = APD_TIME_NONE};
    return s;
}

void apd_source_close(apd_source *s)
{
    if (!s)
        return;
    if (s->fd >= 0 && !s->keep_open)
        close(s->fd);
    free(s->buffer);
    free(s);
}

static apd_status read_file(apd_source *s, apd_bytes *block, apd_error *err)
{
    ssize_t n;
    do
        n = read(s->fd, s->buffer, APD_READ_BLOCK);
    while (n < 0 && errno == EINTR);
    if (n < 0) {
        int shown = s->label.len < 150 ? (int)s->label.len : 150;
        return apd_fail(err, APD_E_IO, APD_NOWHERE,
                        "%.*s could not be read at byte %" PRIu64 ": %s", shown, s->label.ptr,
                        s->at, strerror(errno));
    }
    *block = (apd_bytes){s->buffer, (size_t)n};
    return n ? APD_OK : APD_END;
}

static apd_status read_memory(apd_source *s, apd_bytes *block)
{
    size_t left = s->data.len - (size_t)s->at;
    if (left == 0)
        return APD_END;
    *block = (apd_bytes){s->data.ptr + s->at, s->step && s->step < left ? s->step : left};
    return APD_OK;
}

apd_status apd_source_read(apd_source *s, apd_bytes *block, apd_error *err)
{
    apd_status st = s->fd >= 0 ? read_file(s, block, err) : read_memory(s, block);
    if (st == APD_OK) {
        s->at += block->len;
        s->taken += block->len;
    }
    return st;
}

static size_t read_file_at(int fd, uint64_t offset, uint8_t *to, size_t n)
{
    size_t got = 0;
    while (got < n && offset + got <= INT64_MAX) {
        ssize_t k = pread(fd, to + got, n - got, (off_t)(offset + got));
        if (k == 0 || (k < 0 && errno != EINTR))
            break;
        got += k > 0 ? (size_t)k : 0;
    }
    return got;
}

size_t apd_source_read_at(apd_source *s, uint64_t offset, void *to, size_t n)
{
    if (!s->seekable)
        return 0;
    if (s->fd >= 0)
        return read_file_at(s->fd, offset, to, n);
    if (offset >= s->data.len)
        return 0;
    size_t left = s->data.len - (size_t)offset;
    if (n > left)
        n = left;
    memcpy(to, s->data.ptr + offset, n);
    return n;
}

bool apd_source_seekable(const apd_source *s)
{
    return s->seekable;
}

int64_t apd_source_seek(apd_source *s, int64_t offset, int whence)
{
    if (!s->seekable)
        return -1;
    int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (int64_t)s->at : (int64_t)s->size;
    if (offset < -base || offset > (int64_t)s->size - base)
        return -1;
    if (s->fd >= 0 && lseek(s->fd, (off_t)(base + offset), SEEK_SET) < 0)
        return -1;
    s->at = (uint64_t)(base + offset);
    return base + offset;
}

uint64_t apd_source_size(const apd_source *s)
{
    return s->size;
}

uint64_t apd_source_taken(const apd_source *s)
{
    return s->taken < s->size ? s->taken : s->size;
}

apd_time apd_source_mtime(const apd_source *s)
{
    return s->mtime;
}
