/* The restricted YAML of rule files as a tree whose every node knows where it was written.
 *
 * Scalars are text, nothing else. What the subset leaves out (anchors, aliases, tags, duplicate
 * keys, a second document) is noted and the tree goes on without it, so that one reading finds all
 * mistakes; only text that is no YAML at all yields no tree. */
#ifndef APD_YAML_H
#define APD_YAML_H

#include "select.h"

typedef enum apd_ykind {
    APD_Y_BAD, /* was noted already: readers pass it over in silence */
    APD_Y_SCALAR,
    APD_Y_LIST,
    APD_Y_MAP
} apd_ykind;

typedef struct apd_ynode {
    apd_ykind kind;
    bool plain;                     /* SCALAR: written without quotes, so that `null` means null */
    bool one_line;                  /* SCALAR: columns of the file and of the text run in step */
    apd_mark_at at;                 /* SCALAR: the first character of the text, behind a quote */
    apd_str text;                   /* SCALAR */
    const struct apd_ynode *key;    /* of a value inside a MAP */
    struct apd_ynode *child, *next; /* LIST, MAP: values in the order written */
    uint32_t n;                     /* LIST, MAP: number of children */
} apd_ynode;

/* Nodes go to `nodes`, texts to `texts`. *out is NULL when the file is no YAML (noted) or empty
 * (noted). The status is APD_OK or APD_E_NOMEM. */
apd_status apd_yaml_parse(apd_str text, uint32_t file, apd_arena *nodes, apd_arena *texts,
                          apd_note_fn note, void *ctx, apd_ynode **out) APD_MUST_USE;

/* Value under a key, or NULL (also if map is no map). */
const apd_ynode *apd_yaml_get(const apd_ynode *map, const char *key);
/* The children of a list, or any other node as a list of one; count 0 for NULL and APD_Y_BAD. */
const apd_ynode *apd_yaml_items(const apd_ynode *n, size_t *count);
/* `null`, `~` or nothing, without quotes. */
bool apd_yaml_null(const apd_ynode *n);
/* Where the character at `offset` of a scalar's text stands in the file; for texts over several
 * lines, where the text begins. */
apd_mark_at apd_yaml_at(const apd_ynode *n, size_t offset);

#endif
