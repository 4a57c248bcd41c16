/* Pseudonyms: same shape, same value, nothing of the original, nothing else touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "mask.h"

typedef struct world {
    apd_arena *arena;
    apd_mask *mask;
} world;

static int set_up(void **state)
{
    static world w;
    w = (world){apd_arena_new(0), apd_mask_new()};
    *state = &w;
    return 0;
}

static int tear_down(void **state)
{
    world *w = *state;
    apd_mask_free(w->mask);
    apd_arena_free(w->arena);
    return 0;
}

static apd_str masked(world *w, const char *text)
{
    return apd_mask_text(w->mask, w->arena, apd_str_of(text));
}

static bool same_shape(apd_str a, apd_str b)
{
    bool same = a.len == b.len;
    for (size_t i = 0; same && i < a.len; i++)
        same = apd_is_digit(a.ptr[i]) == apd_is_digit(b.ptr[i]) &&
               (a.ptr[i] == '-') == (b.ptr[i] == '-');
    return same;
}

static void shape(void **state)
{
    world *w = *state;
    static const char *const values[] = {"5CG1234ABC", "DESKTOP-4KD02PX",
                                         "0c4d9b1e-1111-4222-8333-444455556666"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        apd_str value = apd_str_of(values[i]);
        assert_true(apd_mask_add(w->mask, value));
        apd_str first = masked(w, values[i]), second = masked(w, values[i]);
        assert_true(same_shape(first, value));
        assert_false(apd_eq(first, value));
        assert_true(apd_eq(first, second));
        assert_true(apd_eq(apd_sub(first, 0, 2), apd_sub(value, 0, 2)));
    }
}

static void in_texts(void **state)
{
    world *w = *state;
    assert_true(apd_mask_add(w->mask, APD_LIT("PC-0042")));
    assert_true(apd_mask_add(w->mask, APD_LIT("PC-0042.contoso.com")));
    assert_true(apd_mask_add(w->mask, APD_LIT("pc"))); /* too short to be told from other words */
    apd_str name = masked(w, "PC-0042");
    apd_str text = masked(w, "pc-0042 met (PC-0042), not PC-00421 or XPC-0042 or pc");
    assert_true(apd_starts(text, name));
    assert_true(apd_find(text, APD_LIT("PC-00421")) != SIZE_MAX);
    assert_true(apd_ends(text, APD_LIT(" or pc")));
    apd_str longer = masked(w, "PC-0042.contoso.com");
    assert_true(apd_find(longer, APD_LIT("contoso")) == SIZE_MAX);
    const char *none = "nothing of it";
    assert_ptr_equal(masked(w, none).ptr, none);
    assert_ptr_equal(apd_mask_text(NULL, w->arena, apd_str_of(none)).ptr, none);
}

static void sids_and_users(void **state)
{
    world *w = *state;
    apd_str text =
        masked(w, "S-1-12-1-1111111111-2222222222-3333333333-4444444444 is ana.b@contoso.com.");
    assert_true(apd_starts(text, APD_LIT("S-1-12-1-")));
    assert_true(apd_find(text, APD_LIT("2222222222")) == SIZE_MAX);
    assert_true(apd_find(text, APD_LIT("contoso")) == SIZE_MAX);
    assert_true(apd_ends(text, APD_LIT(".")));
    /* those that stand for nobody, and what only looks like a user */
    const char *others[] = {"S-1-5-18 and S-1-5-32-544", "user@ @host a@b x@y.", "10:00@12"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_ptr_equal(masked(w, others[i]).ptr, others[i]);
    assert_true(apd_eq(masked(w, "ana.b@contoso.com"), masked(w, "ANA.B@contoso.com")));
}

int main(void)
{
#define MASK_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {MASK_TEST(shape), MASK_TEST(in_texts),
                                       MASK_TEST(sids_and_users)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
