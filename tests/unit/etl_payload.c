/* Payloads of traces, built byte by byte, that the trace itself describes: TraceLogging, descriptions that merging wrote,
 * EventSource manifests, message files; and what is wrong with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "etl_payload_world.h"
#include "etl_runs.h"
#include "limits.h"

/* --- TraceLogging --- */

static void begin_schema(bytes *b, const char *name)
{
    b->n = 0;
    u16(b, 0);
    u8(b, 0);
    z(b, name);
}

static void field(bytes *b, const char *name, unsigned in, int out)
{
    z(b, name);
    u8(b, out >= 0 ? in | 0x80 : in);
    if (out >= 0)
        u8(b, (unsigned)out);
}

static void end_schema(bytes *b)
{
    b->at[0] = (uint8_t)b->n;
    b->at[1] = (uint8_t)(b->n >> 8);
}

static void tracelogging_types(void **state)
{
    (void)state;
    static bytes s, p;
    world *w = open_world();
    begin_schema(&s, "All Types");
    p.n = 0;
    field(&s, "wide", 1, -1), wide(&p, "text");
    field(&s, "ansi", 2, -1), z(&p, "caf\xe9");
    field(&s, "utf8", 2, 35), z(&p, "caf\xc3\xa9");
    field(&s, "i8", 3, -1), u8(&p, 0xfe);
    field(&s, "char", 4, 2), u8(&p, 'M');
    field(&s, "yes", 4, 3), u8(&p, 1);
    field(&s, "i16", 5, -1), u16(&p, 0xffff);
    field(&s, "port", 6, 7), u8(&p, 1), u8(&p, 0xbb);
    field(&s, "i32", 7, -1), u32(&p, 0xfffffffe);
    field(&s, "hr", 8, -1), u32(&p, 0x80070005);
    field(&s, "status", 7, 14), u32(&p, 0xc0000022);
    field(&s, "address", 8, 8), u32(&p, 0x0100007f);
    field(&s, "u64", 10, -1), u64(&p, UINT64_C(1) << 40);
    field(&s, "float", 11, -1), u32(&p, 0x3fc00000);
    field(&s, "double", 12, -1), u64(&p, UINT64_C(0xbff8000000000000));
    field(&s, "bool", 13, -1), u32(&p, 1);
    field(&s, "binary", 14, -1), u16(&p, 2), u16(&p, 0x0201);
    field(&s, "guid", 15, -1), put(&p, some_guid, 16);
    field(&s, "time", 17, -1), u64(&p, UINT64_C(133000000000000000));
    field(&s, "local", 18, -1);
    u16(&p, 2025), u16(&p, 11), u16(&p, 6), u16(&p, 22), u16(&p, 10), u16(&p, 5), u16(&p, 7),
        u16(&p, 42);
    field(&s, "sid", 19, -1), u8(&p, 1), u8(&p, 1), u32(&p, 0), u16(&p, 0x0500), u32(&p, 18);
    field(&s, "hex", 21, -1), u64(&p, 0xabc);
    field(&s, "counted", 22, -1), u16(&p, 4), u16(&p, 'h'), u16(&p, 'i');
    field(&s, "last", 23, -1), u16(&p, 2), u8(&p, 'o'), u8(&p, 'k');
    end_schema(&s);
    etl_record r = event(&s, &p);
    assert_fields(
        w, &r,
        "EventName=All Types; wide=text; ansi=caf\xc3\xa9; utf8=caf\xc3\xa9; i8=-2; char=M; "
        "yes=true; i16=-1; "
        "port=443; i32=-2; hr=0x80070005; status=0xc0000022; address=127.0.0.1; u64=1099511627776; "
        "float=1.5; double=-1.5; bool=true; binary=0102; guid={" SOME_GUID "}; "
        "time=2022-06-18T04:26:40.0000000Z; local=2025-11-22T10:05:07.042; sid=S-1-5-18; "
        "hex=0xabc; "
        "counted=hi; last=ok");
    close_world(w);
}

