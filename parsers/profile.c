/* The three documents that Autopilot leaves on a device, each as one fact whose fields are the
 * leaves of the JSON by dotted path:
 *
 *   autopilot.profile          AutopilotDDSZTDFile.json: what the service answered. A device that is
 *                              not registered has only a date, a refused one an error
 *   autopilot.offline-profile  AutopilotConfigurationFile.json, put there by whoever made the image
 *   autopilot.concierge        AutopilotConciergeFile.json: language and region of self-deployment
 *
 * An empty document is a fact too, without fields: rules must know that it was there. */
#include "parsers.h"

#include <stdlib.h>

#include "jsonleaves.h"
#include "limits.h"
#include "utf.h"

#define WHAT "the Autopilot profile"

enum { BID_KEYS = 90, BID_NAME = 80 };

typedef enum kind { PROFILE, OFFLINE, CONCIERGE, NKINDS } kind;

static const struct {
    const char *fact, *file;
} kinds[NKINDS] = {
    [PROFILE] = {"autopilot.profile", "AutopilotDDSZTDFile.json"},
    [OFFLINE] = {"autopilot.offline-profile", "AutopilotConfigurationFile.json"},
    [CONCIERGE] = {"autopilot.concierge", "AutopilotConciergeFile.json"},
};

/* What the keys of a document tell about it. */
enum {
    OURS = 1, /* enough to take the file without its name */
    OF_PROFILE = 2,
    OF_OFFLINE = 4,
    OF_REGION = 8,
    OF_TENANT = 16,
    CODE = 32,
    REASON = 64
};

static const struct {
    const char *key;
    unsigned tells;
} keys[] = {
    {"AutopilotServiceCorrelationId", OURS | OF_PROFILE},
    {"ZtdRegistrationId", OURS | OF_PROFILE},
    {"IsExplicitProfileAssignment", OURS | OF_PROFILE},
    {"ErrorCode", CODE},
    {"ErrorReason", REASON},
    {"PolicyDownloadDate", OURS},
    {"ZtdCorrelationId", OURS | OF_OFFLINE},
    {"CloudAssignedAadServerData", OURS | OF_OFFLINE},
    {"Comment_File", OF_OFFLINE},
    {"CloudAssignedLanguage", OURS | OF_REGION},
    {"CloudAssignedRegion", OURS | OF_REGION},
    {"CloudAssigned*", OURS | OF_TENANT},
};

struct apd_reader {
    apd_input in;
    apd_textin text;
    apd_mark batch;
    uint64_t lost; /* leaves of the fact delivered last that were left out */
    bool done;
};

static unsigned key_tells(apd_str key)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (apd_glob(apd_str_of(keys[i].key), key, true))
            return keys[i].tells;
    return 0;
}

/* The offset behind the string that starts at i, s.len if it does not end. */
static size_t string_end(apd_str s, size_t i)
{
    for (i++; i < s.len && s.ptr[i] != '"'; i++)
        if (s.ptr[i] == '\\')
            i++;
    return i < s.len ? i + 1 : s.len;
}

static size_t skip_space(apd_str s, size_t i)
{
    while (i < s.len && apd_is_space(s.ptr[i]))
        i++;
    return i;
}

/* What the keys at the top of the object at the front of s tell, also when s ends inside it. 0 if
 * there is no object, or more than one. */
static unsigned keys_tell(apd_str s)
{
    unsigned tells = 0;
    size_t depth = 0, i = skip_space(s, 0);
    if (i == s.len || s.ptr[i] != '{')
        return 0;
    while (i < s.len) {
        char c = s.ptr[i];
        if (c == '"') {
            size_t from = i + 1;
            i = string_end(s, i);
            size_t colon = skip_space(s, i);
            if (depth == 1 && colon < s.len && s.ptr[colon] == ':')
                tells |= key_tells(apd_str_from(s.ptr + from, i - from - 1));
            continue;
        }
        if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']') && --depth == 0)
            break;
        i++;
    }
    if (skip_space(s, i + 1) < s.len)
        return 0;
    return (tells & CODE) && (tells & REASON) ? tells | OURS | OF_PROFILE : tells;
}

/* The file may come with an ordinal in front of its name. */
static kind kind_by_name(apd_str path)
{
    int k = 0;
    while (k < NKINDS && !apd_iends(path, apd_str_of(kinds[k].file)))
        k++;
    return (kind)k;
}

/* Content first; the name decides where it does not. */
static kind kind_of(unsigned tells, apd_str path)
{
    unsigned sure = tells & (OF_PROFILE | OF_OFFLINE);
    if (sure == OF_PROFILE)
        return PROFILE;
    if (sure == OF_OFFLINE)
        return OFFLINE;
    kind named = kind_by_name(path);
    if (named != NKINDS)
        return named;
    return (tells & OF_REGION) && !(tells & OF_TENANT) ? CONCIERGE : PROFILE;
}

static int profile_bid(apd_bytes head, apd_str path)
{
    char buf[APD_HEAD_TEXT];
    apd_str s = apd_bytes_str(head);
    if (apd_json_bare_utf16(s))
        s = apd_str_from(buf, apd_utf16_to_utf8(apd_str_bytes(apd_sub(s, 0, APD_SNIFF)), buf));
    else
        (void)apd_text_head(head, buf, &s);
    if (keys_tell(s) & OURS)
        return BID_KEYS;
    return kind_by_name(path) != NKINDS ? BID_NAME : 0;
}

static void profile_close(apd_reader *r)
{
    if (!r)
        return;
    apd_textin_close(&r->text);
    free(r);
}

static apd_status profile_open(const apd_input *in, apd_reader **out, apd_error *err)
{
    apd_reader *r = calloc(1, sizeof *r);
    *out = NULL;
    if (!r)
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    apd_status st = apd_textin_open(&r->text, in->stream, err);
    if (st > APD_SKIPPED) {
        profile_close(r);
        return st;
    }
    r->in = *in;
    r->batch = apd_arena_mark(in->batch);
    *out = r;
    return APD_OK;
}

static apd_status profile_next(apd_reader *r, apd_event *ev, apd_error *err)
{
    apd_str json = {0};
    apd_jsonleaves l = {0};
    if (r->lost)
        return apd_jsonleaves_lost(&r->in, &r->lost, WHAT, err);
    if (r->done)
        return APD_END;
    r->done = true;
    apd_arena_rewind(r->in.batch, r->batch);
    APD_TRY(apd_jsonleaves_text(&r->in, &r->text, &json, err));
    apd_status st = apd_jsonleaves_read(&r->in, json, false, WHAT, &l, err);
    r->lost = l.lost;
    if (st != APD_OK)
        return st;
    kind k = kind_of(keys_tell(json), r->in.path);
    *ev = (apd_event){
        .time = APD_TIME_NONE,
        .clock = APD_CLOCK_NONE,
        .kind = APD_FACT,
        .log = apd_intern_add(r->in.names, apd_str_of(kinds[k].fact)),
        .fields = l.fields,
        .nfields = (uint32_t)l.n,
        .where = {.member = r->in.member, .record = 1},
    };
    return APD_OK;
}

const apd_parser apd_parser_profile = {
    .name = "autopilot-profile",
    .about = "the Autopilot profile, offline profile and self-deployment JSON documents, as facts",
    .bid = profile_bid,
    .open = profile_open,
    .next = profile_next,
    .close = profile_close,
};
