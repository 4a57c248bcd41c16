#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "regkey.h"

static bool fits(const char *pattern, const char *key)
{
    apd_regkey p = apd_regkey_of(apd_str_of(pattern));
    return apd_regkey_matches(&p, apd_str_of(key));
}

static bool is_root(const char *pattern, const char *key)
{
    apd_regkey p = apd_regkey_of(apd_str_of(pattern));
    return apd_regkey_is_root(&p, apd_str_of(key));
}

static void plain_keys(void **state)
{
    (void)state;
    assert_true(fits("HKLM\\SOFTWARE\\X", "hklm\\software\\x"));
    assert_false(fits("HKLM\\SOFTWARE\\X", "HKLM\\SOFTWARE"));
    assert_false(fits("HKLM\\SOFTWARE\\X", "HKLM\\SOFTWARE\\X\\Y"));
    assert_false(fits("HKLM\\SOFTWARE\\X", "HKLM\\SOFTWARE\\XY"));
    assert_false(fits("HKLM\\SOFTWARE\\X", ""));
}

static void a_star_stays_in_its_component(void **state)
{
    (void)state;
    assert_true(fits("HKLM\\A\\*\\B", "HKLM\\A\\{1}\\B"));
    assert_false(fits("HKLM\\A\\*\\B", "HKLM\\A\\1\\2\\B"));
    assert_false(fits("HKLM\\A\\*\\B", "HKLM\\A\\B"));
    assert_true(fits("HKLM\\A\\S-1-*", "HKLM\\A\\S-1-5-18"));
    assert_true(fits("HKLM\\A\\v?", "HKLM\\A\\V2"));
    assert_false(fits("HKLM\\A\\*", "HKLM\\A"));
    assert_false(fits("HKLM\\A\\*", "HKLM\\A\\1\\2"));
}

static void two_stars_take_any_number_of_components(void **state)
{
    (void)state;
    assert_true(fits("HKLM\\A\\**", "HKLM\\A"));
    assert_true(fits("HKLM\\A\\**", "HKLM\\A\\1\\2\\3"));
    assert_true(fits("HKLM\\A\\**\\B", "HKLM\\A\\B"));
    assert_true(fits("HKLM\\A\\**\\B", "HKLM\\A\\1\\B\\2\\B"));
    assert_false(fits("HKLM\\A\\**\\B", "HKLM\\A\\1\\B\\2"));
    assert_true(fits("**\\Tracking\\*\\*", "HKLM\\x\\Tracking\\Sidecar\\app"));
    assert_true(fits("**\\B\\**\\C\\*", "HKLM\\B\\B\\1\\C\\C\\2"));
    assert_false(fits("**\\B\\**\\C\\*", "HKLM\\B\\B\\1\\C"));
    assert_true(fits("**", "HKLM"));
}

static void roots_are_at_the_head_or_above(void **state)
{
    (void)state;
    assert_true(is_root("HKLM\\A\\B\\*\\C", "HKLM\\A\\B"));
    assert_true(is_root("HKLM\\A\\B\\*\\C", "hklm\\a"));
    assert_false(is_root("HKLM\\A\\B\\*\\C", "HKLM\\A\\B\\1"));
    assert_false(is_root("HKLM\\A\\BC", "HKLM\\A\\B"));
    assert_false(is_root("HKLM\\A", ""));
    assert_false(is_root("**\\C", "HKLM"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_keys),
        cmocka_unit_test(a_star_stays_in_its_component),
        cmocka_unit_test(two_stars_take_any_number_of_components),
        cmocka_unit_test(roots_are_at_the_head_or_above),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