static void tracelogging_structs(void **state)
{
    (void)state;
    static bytes s, p;
    world *w = open_world();
    begin_schema(&s, "Stop");
    p.n = 0;
    field(&s, "tag", 4, -1), u8(&p, 1);
    field(&s, "tag", 4, -1), u8(&p, 2); /* names repeat */
    field(&s, "wilResult", 24, 3);
    field(&s, "hresult", 8, -1), u32(&p, 0x80004005);
    field(&s, "inner", 24, 1);
    field(&s, "deep", 4, -1), u8(&p, 3);
    field(&s, "line", 8, -1), u32(&p, 77);
    z(&s, "pairs"), u8(&s, 24 | 0x40 | 0x80), u8(&s, 2), u16(&p, 2);
    field(&s, "key", 4, -1), u8(&p, 10);
    field(&s, "value", 4, -1), u8(&p, 11);
    u8(&p, 20), u8(&p, 21);
    z(&s, "none"), u8(&s, 24 | 0x40 | 0x80), u8(&s, 1), u16(&p, 0);
    field(&s, "never", 4, -1);
    z(&s, "three"), u8(&s, 6 | 0x20), u16(&s, 3), u16(&p, 7), u16(&p, 8), u16(&p, 9);
    z(&s, "bytes"), u8(&s, 4 | 0x40), u16(&p, 2), u16(&p, 0xbbaa);
    z(&s, "chars"), u8(&s, 6 | 0x40 | 0x80), u8(&s, 2), u16(&p, 2), u16(&p, 'a'), u16(&p, 'b');
    z(&s, "old"), u8(&s, 0x20), u16(&s, 1); /* a struct as it was written at first */
    field(&s, "end", 1, -1), u16(&p, 'x');  /* no NUL */
    end_schema(&s);
    etl_record r = event(&s, &p);
    assert_fields(
        w, &r,
        "EventName=Stop; tag=1; tag=2; wilResult.hresult=0x80004005; wilResult.inner.deep=3; "
        "wilResult.line=77; pairs.key=10; pairs.value=11; pairs.key=20; pairs.value=21; none=; "
        "three=7; "
        "three=8; three=9; bytes=AABB; chars=ab; old.end=x");
    close_world(w);
}

static void tracelogging_provider(void **state)
{
    (void)state;
    static bytes s, p, t;
    world *w = open_world();
    begin_schema(&s, "E");
    field(&s, "a", 4, -1);
    end_schema(&s);
    t.n = p.n = 0;
    u16(&t, 2 + 8 + 19), z(&t, "My.Name"), u16(&t, 19), u8(&t, 1), put(&t, some_guid, 16);
    u8(&p, 5);
    etl_record r = event(&s, &p);
    r.traits = view(&t);
    apd_event ev = {0};
    etl_identify(w->decoder, &r, &ev);
    assert_string_equal(apd_sym_text(w->names, ev.provider).ptr, "My.Name");
    assert_string_equal(apd_sym_text(w->names, ev.log).ptr, "etl");
    assert_true(ev.trace);
    r.traits.len = 0; /* then the GUID has to do */
    etl_identify(w->decoder, &r, &ev);
    assert_string_equal(apd_sym_text(w->names, ev.provider).ptr, "{" SOME_GUID "}");
    /* before Windows 10 both stood in front of the data */
    static bytes old;
    old.n = 0;
    put(&old, t.at, t.n), put(&old, s.at, s.n), u8(&old, 9);
    r = event(NULL, &old);
    r.channel = 11;
    etl_identify(w->decoder, &r, &ev);
    assert_string_equal(apd_sym_text(w->names, ev.provider).ptr, "My.Name");
    assert_fields(w, &r, "EventName=E; a=9");
    close_world(w);
}

