#define _XOPEN_SOURCE 700 /* realpath */
#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "limits.h"
#include "vec.h"

/* One folder on the way down: its names are all read and sorted before the first is visited. */
typedef struct level {
    int fd;
    size_t path_len; /* of the folder, in walk.path */
    APD_VEC(const char *) names;
    size_t next;
    apd_mark mark; /* the arena before its names */
} level;

struct apd_walk {
    apd_arena *arena; /* names, let go level by level */
    char *root;       /* resolved, to tell where links lead */
    size_t depth;
    level levels[APD_MAX_DIR_DEPTH + 1];
    char path[APD_MAX_PATH_BYTES]; /* of the current file, relative */
};

/* How much of a path a message shows. */
enum { SHOWN = 140 };

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static apd_status lost(apd_error *err, const char *path, const char *why)
{
    (void)apd_fail(err, APD_E_IO, APD_NOWHERE, "%.*s %s", SHOWN, path, why);
    return APD_SKIPPED;
}

/* Lists the folder fd, which it takes over, as the next level. */
static apd_status descend(apd_walk *w, int fd, const char *shown, size_t path_len, apd_error *err)
{
    level *l = &w->levels[w->depth];
    *l = (level){.fd = fd, .path_len = path_len, .mark = apd_arena_mark(w->arena)};
    int copy = dup(fd);
    DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    if (!dir) {
        int why = errno;
        if (copy >= 0)
            close(copy);
        close(fd);
        return lost(err, shown, strerror(why));
    }
    bool fits = true;
    for (struct dirent *e; fits && (e = readdir(dir));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        const char *name = apd_strdup_a(w->arena, apd_str_of(e->d_name)).ptr;
        fits = name && l->names.n < APD_MAX_MEMBERS && APD_PUSH(w->arena, l->names, name);
    }
    closedir(dir);
    if (!fits) {
        close(fd);
        apd_arena_rewind(w->arena, l->mark);
        return lost(err, shown, "holds too many files and was not read");
    }
    if (l->names.n)
        qsort(l->names.at, l->names.n, sizeof *l->names.at, by_bytes);
    w->depth++;
    return APD_OK;
}

static void ascend(apd_walk *w)
{
    level *l = &w->levels[--w->depth];
    close(l->fd);
    apd_arena_rewind(w->arena, l->mark);
}

apd_status apd_walk_open(const char *path, apd_walk **out, apd_error *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return apd_fail(err, APD_E_IO, APD_NOWHERE, "the folder %.*s cannot be read: %s%s", SHOWN,
                        path, strerror(errno),
                        errno == EACCES ? "; ask for read access or copy it" : "");
    apd_walk *w = calloc(1, sizeof *w);
    if (!w || !(w->arena = apd_arena_new(0)) || !(w->root = realpath(path, NULL))) {
        (void)apd_fail(err, APD_E_IO, APD_NOWHERE, "the folder %.*s cannot be read: %s", SHOWN,
                       path, strerror(errno));
        close(fd);
        apd_walk_close(w);
        return APD_E_IO;
    }
    if (descend(w, fd, path, 0, err) != APD_OK) {
        apd_walk_close(w);
        return APD_E_IO;
    }
    *out = w;
    return APD_OK;
}

void apd_walk_close(apd_walk *w)
{
    if (!w)
        return;
    while (w->depth > 0)
        ascend(w);
    apd_arena_free(w->arena);
    free(w->root);
    free(w);
}

static apd_status enter(apd_walk *w, int parent, const char *name, size_t path_len, apd_error *err)
{
    if (w->depth == APD_MAX_DIR_DEPTH + 1)
        return lost(err, w->path, "is nested too deep and was not read");
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == EACCES)
        return lost(err, w->path, "is a folder that cannot be read: permission denied");
    if (fd < 0)
        return lost(err, w->path, "is a folder that cannot be opened");
    return descend(w, fd, w->path, path_len, err);
}

/* Opens what must be a regular file, without waiting for whatever else took its place. */
static apd_status open_file(apd_walk *w, int dir, const char *name, apd_source **out,
                            apd_error *err)
{
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == EACCES)
        return lost(err, w->path, "cannot be read: permission denied");
    if (fd < 0)
        return lost(err, w->path, strerror(errno));
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return lost(err, w->path, "is not a regular file and was passed over");
    }
    return apd_source_fd(fd, apd_str_of(w->path), out, err);
}

static apd_status follow(apd_walk *w, apd_source **out, apd_error *err)
{
    char *link = malloc(strlen(w->root) + strlen(w->path) + 2);
    if (!link)
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory for a link");
    sprintf(link, "%s/%s", w->root, w->path);
    char *target = realpath(link, NULL);
    free(link);
    size_t root = strlen(w->root);
    bool inside = target && strncmp(target, w->root, root) == 0 &&
                  (target[root] == '/' || target[root] == '\0' || root == 1);
    struct stat st;
    apd_status status;
    if (!target)
        status = lost(err, w->path, "is a link that leads nowhere and was passed over");
    else if (!inside)
        status = lost(err, w->path, "is a link out of the folder and was not followed");
    else if (stat(target, &st) != 0 || !S_ISREG(st.st_mode))
        status =
            lost(err, w->path, "is a link to something that is not a file and was not followed");
    else
        status = open_file(w, AT_FDCWD, target, out, err);
    free(target);
    return status;
}

/* Looks at one name. APD_END: it was a folder, now entered. */
static apd_status visit(apd_walk *w, const level *l, const char *name, apd_source **out,
                        apd_error *err)
{
    size_t len = l->path_len, n = strlen(name);
    if (len + n + 2 > sizeof w->path)
        return lost(err, w->path, "holds a path that is too long; it was passed over");
    memcpy(w->path + len, name, n + 1);
    struct stat st;
    if (fstatat(l->fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return lost(err, w->path, "vanished while the folder was read");
    if (S_ISREG(st.st_mode))
        return open_file(w, l->fd, name, out, err);
    if (S_ISLNK(st.st_mode))
        return follow(w, out, err);
    if (!S_ISDIR(st.st_mode))
        return lost(err, w->path, "is not a regular file and was passed over");
    apd_status entered = enter(w, l->fd, name, len + n + 1, err);
    if (entered != APD_OK)
        return entered;
    w->path[len + n] = '/';
    return APD_END;
}

apd_status apd_walk_next(apd_walk *w, apd_str *path, apd_source **out, apd_error *err)
{
    while (w->depth > 0) {
        level *l = &w->levels[w->depth - 1];
        if (l->next == l->names.n) {
            ascend(w);
            continue;
        }
        w->path[l->path_len] = '\0';
        apd_status st = visit(w, l, l->names.at[l->next++], out, err);
        if (st == APD_END)
            continue;
        *path = apd_str_of(w->path);
        return st;
    }
    return APD_END;
}
