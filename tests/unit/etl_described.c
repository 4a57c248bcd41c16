/* Payloads of traces that others describe: our tables, and the templates of event logs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "etl_payload_world.h"
#include "etl_tables.h"
#include "limits.h"

/* --- our tables --- */

static void tables(void **state)
{
    (void)state;
    static bytes p;
    world *w = open_world();
    assert_true(apd_schemas_table(w->pool, APD_LIT("providers.tsv"),
                                  APD_LIT("# x\n" SOME_GUID "\tContoso\n")));
    assert_true(
        apd_schemas_table(w->pool, APD_LIT("classes.tsv"), APD_LIT(SOME_GUID "\t3\tProcess\n")));
    assert_true(apd_schemas_table(
        w->pool, APD_LIT("kernel.tsv"),
        APD_LIT("3\t1\tProcess/Start\t2-3\tKey:Pointer, Sid:WbemSid, File:AnsiString\n"
                "24\t32\tStack\t*\tAt:UInt64, Frame:Pointer[]\n"
                "0\t80\tPartition\n")));
    assert_true(
        apd_schemas_table(w->pool, APD_LIT("fields.tsv"),
                          APD_LIT(SOME_GUID "\t7\t*\tCode:UInt32:HResult, Name:UnicodeString\n")));
    p.n = 0;
    u32(&p, 0x1000), u32(&p, 0), z(&p, "setup.exe");
    etl_record r = {
        .kind = ETL_CLASSIC, .guid = some_guid, .opcode = 1, .version = 3, .narrow = true};
    r.pid = r.tid = UINT32_MAX;
    r.payload = view(&p);
    assert_fields(w, &r, "EventName=Process/Start; Key=0x1000; Sid=; File=setup.exe");
    p.n = 0;
    u64(&p, 0x1000), u64(&p, 1), u64(&p, 0), u8(&p, 1), u8(&p, 1), u32(&p, 0), u16(&p, 0x0500),
        u32(&p, 18);
    z(&p, "a.exe");
    r.narrow = false;
    r.payload = view(&p);
    assert_fields(w, &r, "EventName=Process/Start; Key=0x1000; Sid=S-1-5-18; File=a.exe");
    r.version = 9; /* only the name is known */
    assert_int_equal(r.payload.len, p.n);
    apd_event ev = {0};
    etl_identify(w->decoder, &r, &ev);
    assert_string_equal(apd_sym_text(w->names, ev.provider).ptr, "Windows Kernel");
    etl_record hook = {
        .kind = ETL_SYSTEM, .id = 24 << 8 | 32, .pid = UINT32_MAX, .tid = UINT32_MAX};
    p.n = 0;
    u64(&p, 5), u64(&p, 0x10), u64(&p, 0x20);
    hook.payload = view(&p);
    assert_fields(w, &hook, "EventName=Stack; At=5; Frame=0x10; Frame=0x20");
    p.n = 0;
    u32(&p, 0x80180014), wide(&p, "AP");
    etl_record m = event(NULL, &p);
    m.id = 7;
    assert_fields(w, &m, "Code=0x80180014; Name=AP");
    p.n = 2; /* this build has other fields: the table does not apply */
    m = event(NULL, &p);
    m.id = 7;
    assert_fields(w, &m, "Payload=1400");
    close_world(w);
}

/* --- descriptions out of event logs --- */

static void tell(world *w, unsigned id, const char *name, const uint8_t *types, uint32_t n)
{
    apd_shape_sink sink = apd_schemas_shapes(w->pool);
    apd_shape_value values[8];
    apd_shape s = {.guid = some_guid,
                   .provider = apd_intern_add(w->names, apd_str_of(name)),
                   .id = (uint16_t)id,
                   .values = values,
                   .n = n};
    for (uint32_t i = 0; i < n; i++) {
        char letter[2] = {(char)('a' + i), '\0'};
        values[i] = (apd_shape_value){apd_intern_add(w->names, apd_str_of(letter)), types[i]};
    }
    if (sink.wants(sink.ctx, &s))
        sink.take(sink.ctx, &s);
}

static void assert_logged(world *w, unsigned id, const bytes *p, const char *want)
{
    etl_record r = event(NULL, p);
    r.id = (uint16_t)id;
    assert_fields(w, &r, want);
}