static void tracelogging_damage(void **state)
{
    (void)state;
    static bytes s, p;
    world *w = open_world();
    begin_schema(&s, "D");
    field(&s, "a", 8, -1);
    z(&s, "many"), u8(&s, 8 | 0x40);
    end_schema(&s);
    p.n = 0;
    u32(&p, 1), u16(&p, 60000), u32(&p, 2); /* more elements than there can be */
    etl_record r = event(&s, &p);
    assert_fields(w, &r, "EventName=D; a=1; Rest=02000000 !");
    p.n = 2; /* ends inside a */
    r = event(&s, &p);
    assert_fields(w, &r, "EventName=D; Rest=0100 !");
    p.n = 2 + 4 * 15000; /* as many numbers as a payload holds: .NET writes arrays of thousands */
    memset(p.at, 0, p.n);
    p.at[0] = (uint8_t)15000, p.at[1] = (uint8_t)(15000 >> 8);
    begin_schema(&s, "Long");
    z(&s, "many"), u8(&s, 8 | 0x40);
    end_schema(&s);
    r = event(&s, &p);
    etl_reading reading;
    assert_int_equal(etl_fields(w->decoder, &r, w->arena, &reading), APD_OK);
    assert_int_equal(reading.n, 1 + 15000 + 4);
    begin_schema(&s, "R"); /* 65,535 times nothing, in each of 65,535 */
    z(&s, "x"), u8(&s, 24 | 0x20 | 0x80), u8(&s, 1), u16(&s, 65535);
    z(&s, "y"), u8(&s, 24 | 0x20 | 0x80), u8(&s, 0), u16(&s, 65535);
    end_schema(&s);
    p.n = 0;
    r = event(&s, &p);
    assert_fields(w, &r, "EventName=R !");
    begin_schema(&s, "N"); /* deeper than anybody nests */
    for (int i = 0; i < 40; i++)
        field(&s, "s", 24, 1);
    end_schema(&s);
    r = event(&s, &p);
    assert_fields(w, &r, "EventName=N !");
    begin_schema(&s, "cut");
    s.at[s.n++] = 'x'; /* a name without its end */
    end_schema(&s);
    r = event(&s, &p);
    assert_fields(w, &r, "EventName=cut !");
    close_world(w);
}

/* --- descriptions in the trace --- */

static const uint8_t control[16] = {0xc1, 0xf6, 0xcc, 0xbb, 0xd1, 0x6c, 0xc4, 0x48,
                                    0x80, 0xff, 0x83, 0x94, 0x82, 0xe3, 0x76, 0x71};

static void set32(bytes *b, size_t at, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++)
        b->at[at + i] = (uint8_t)(v >> 8 * i);
}

static void text_at(bytes *b, size_t slot, const char *text)
{
    set32(b, slot, (uint32_t)b->n);
    wide(b, text);
}

static void learn(world *w, unsigned opcode, const bytes *payload)
{
    etl_record r = {
        .kind = ETL_CLASSIC, .guid = control, .opcode = (uint8_t)opcode, .payload = view(payload)};
    assert_true(etl_learn(w->decoder, &r));
}

typedef struct property {
    const char *name;
    uint32_t flags;
    unsigned in, out, count, length;
    const char *map;
} property;

/* A TRACE_EVENT_INFO of event 153, version 1. */
static void make_info(bytes *b, const property *p, unsigned n, unsigned top, const char *message)
{
    memset(b->at, 0, 112 + 24 * n);
    b->n = 112 + 24 * n;
    memcpy(b->at, some_guid, 16);
    b->at[32] = 153;
    b->at[34] = 1;
    set32(b, 100, n);
    set32(b, 104, top);
    text_at(b, 52, "Contoso-Deployment ");
    text_at(b, 68, "State");
    text_at(b, 72, "win:Start");
    if (message)
        text_at(b, 76, message);
    for (unsigned i = 0; i < n; i++) {
        size_t at = 112 + 24 * i;
        set32(b, at, p[i].flags);
        text_at(b, at + 4, p[i].name);
        set32(b, at + 8, p[i].in | p[i].out << 16);
        if (p[i].map)
            text_at(b, at + 12, p[i].map);
        set32(b, at + 16, p[i].count | p[i].length << 16);
    }
}

