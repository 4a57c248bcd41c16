/* A scenario's members and the archive around them. */
#ifndef MK_BUNDLE_WRITER_H
#define MK_BUNDLE_WRITER_H

#include "archive_writers.h"

/* Every member of the innermost bundle, in its order. */
void mk_members_of(const mk_scenario *s, mk_members *out);
/* Writes the whole bundle to path; `folder` writes the innermost members as files below it. */
void mk_bundle_save(const mk_scenario *s, const char *path, bool folder);
/* Archives files of the disk, named without their folders. */
void mk_pack_files(apd_arena *a, const mk_bundle *how, const char *out, char **paths, int n);
/* Name of the member that holds a channel, as mdmdiagnosticstool makes it. */
apd_str mk_channel_file(apd_arena *a, apd_str channel);
/* Calls each() for every record of every EVTX member with the id that it gets. */
void mk_each_record(const mk_scenario *s,
                    void (*each)(void *ctx, apd_str member, uint64_t record, const mk_event *e),
                    void *ctx);

#endif
