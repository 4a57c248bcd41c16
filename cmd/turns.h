/* Several threads take numbered pieces of work and hand in the results in the order of the numbers.
 * The only place that knows threads. */
#ifndef APD_TURNS_H
#define APD_TURNS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct apd_turns apd_turns;

typedef struct apd_teamwork {
    /* Prepares the next piece; false: there is none. Called by one thread at a time, in order. */
    bool (*cut)(void *ctx, void *piece);
    /* A thread's work: apd_turns_take() until there is nothing left. */
    void (*work)(void *ctx, apd_turns *t);
    void *ctx;
} apd_teamwork;

/* Runs the work in n threads, one of which is the caller's; fewer where the system has no more.
 * False when not even the lock could be made. */
bool apd_turns_run(const apd_teamwork *team, unsigned n);

/* The next piece and its number; false: nothing is left. */
bool apd_turns_take(apd_turns *t, void *piece, uint64_t *number);
/* Returns when everything before this piece has been handed in. */
void apd_turns_wait(apd_turns *t, uint64_t number);
/* The piece whose turn it is was handed in. Call once for each piece that was taken, having waited
 * for its turn. */
void apd_turns_pass(apd_turns *t);
/* From now on nothing is left. */
void apd_turns_stop(apd_turns *t);

#endif