static void manifest_event(void **state)
{
    (void)state;
    static bytes b, p;
    static const property props[] = {
        {"From", 0, 8, 8, 1, 4, "ProfileState"},
        {"Flags", 0, 8, 18, 1, 4, "Bits"},
        {"Size", 0, 6, 6, 1, 2, NULL},
        {"Name", 2, 1, 1, 1, 2, NULL},   /* as long as Size says */
        {"Codes", 4, 8, 32, 2, 4, NULL}, /* as many */
        {"Pair", 1, 6, 2, 1, 0, NULL}, /* members 6 and 7: their numbers stand where the types do */
        {"Left", 0, 4, 4, 1, 1, NULL},
        {"Right", 0, 14, 15, 1, 2, NULL},
    };
    world *w = open_world();
    make_info(&b, props, 8, 6, "It is %1, %2!08x! of %4%%; %5%n%9 %0never");
    learn(w, 32, &b);
    b.n = 0;
    put(&b, some_guid, 16);
    memset(b.at + 16, 0, 16 + 16);
    b.n = 16 + 16 + 16;
    set32(&b, 16 + 4, 1), set32(&b, 16 + 8, 2);
    set32(&b, 16 + 16 + 4, 3), set32(&b, 16 + 24 + 4, 4);
    set32(&b, 16, (uint32_t)b.n - 16), wide(&b, "ProfileState");
    set32(&b, 16 + 16, (uint32_t)b.n - 16), wide(&b, "Available ");
    set32(&b, 16 + 24, (uint32_t)b.n - 16), wide(&b, "Gone");
    learn(w, 33, &b);
    p.n = 0;
    u32(&p, 3), u32(&p, 5), u16(&p, 2), u16(&p, 'o'), u16(&p, 'k');
    u32(&p, 0x80070002), u32(&p, 0), u8(&p, 9), u16(&p, 0x0201), u8(&p, 0xee);
    etl_record r = event(NULL, &p);
    r.id = 153;
    r.version = 1;
    apd_event ev = {0};
    etl_identify(w->decoder, &r, &ev);
    assert_string_equal(apd_sym_text(w->names, ev.provider).ptr, "Contoso-Deployment");
    assert_int_equal(ev.id, 153);
    assert_fields(w, &r,
                  "EventName=State/Start; From=3; From.text=Available; Flags=0x5; Size=2; Name=ok; "
                  "Codes=0x80070002; "
                  "Codes=0x0; Pair.Left=9; Pair.Right=0102; Rest=EE");
    assert_sentence(w, &r, "It is Available (3), 00000005 of ok%; 0x80070002, 0x0\n%9");
    r.version = 2; /* nobody described that one */
    assert_fields(w, &r,
                  "Payload=03000000050000000200"
                  "6F006B00"
                  "0200078000000000"
                  "090102EE");
    close_world(w);
}

/* Counts and offsets that lead outside. */
static void manifest_damage(void **state)
{
    (void)state;
    static bytes b, p;
    static const property good[] = {{"A", 0, 8, 8, 1, 4, NULL}};
    world *w = open_world();
    make_info(&b, good, 1, 1, "m");
    for (size_t cut = 0; cut < b.n; cut++) { /* never more than it says */
        bytes *part = malloc(sizeof *part);
        assert_non_null(part);
        memcpy(part->at, b.at, cut);
        part->n = cut;
        learn(w, 32, part);
        free(part);
    }
    for (size_t at = 48; at < 136; at += 4) {
        make_info(&b, good, 1, 1, "m");
        set32(&b, at, 0xffffffff);
        learn(w, 32, &b);
        learn(w, 33, &b);
    }
    static const property loop[] = {
        {"S", 1, 0, 1, 1, 0, NULL}}; /* a struct that is its own member */
    make_info(&b, loop, 1, 1, NULL);
    learn(w, 32, &b);
    p.n = 0;
    u32(&p, 7);
    etl_record r = event(NULL, &p);
    r.id = 153;
    r.version = 1;
    etl_reading got;
    assert_true(etl_fields(w->decoder, &r, w->arena, &got) <= APD_SKIPPED);
    make_info(&b, good, 1, 1, "got %1"); /* the last one wins */
    learn(w, 32, &b);
    assert_sentence(w, &r, "got 7");
    close_world(w);
}

/* --- EventSource --- */

