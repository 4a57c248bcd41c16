/* The files below a folder, in byte order of the names within each folder, hidden ones included.
 *
 * A symbolic link is followed only to a regular file that lies inside the folder; links to folders
 * are not, so there are no loops. Everything passed over comes back as APD_SKIPPED with a sentence. */
#ifndef APD_WALK_H
#define APD_WALK_H

#include "source.h"

typedef struct apd_walk apd_walk;

/* Fails with APD_E_IO when the folder cannot be listed. */
apd_status apd_walk_open(const char *path, apd_walk **out, apd_error *err) APD_MUST_USE;
void apd_walk_close(apd_walk *w); /* NULL is fine */

/* The next regular file, opened. *path is relative to the folder and valid until the next call; the
 * source must be closed before it. APD_SKIPPED: something could not be read, err says what. APD_END. */
apd_status apd_walk_next(apd_walk *w, apd_str *path, apd_source **out, apd_error *err) APD_MUST_USE;

#endif
