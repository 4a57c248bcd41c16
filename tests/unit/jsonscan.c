/* Arrays and objects looked through where they lie, and texts that break off anywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "jsonscan.h"

/* With and without its members an element ends at the same place. */
static bool next(apd_str *rest, apd_str *element)
{
    enum { ROOM = 2 };
    apd_json_pair members[ROOM], m;
    apd_str with = *rest;
    size_t none, n;
    bool more = apd_json_next(rest, element, NULL, 0, &none);
    assert_int_equal(none, 0);
    assert_int_equal(apd_json_next(&with, element, members, ROOM, &n), more);
    assert_ptr_equal(with.ptr, rest->ptr);
    assert_int_equal(with.len, rest->len);
    apd_str object = *element;
    for (size_t i = 0; more && i < n; i++) {
        assert_true(apd_json_member(&object, &m));
        assert_true(apd_eq(m.name, members[i].name) && apd_eq(m.value, members[i].value));
    }
    assert_true(!more || n == ROOM || !apd_json_member(&object, &m));
    return more;
}

static void elements(void **state)
{
    (void)state;
    static const struct {
        const char *text, *elements[5];
    } table[] = {
        {"[1, \"a,]\" ,{\"x\":[1,2]}] rest", {"1", "\"a,]\"", "{\"x\":[1,2]}"}},
        {" [ \"a\\\"b\" , true ] ", {"\"a\\\"b\"", "true"}},
        {"[\"\\\\\",2]", {"\"\\\\\"", "2"}},
        {"[]", {NULL}},
        {"{\"a\":1}", {NULL}},
        {"", {NULL}},
        {"[1,", {"1"}},
        {"[1,{\"a\":", {"1"}},
        {"[1 2]", {"1"}},
        {"[{} , {\"a\":1} ]", {"{}", "{\"a\":1}"}},
        {"[{\"a\":1,\"b\":\"}\",\"c\":[{}]},2]", {"{\"a\":1,\"b\":\"}\",\"c\":[{}]}", "2"}},
        {"[{\"a\":1 \"b\"}, {\"a\":1,}, {a}, 3]", {"{\"a\":1 \"b\"}", "{\"a\":1,}", "{a}", "3"}},
        {"[{\"a\":1]", {"{\"a\":1]"}},
        {"[{\":1\":1\",\"},2]", {"{\":1\":1\",\"}", "2"}},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        apd_str rest = apd_str_of(table[i].text), element;
        size_t n = 0;
        for (; next(&rest, &element); n++) {
            assert_non_null(table[i].elements[n]);
            assert_true(apd_eq(element, apd_str_of(table[i].elements[n])));
        }
        assert_null(table[i].elements[n]);
    }
}

static void members(void **state)
{
    (void)state;
    static const struct {
        const char *object, *name, *value; /* NULL = not there */
    } table[] = {
        {"{\"Id\":\"a\",\"Name\":\"B {x}\"}", "Name", "\"B {x}\""},
        {"{ \"Rule\" : \"[{\\\"Name\\\":1}]\" , \"Name\" : 2 }", "Name", "2"},
        {"{\"a\":{\"Name\":1},\"b\":[{\"Name\":1}]}", "Name", NULL},
        {"{\"a\":null}", "a", "null"},
        {"{\"a\" 1}", "a", NULL},
        {"{a:1}", "a", NULL},
        {"{\"a\":}", "a", NULL},
        {"[\"a\",1]", "a", NULL},
        {"\"a\"", "a", NULL},
        {"", "a", NULL},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        apd_str rest = apd_str_of(table[i].object);
        apd_json_pair m;
        bool found = false;
        while (!found && apd_json_member(&rest, &m))
            found = apd_eq(m.name, apd_str_of(table[i].name));
        assert_int_equal(found, table[i].value != NULL);
        assert_true(!found || apd_eq(m.value, apd_str_of(table[i].value)));
    }
}

/* Every front of a text in a block of exactly its size: nothing behind it is read. */
static void fronts(void **state)
{
    (void)state;
    static const char text[] =
        "[{\"a\\\\\":\"\\\"x\",\"b\" : [1,{\"c\":null}] , \"d\":-1.5e3},\"\\\\\", true]";
    for (size_t n = 0; n < sizeof text; n++) {
        char *copy = malloc(n ? n : 1);
        assert_non_null(copy);
        memcpy(copy, text, n);
        apd_str rest = {copy, n}, object = rest, element;
        apd_json_pair m;
        size_t elements = 0;
        while (next(&rest, &element)) {
            elements++;
            while (apd_json_member(&element, &m))
                assert_true(m.value.len > 0);
        }
        while (apd_json_member(&object, &m))
            assert_true(m.value.len > 0);
        assert_true(elements <= 3);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(elements), cmocka_unit_test(members),
                                       cmocka_unit_test(fronts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