static const char manifest[] =
    "<?xml version=\"1.0\"?><instrumentationManifest><instrumentation><events>\n"
    "<provider name=\"Contoso-Source\" guid=\"{" SOME_GUID "}\" symbol=\"ContosoSource\">\n"
    "<!-- <event value=\"1\"/> -->\n"
    "<tasks><task name=\"Request\" value=\"65533\"/></tasks>\n"
    "<maps><valueMap name=\"Level\"><map value=\"0x2\" "
    "message=\"$(string.map_LevelHigh)\"/></valueMap></maps>\n"
    "<events>\n"
    " <event value=\"1\" version=\"2\" level=\"win:Informational\" symbol=\"Hello\" "
    "message=\"$(string.event_Hello)\" "
    "template=\"HelloArgs\"/>\n"
    " <event value=\"2\" version=\"0\" symbol=\"RequestStart\" task=\"Request\" "
    "opcode=\"win:Start\"/>\n"
    " <event value=\"3\" version=\"0\" symbol=\"Bad\" template=\"BadArgs\"/>\n"
    "</events>\n"
    "<templates><template tid=\"HelloArgs\">\n"
    " <data name=\"who\" inType=\"win:UnicodeString\"/>\n"
    " <data name=\"level\" inType=\"win:UInt32\" map=\"Level\"/>\n"
    " <data name=\"n\" inType=\"win:UInt16\"/>\n"
    " <struct name=\"item\" count=\"n\"><data name=\"id\" inType=\"win:Int32\"/></struct>\n"
    " <data name=\"result\" inType=\"win:Int32\" outType=\"win:HResult\"/>\n"
    "</template><template tid=\"BadArgs\"><data name=\"x\" "
    "inType=\"win:Unheard\"/></template></templates>\n"
    "</provider></events></instrumentation><localization><resources "
    "culture=\"en-US\"><stringTable>\n"
    " <string id=\"event_Hello\" value=\"Hello &lt;%1&gt;, %2\"/><string id=\"map_LevelHigh\" "
    "value=\"High\"/>\n"
    "</stringTable></resources></localization></instrumentationManifest>";

/* The manifest in `pieces` records. */
static void send_manifest(world *w, unsigned pieces, unsigned without)
{
    size_t each = sizeof manifest / pieces + 1;
    for (unsigned i = 0; i < pieces; i++) {
        static bytes b;
        size_t from = i * each,
               n = from + each < sizeof manifest - 1 ? each : sizeof manifest - 1 - from;
        b.n = 0;
        u8(&b, 1), u8(&b, 1), u8(&b, 0), u8(&b, 0x5b), u16(&b, pieces), u16(&b, i);
        put(&b, manifest + from, n);
        etl_record r = event(NULL, &b);
        r.id = 0xfffe;
        r.pid = 4;
        if (i != without)
            assert_true(etl_learn(w->decoder, &r));
    }
}

static void eventsource(void **state)
{
    (void)state;
    static bytes p;
    p.n = 0;
    wide(&p, "Ann"), u32(&p, 2), u16(&p, 2), u32(&p, 5), u32(&p, 0xffffffff), u32(&p, 0x80070005);
    for (unsigned pieces = 1; pieces < 6; pieces++) {
        world *w = open_world();
        etl_record r = event(NULL, &p);
        r.id = 1;
        r.version = 2;
        send_manifest(w, pieces, pieces - 1); /* not whole yet */
        etl_reading got;
        assert_int_equal(etl_fields(w->decoder, &r, w->arena, &got), APD_OK);
        assert_false(got.described);
        send_manifest(w, pieces, UINT32_MAX);
        assert_fields(
            w, &r,
            "EventName=Hello; who=Ann; level=2; level.text=High; n=2; item.id=5; item.id=-1; "
            "result=0x80070005");
        assert_sentence(w, &r, "Hello <Ann>, High (2)");
        bytes none = {.n = 0};
        r = event(NULL, &none);
        r.id = 2;
        assert_fields(w, &r, "EventName=Request/Start");
        apd_event ev = {0};
        etl_identify(w->decoder, &r, &ev);
        assert_string_equal(apd_sym_text(w->names, ev.provider).ptr, "Contoso-Source");
        r.id = 3; /* its template names a type nobody knows */
        assert_int_equal(etl_fields(w->decoder, &r, w->arena, &got), APD_OK);
        assert_false(got.described);
        close_world(w);
    }
}