static void logged(void **state)
{
    (void)state;
    enum { TEXT = 1, U8 = 4, U32 = 8, BINARY = 14, POINTER = 16, XML = 0x21 };
    static bytes p;
    world *w = open_world();
    tell(w, 1, "Maker", (const uint8_t[]){TEXT, U32, TEXT}, 3);
    wide(&p, "x"), u32(&p, 5), wide(&p, "");
    assert_logged(w, 1, &p, "a=x; b=5; c=");
    tell(w, 1, "Liar", (const uint8_t[]){U32}, 1); /* the first one stays */
    assert_logged(w, 1, &p, "a=x; b=5; c=");
    apd_event ev = {0};
    etl_record r = event(NULL, &p);
    etl_identify(w->decoder, &r, &ev);
    assert_string_equal(apd_sym_text(w->names, ev.provider).ptr, "Maker");
    p.n -= 2; /* the last text has no end */
    assert_logged(w, 1, &p, "Payload=7800000005000000");
    p.n = 0; /* a byte too many */
    wide(&p, "x"), u32(&p, 5), wide(&p, ""), u8(&p, 0);
    assert_logged(w, 1, &p, "Payload=7800000005000000000000");

    tell(w, 2, "Maker", (const uint8_t[]){U32, BINARY, U8, U32 | APD_SHAPE_ARRAY}, 4);
    p.n = 0; /* numbers in front of bytes and arrays say how many */
    u32(&p, 2), u16(&p, 0xbbaa), u8(&p, 2), u32(&p, 7), u32(&p, 8);
    assert_logged(w, 2, &p, "a=2; b=AABB; c=2; d=7; d=8");
    p.at[0] = 3;
    assert_logged(w, 2, &p, "Payload=03000000AABB020700000008000000");
    p.n = 0;
    u32(&p, UINT32_MAX), u16(&p, 0xbbaa);
    assert_logged(w, 2, &p, "Payload=FFFFFFFFAABB");

    tell(w, 3, "Maker", (const uint8_t[]){BINARY}, 1); /* of these nothing says how long they are */
    tell(w, 4, "Maker", (const uint8_t[]){TEXT, TEXT | APD_SHAPE_ARRAY}, 2);
    tell(w, 5, "Maker", (const uint8_t[]){XML}, 1);
    tell(w, 6, "Maker", (const uint8_t[]){0}, 1);
    for (unsigned id = 3; id < 7; id++) {
        p.n = 0, u8(&p, 9);
        assert_logged(w, id, &p, "Payload=09");
    }

    /* Where it does not fit, our table may. */
    assert_true(apd_schemas_table(w->pool, APD_LIT("fields.tsv"),
                                  APD_LIT(SOME_GUID "\t7\t0\tCode:UInt32\n")));
    tell(w, 7, "Maker", (const uint8_t[]){POINTER}, 1);
    p.n = 0, u32(&p, 3);
    assert_logged(w, 7, &p, "Code=3");
    u32(&p, 0);
    assert_logged(w, 7, &p, "a=0x3");
    close_world(w);
}

/* Every row that comes with the program can be read. */
static void shipped_tables(void **state)
{
    (void)state;
    static const char *const files[] = {"providers.tsv", "classes.tsv", "kernel.tsv", "fields.tsv"};
    world *w = open_world();
    const char *source = getenv("APD_SOURCE");
    assert_non_null(source);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[4096], line[8192];
        snprintf(path, sizeof path, "%s/rules/etl/%s", source, files[i]);
        FILE *f = fopen(path, "r");
        assert_non_null(f);
        unsigned no = 0, rows = 0;
        while (fgets(line, sizeof line, f)) {
            no++;
            if (line[0] == '#')
                continue;
            line[strcspn(line, "\n")] = '\0';
            rows++;
            if (!etl_table_row(w->pool, apd_str_of(files[i]), apd_str_of(line)))
                fail_msg("%s:%u: %s", files[i], no, line);
        }
        assert_true(rows > 10);
        fclose(f);
    }
    close_world(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables),
        cmocka_unit_test(logged),
        cmocka_unit_test(shipped_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
