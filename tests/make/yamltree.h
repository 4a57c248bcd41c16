/* A YAML file as a tree of nodes that keep their line, for scenarios and names.yml. Anchors, tags
 * and duplicate keys are refused, as in rule files. Every mistake ends the program with file:line. */
#ifndef MK_YAMLTREE_H
#define MK_YAMLTREE_H

#include "arena.h"

typedef enum mk_kind { MK_SCALAR, MK_SEQ, MK_MAP } mk_kind;

typedef struct mk_node {
    mk_kind kind;
    bool plain;    /* a scalar without quotes: 286 may become a number */
    apd_str text;  /* scalar */
    apd_str key;   /* as a member of a map */
    unsigned line; /* counted from 1 */
    const char *file;
    struct mk_node *first, *next;
} mk_node;

mk_node *mk_yaml_load(apd_arena *a, const char *path);
/* Member of a map, or NULL (also when map is NULL). */
const mk_node *mk_get(const mk_node *map, const char *key);
apd_str mk_get_text(const mk_node *map, const char *key, const char *otherwise);
uint64_t mk_get_number(const mk_node *map, const char *key, uint64_t otherwise);
int64_t mk_get_span(const mk_node *map, const char *key, int64_t otherwise);
_Noreturn void mk_die_at(const mk_node *n, const char *fmt, ...) APD_PRINTF(2, 3);
/* Ends the program if the map has a key that is not in the NULL-ended list. */
void mk_only_keys(const mk_node *map, const char *const *keys);

#endif
