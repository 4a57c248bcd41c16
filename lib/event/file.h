/* One file of a bundle, as the run met it: who read it, and what came out of it. */
#ifndef APD_FILE_H
#define APD_FILE_H

#include "event.h"

typedef struct apd_file {
    apd_str path;       /* "inner.cab ! name" */
    const char *format; /* parser's name; NULL: nobody recognised it; "archive" for containers */
    uint64_t bytes;     /* unpacked */
    uint64_t records;
    uint64_t lost;        /* records that could not be read */
    uint64_t problems;    /* said about it, losses included */
    uint32_t parent;      /* index of the archive it is in, or its own at the top */
    apd_sym log;          /* of its first record; 0 = no record */
    apd_time first, last; /* of its records; APD_TIME_NONE without one that has a time */
    apd_clock clock;      /* the least trustworthy of those; APD_CLOCK_NONE without one */
} apd_file;

#define APD_FILE_NEW                                                                               \
    ((apd_file){.first = APD_TIME_NONE, .last = APD_TIME_NONE, .clock = APD_CLOCK_NONE})

/* Counts a record that came out of it. */
static inline void apd_file_count(apd_file *f, const apd_event *ev)
{
    if (f->records++ == 0)
        f->log = ev->log;
    if (ev->time == APD_TIME_NONE)
        return;
    if (f->first == APD_TIME_NONE) {
        f->first = f->last = ev->time;
        f->clock = ev->clock;
        return;
    }
    f->first = ev->time < f->first ? ev->time : f->first;
    f->last = ev->time > f->last ? ev->time : f->last;
    f->clock = ev->clock > f->clock ? ev->clock : f->clock;
}

static inline bool apd_file_is_archive(const apd_file *f)
{
    return f->format && strcmp(f->format, "archive") == 0;
}

#endif
