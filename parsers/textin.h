/* The text of a file as UTF-8, however it is stored: a UTF-8 byte order mark is dropped, UTF-16
 * with a byte order mark (either order) is converted block by block, anything else passes through
 * as it is. Shared by the readers of text; private to this room.
 *
 * A reader works in a window over what is at hand: it looks at `at`..`at + left`, takes bytes off
 * the front and asks for more only when a record is not whole. What it looks at stays valid until
 * the next apd_textin_more(). Offsets and sizes are those of the stored file, also for UTF-16. */
#ifndef APD_TEXTIN_H
#define APD_TEXTIN_H

#include "stream.h"

typedef struct apd_textin {
    const char *at; /* the window: not taken yet */
    size_t left;
    uint64_t offset; /* of `at` in the stored file */
    bool ended;      /* nothing follows the window */

    apd_stream *utf8;        /* the file's stream, or one that converts it */
    size_t taken;            /* bytes before `at` that the stream has not been told of */
    struct apd_utf16 *utf16; /* NULL when the file is not UTF-16 */
} apd_textin;

apd_status apd_textin_open(apd_textin *t, apd_stream *file, apd_error *err) APD_MUST_USE;
void apd_textin_close(apd_textin *t);

/* Brings in more text behind the window, which moves in memory but keeps its bytes. APD_OK: it
 * grew by at least one byte. APD_END: it did not and will not; t->ended is set. Otherwise the
 * error that cut the file short: by then everything before it has been taken. */
apd_status apd_textin_more(apd_textin *t, apd_error *err) APD_MUST_USE;

/* Bytes that the first n of the window take in the stored file. */
uint64_t apd_textin_size(const apd_textin *t, size_t n);

static inline void apd_textin_take(apd_textin *t, size_t n)
{
    t->offset += t->utf16 ? apd_textin_size(t, n) : n;
    t->at += n;
    t->left -= n;
    t->taken += n;
}

/* The longest prefix of at most max bytes that does not end inside a UTF-8 sequence. */
apd_str apd_text_prefix(apd_str s, size_t max);

/* Takes white space and NUL off the front of the window, however much there is of it. APD_END: the
 * file holds nothing else. A file whose writer lost power ends in NULs. */
apd_status apd_textin_skip_blank(apd_textin *t, apd_error *err) APD_MUST_USE;
bool apd_text_blank(apd_str s);

/* Does the head of a file look like text? Sets *utf8 to the head's text, converted into buf if it
 * is UTF-16 with a byte order mark. An empty head is text. */
#define APD_HEAD_TEXT (APD_SNIFF / 2 * 3)
bool apd_text_head(apd_bytes head, char *buf, apd_str *utf8);

#endif
