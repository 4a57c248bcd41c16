/* The deployment model of a bundle as lines of tab-separated fields, so that tests can look at it without a report:
 *   attempt NUMBER SCENARIO START END BOOTS
 *   phase   NUMBER NAME PART START END OUTCOME
 *   clock   LOG FIRST LAST MINUTES      (times as the log shows them; MINUTES east of UTC, or ?)
 *   app     KIND ID STATE NAME
 * Times are UTC in seconds since 1970, with fractions, or -. */
#include <stdio.h>
#include <stdlib.h>

#include "model.h"
#include "run.h"

/* Rules come from the source tree. */
const apd_embedded_file apd_embedded_files[] = {{0}};

static void put_time(apd_time t)
{
    static const apd_time unix_epoch = 116444736000000000;
    if (t == APD_TIME_NONE)
        printf("\t-");
    else
        printf("\t%.3f", (double)(t - unix_epoch) / (double)APD_TICKS_SECOND);
}

static void put_attempts(const apd_phases *p)
{
    for (size_t i = 0; i < apd_phases_attempts(p); i++) {
        const apd_attempt *a = apd_phases_attempt(p, i);
        printf("attempt\t%u\t%.*s", a->number, APD_FMT(a->scenario));
        put_time(a->start);
        put_time(a->end);
        printf("\t%zu\n", a->nboots);
        for (size_t k = 0; k < a->nphases; k++) {
            const apd_phase *ph = &a->phases[k];
            printf("phase\t%u\t%.*s\t%.*s", a->number, APD_FMT(ph->name), APD_FMT(ph->part));
            put_time(ph->start);
            put_time(ph->end);
            printf("\t%s\n", apd_outcome_name(ph->outcome));
        }
    }
}

static void put_clocks(const apd_clocks *c, const apd_intern *names)
{
    for (size_t i = 0; i < apd_clocks_count(c); i++) {
        const apd_era *e = apd_clocks_at(c, i);
        printf("clock\t%.*s", APD_FMT(apd_sym_text(names, e->log)));
        put_time(e->first);
        put_time(e->last);
        if (e->known)
            printf("\t%d\n", e->minutes);
        else
            printf("\t?\n");
    }
}

static void put_apps(const apd_items *t)
{
    for (size_t i = 0; i < apd_items_count(t); i++) {
        const apd_item *it = apd_items_at(t, i);
        printf("app\t%.*s\t%.*s\t%s\t%.*s\n", APD_FMT(it->kind), APD_FMT(it->id),
               apd_item_state_name(it->state), APD_FMT(it->name));
    }
}

int main(int argc, char **argv)
{
    apd_knowledge know;
    apd_error err = {0};
    apd_run *run = NULL;
    if (argc != 3) {
        fputs("usage: model_print RULES BUNDLE\n", stderr);
        return 2;
    }
    const char *rules[] = {argv[1]};
    apd_status st = apd_knowledge_load(&know, rules, 1, &err);
    if (st == APD_OK)
        st = apd_run_bundle(&know, NULL, argv[2], &run, &err);
    if (st == APD_OK) {
        const apd_report *r = apd_run_report(run);
        put_attempts(apd_model_phases(r->model));
        put_clocks(apd_model_clocks(r->model), r->names);
        put_apps(apd_model_items(r->model));
    } else {
        apd_knowledge_print(&know, stderr, false);
        fprintf(stderr, "%s\n", err.text);
    }
    apd_run_free(run);
    apd_knowledge_free(&know);
    return st == APD_OK ? 0 : 2;
}