/* --- WPP --- */

static void wpp(void **state)
{
    (void)state;
    static const char tmf[] =
        "// PDB:  contoso.pdb\r\n" SOME_GUID " contoso.sys // SRC=radio.c MJ= MN=\r\n"
        "#typev radio_c42 10 \"%0%!FUNC! joined %10!s! with %11!x!, %12!s!\" //   LEVEL=INFO "
        "FLAGS=ALL FUNC=Join\r\n"
        "{\r\nssid, ItemWString -- 10\r\nstatus, ItemNTSTATUS -- 11\r\nmode, "
        "ItemListLong(Open,Closed) -- 12\r\n}\r\n"
        "#typev radio_c50 11 \"%0nothing to say\" // LEVEL=INFO FUNC=Idle\r\n{\r\n}\r\n"
        "#typev radio_c60 12 \"%0odd\" // FUNC=Odd\r\n{\r\nx, ItemUnheard -- 10\r\n}\r\n";
    static bytes p;
    world *w = open_world();
    p.n = 0;
    wide(&p, "Office"), u32(&p, 0xc0000022), u32(&p, 1);
    etl_record r = {
        .kind = ETL_MESSAGE, .guid = some_guid, .id = 10, .pid = 4, .tid = 8, .payload = view(&p)};
    assert_fields(w, &r,
                  "Text=Office; Payload=4F0066006600690063006500000022"
                  "0000C001000000; ProcessID=4; ThreadID=8");
    assert_int_equal(apd_schemas_tmf(w->pool, apd_str_of(tmf)), 2);
    assert_fields(w, &r,
                  "EventName=Join; ssid=Office; status=0xc0000022; mode=1; mode.text=Closed; "
                  "ProcessID=4; ThreadID=8");
    assert_sentence(w, &r, "!FUNC! joined Office with c0000022, Closed (1)");
    apd_event ev = {0};
    etl_identify(w->decoder, &r, &ev);
    assert_string_equal(apd_sym_text(w->names, ev.provider).ptr, "contoso.sys");
    r.id = 11;
    r.payload.len = 0;
    assert_sentence(w, &r, "nothing to say");
    close_world(w);
}

/* Texts in bytes that nobody describes: of either width, at any place, behind a letter that belongs to none. */
static void texts_in_bytes(void **state)
{
    (void)state;
    static bytes p;
    world *w = open_world();
    apd_mark mark = apd_arena_mark(w->arena);
    for (size_t before = 0; before < 10; before++) {
        for (size_t n = 4; n < 24; n++) {
            char want[64] = "";
            p.n = 0;
            for (size_t i = 0; i < before; i++)
                u8(&p, i + 1 == before ? '#' : 1); /* not three of them, so no text */
            for (size_t i = 0; i < n; i++) {
                u16(&p, 'a' + (unsigned)i);
                want[i] = (char)('a' + i);
            }
            u8(&p, 0xe9), u8(&p, 0x7f), put(&p, "none|four", 4), u8(&p, 0x1f), put(&p, "abc", 3);
            strcat(want, " | none");
            apd_str got = etl_runs(view(&p), w->arena);
            assert_int_equal(got.len, strlen(want));
            assert_memory_equal(got.ptr, want, got.len);
            apd_arena_rewind(w->arena, mark);
        }
    }
    close_world(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tracelogging_types),
        cmocka_unit_test(tracelogging_structs),
        cmocka_unit_test(tracelogging_provider),
        cmocka_unit_test(tracelogging_damage),
        cmocka_unit_test(manifest_event),
        cmocka_unit_test(manifest_damage),
        cmocka_unit_test(texts_in_bytes),
        cmocka_unit_test(eventsource),
        cmocka_unit_test(wpp),
    };
    return cmocka_run_group_tests_name("etl_payload", tests, NULL, NULL);
}
