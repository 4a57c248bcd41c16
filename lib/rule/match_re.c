#define PCRE2_CODE_UNIT_WIDTH 8
#include "match_re.h"

#include <pcre2.h>
#include <stdlib.h>

#include "limits.h"

struct apd_re {
    pcre2_match_data *data;
    pcre2_match_data *groups; /* made when somebody asks for groups */
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    uint64_t given_up;
};

bool apd_re_wants_utf(apd_str pattern)
{
    for (size_t i = 0; i < pattern.len; i++)
        if ((unsigned char)pattern.ptr[i] >= 0x80)
            return true;
    return false;
}

bool apd_re_compile(apd_pattern *p, apd_note_fn note, void *ctx)
{
    uint32_t options = p->cased ? 0 : PCRE2_CASELESS;
    if (apd_re_wants_utf(p->text))
        options |= PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
    int error;
    PCRE2_SIZE offset;
    const char *text = p->text.len ? p->text.ptr : "";
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, p->text.len, options, &error, &offset, NULL);
    p->code = code;
    if (!code) {
        char why[160];
        if (pcre2_get_error_message(error, (PCRE2_UCHAR *)why, sizeof why) < 0)
            why[0] = '\0';
        note(ctx, true, p->at, "bad pattern '%.*s': %s (at character %zu)", APD_FMT(p->text), why,
             (size_t)offset + 1);
        return false;
    }
    /* Without JIT (a pattern it does not support, a system that forbids it) pcre2 interprets. */
    (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    return true;
}

void apd_re_free(apd_pattern *p)
{
    pcre2_code_free(p->code);
    p->code = NULL;
}

apd_re *apd_re_new(void)
{
    apd_re *re = calloc(1, sizeof *re);
    if (!re)
        return NULL;
    re->data = pcre2_match_data_create(1, NULL);
    re->context = pcre2_match_context_create(NULL);
    re->stack = pcre2_jit_stack_create(APD_RE_STACK / 16, APD_RE_STACK, NULL);
    if (!re->data || !re->context) {
        apd_re_delete(re);
        return NULL;
    }
    pcre2_set_match_limit(re->context, APD_RE_MATCH_LIMIT);
    pcre2_set_depth_limit(re->context, APD_RE_DEPTH_LIMIT);
    if (re->stack) /* none without JIT */
        pcre2_jit_stack_assign(re->context, NULL, re->stack);
    return re;
}

void apd_re_delete(apd_re *re)
{
    if (!re)
        return;
    pcre2_jit_stack_free(re->stack);
    pcre2_match_context_free(re->context);
    pcre2_match_data_free(re->data);
    pcre2_match_data_free(re->groups);
    free(re);
}

bool apd_re_match(apd_re *re, const apd_pattern *p, apd_str text)
{
    const char *subject = text.len ? text.ptr : "";
    int rc = pcre2_match(p->code, (PCRE2_SPTR)subject, text.len, 0, 0, re->data, re->context);
    if (rc < 0 && rc != PCRE2_ERROR_NOMATCH)
        re->given_up++;
    return rc >= 0;
}

bool apd_re_capture(apd_re *re, const apd_pattern *p, apd_str text, apd_str groups[APD_RE_GROUPS])
{
    memset(groups, 0, APD_RE_GROUPS * sizeof *groups);
    if (!re->groups && !(re->groups = pcre2_match_data_create(APD_RE_GROUPS, NULL)))
        return false;
    const char *subject = text.len ? text.ptr : "";
    int rc = pcre2_match(p->code, (PCRE2_SPTR)subject, text.len, 0, 0, re->groups, re->context);
    if (rc < 0) {
        re->given_up += rc != PCRE2_ERROR_NOMATCH;
        return false;
    }
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(re->groups);
    uint32_t n = rc == 0 ? APD_RE_GROUPS : (uint32_t)rc; /* 0: there are more than fit */
    for (uint32_t i = 0; i < n; i++)
        if (at[2 * i] != PCRE2_UNSET)
            groups[i] = apd_str_from(subject + at[2 * i], at[2 * i + 1] - at[2 * i]);
    return true;
}

uint32_t apd_re_group(const apd_pattern *p, const char *name)
{
    int n = pcre2_substring_number_from_name(p->code, (PCRE2_SPTR)name);
    return n > 0 && (uint32_t)n < APD_RE_GROUPS ? (uint32_t)n : 0;
}

uint64_t apd_re_given_up(const apd_re *re)
{
    return re->given_up;
}
