#include "turns.h"

#include <pthread.h>

enum { MOST_THREADS = 64 };

struct apd_turns {
    const apd_teamwork *team;
    pthread_mutex_t lock;
    pthread_cond_t passed;
    uint64_t taken; /* pieces given out */
    uint64_t turn;  /* the piece that may be handed in */
    bool stopped;
};

static void *run(void *turns)
{
    apd_turns *t = turns;
    t->team->work(t->team->ctx, t);
    return NULL;
}

bool apd_turns_run(const apd_teamwork *team, unsigned n)
{
    apd_turns t = {.team = team};
    pthread_t threads[MOST_THREADS];
    unsigned started = 0;
    if (pthread_mutex_init(&t.lock, NULL) != 0)
        return false;
    if (pthread_cond_init(&t.passed, NULL) != 0) {
        pthread_mutex_destroy(&t.lock);
        return false;
    }
    while (started + 1 < n && started < MOST_THREADS &&
           pthread_create(&threads[started], NULL, run, &t) == 0)
        started++;
    run(&t);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_cond_destroy(&t.passed);
    pthread_mutex_destroy(&t.lock);
    return true;
}

bool apd_turns_take(apd_turns *t, void *piece, uint64_t *number)
{
    pthread_mutex_lock(&t->lock);
    bool some = !t->stopped && t->team->cut(t->team->ctx, piece);
    t->stopped = !some;
    *number = t->taken;
    t->taken += some;
    pthread_mutex_unlock(&t->lock);
    return some;
}

void apd_turns_wait(apd_turns *t, uint64_t number)
{
    pthread_mutex_lock(&t->lock);
    while (t->turn != number)
        pthread_cond_wait(&t->passed, &t->lock);
    pthread_mutex_unlock(&t->lock);
}

void apd_turns_pass(apd_turns *t)
{
    pthread_mutex_lock(&t->lock);
    t->turn++;
    pthread_cond_broadcast(&t->passed);
    pthread_mutex_unlock(&t->lock);
}

void apd_turns_stop(apd_turns *t)
{
    pthread_mutex_lock(&t->lock);
    t->stopped = true;
    pthread_mutex_unlock(&t->lock);
}
