/* Content by the megabyte for bundles of a real size: it compresses about as real members do and
 * is otherwise of no interest to anyone. */
#include "text_writers.h"

static const char *const words[] = {"Microsoft", "Windows", "Provisioning", "Device", "Policy",
                                    "Current",   "Version", "Enrollment",   "State",  "Package",
                                    "Shell",     "Cloud",   "Experience",   "Update", "Session",
                                    "Account",   "Network", "Certificate",  "Value",  "Default"};
#define NWORDS (sizeof(words) / sizeof(*words))

static apd_str word(uint64_t *rnd)
{
    return apd_str_of(words[mk_below(rnd, NWORDS)]);
}

/* Buffers of 64 KiB, as ETW writes them: event heads with times, UTF-16 texts, an unused rest. */
static void etl_buffer(mk_out *o, uint64_t *rnd)
{
    size_t start = o->len, used = 20000 + mk_below(rnd, 44000);
    mk_u32(o, 65536);
    mk_u32(o, (uint32_t)used);
    mk_zero(o, 64);
    uint64_t clock = mk_rand(rnd) & 0xFFFFFFFFFF;
    while (o->len - start < used) {
        clock += mk_below(rnd, 100000);
        mk_u32(o, 0x00C00013);
        mk_u64(o, clock);
        mk_u64(o, mk_rand(rnd));
        mk_u32(o, (uint32_t)mk_below(rnd, 9000));
        for (uint64_t n = 1 + mk_below(rnd, 8); n > 0; n--)
            mk_utf16(o, word(rnd));
        mk_u16(o, 0);
    }
    if (o->len - start < 65536)
        mk_zero(o, 65536 - (o->len - start));
}

static void registry_line(mk_out *o, uint64_t *rnd)
{
    if (mk_below(rnd, 6) == 0) {
        mk_str(o, APD_LIT("\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft"));
        for (uint64_t n = 1 + mk_below(rnd, 5); n > 0; n--) {
            mk_u8(o, '\\');
            mk_str(o, word(rnd));
        }
        mk_printf(o, "\\%08X]\r\n", (unsigned)mk_rand(rnd));
    }
    mk_str(o, APD_LIT("    \""));
    mk_str(o, word(rnd));
    mk_str(o, word(rnd));
    mk_printf(o, "\"=DWORD:%08X\r\n", (unsigned)(mk_rand(rnd) & 0xFFFF));
}

/* Whole lines only; what is left is blank lines. */
static void registry_fill(mk_out *o, uint64_t size, uint64_t *rnd)
{
    size_t end = o->len + size, whole = o->len;
    mk_str(o, APD_LIT("[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft]\r\n"));
    while (o->len <= end) {
        whole = o->len;
        registry_line(o, rnd);
    }
    o->len = whole;
    while (o->len < end)
        mk_u8(o, '\n');
}

static void xml_line(mk_out *o, uint64_t *rnd)
{
    apd_str name = word(rnd);
    mk_printf(o, "    <%.*s>", APD_FMT(name));
    mk_str(o, word(rnd));
    mk_printf(o, "%u</%.*s>\r\n", (unsigned)mk_below(rnd, 100000), APD_FMT(name));
}

static void text_line(mk_out *o, uint64_t *rnd)
{
    unsigned second = (unsigned)mk_below(rnd, 86400);
    mk_printf(o, "2025-11-18 %02u:%02u:%02u, Info                         ", second / 3600,
              second / 60 % 60, second % 60);
    for (uint64_t n = 3 + mk_below(rnd, 9); n > 0; n--) {
        mk_str(o, word(rnd));
        mk_u8(o, ' ');
    }
    mk_str(o, APD_LIT("\r\n"));
}

static void noise_block(mk_out *o, uint64_t *rnd)
{
    for (int i = 0; i < 512; i++)
        mk_u64(o, mk_rand(rnd));
}

/* One object of names and numbers, whatever the size: blanks fill the rest. */
static void json_fill(mk_out *o, uint64_t size, uint64_t *rnd)
{
    enum { PAIR = 80 }; /* the longest there is, and the end */
    size_t end = o->len + size;
    const char *before = "{";
    for (unsigned i = 0; o->len + PAIR < end; i++) {
        mk_printf(o, "%s\r\n  \"%.*s%u\": %u", before, APD_FMT(word(rnd)), i,
                  (unsigned)mk_below(rnd, 100000));
        before = ",";
    }
    mk_str(o, *before == '{' ? APD_LIT("{}") : APD_LIT("\r\n}"));
    while (o->len < end)
        mk_u8(o, ' ');
}

bool mk_fill_write(mk_out *o, const mk_file *f, uint64_t seed)
{
    static const struct {
        const char *name;
        void (*more)(mk_out *o, uint64_t *rnd);
    } kinds[] = {
        {"etl", etl_buffer}, {"xml", xml_line}, {"text", text_line}, {"random", noise_block}};
    if (apd_eq(f->fill, APD_LIT("mdm-report")) && f->size >= 10000) {
        mk_report_fill(o, f->size, &seed);
        return true;
    }
    if (apd_eq(f->fill, APD_LIT("registry"))) {
        registry_fill(o, f->size, &seed);
        return true;
    }
    if (apd_eq(f->fill, APD_LIT("json"))) {
        json_fill(o, f->size, &seed);
        return true;
    }
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (!apd_eq(f->fill, apd_str_of(kinds[i].name)))
            continue;
        uint64_t rnd = seed;
        size_t end = o->len + f->size;
        while (o->len < end)
            kinds[i].more(o, &rnd);
        o->len = end;
        return true;
    }
    return false;
}
