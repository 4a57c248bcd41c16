/* MDMDiagReport.xml: what device management knows of a device, as facts.
 *
 * The report is a tree without attributes, and each Windows adds to it; so nothing here depends on a
 * fixed list of elements. An element that holds elements is an object, and its leaves are the fields
 * of one fact. The first leaf of each object around it (EnrollmentId, PolicyScope, PolicyAreaName,
 * PackageId, Component…) says what it belongs to and is a field too. The table names the objects
 * that rules ask for; every other one is a fact mdm.report with its Path, so that nothing is lost.
 * The layout follows reports of Windows 10 1909, 11 22H2 and 11 24H2; that of apps and certificates
 * is known from descriptions only. */
#include "parsers.h"

#include <stdlib.h>

#include "limits.h"
#include "textin.h"
#include "xml.h"

#define ROOT "MDMEnterpriseDiagnosticsReport"

enum { BID_ROOT = 95, BID_NAME = 60, PATH_BYTES = 4096 };
enum { MAX_AROUND = 8 }; /* objects around one that it names; reports have 4 */

typedef enum shape {
    ONE,   /* one fact for its leaves */
    WHOLE, /* one fact for everything below, by dotted path */
    EACH,  /* behind the first leaf each one is a setting and its value */
    GROUP  /* the same, with NAME_WinningProvider and the like beside NAME */
} shape;

typedef struct row {
    const char *path; /* below the root; may hold wildcards */
    const char *fact;
    const char *state; /* of a policy */
    shape shape;
} row;

static const row rows[] = {
    {"SystemInformation", "mdm.report.system", NULL, ONE},
    {"Enrollments/Enrollment", "mdm.report.enrollment", NULL, WHOLE},
    {"Enrollments/EnrollmentStatus", "mdm.report.enrollment-status", NULL, ONE},
    {"PolicyManager/ConfigSource/PolicyScope/Area", "mdm.report.policy", "configured", EACH},
    {"PolicyManager/CurrentPolicies/CurrentPolicyValues", "mdm.report.policy", "current", GROUP},
    {"PolicyManager/RedirectedPolicies/Data", "mdm.report.policy", "redirected", ONE},
    {"PolicyManager/GroupPolicies/Data", "mdm.report.policy", "group", ONE},
    {"PolicyManager*/AreaMetadata/PolicyMetadata", "mdm.report.policy-metadata", NULL, ONE},
    {"EnterpriseDesktopAppManagementinfo/MsiInstallations/TargetedUser/Package/Details",
     "mdm.report.app", NULL, ONE},
    {"ProvisioningResults/Result*", "mdm.report.provisioning", NULL, ONE},
    {"Schedules/Folder/Task", "mdm.report.task", NULL, ONE},
    {"Diagnostics/ErrorLog*", "mdm.report.error-log", NULL, ONE},
    {"SCEP/*", "mdm.report.certificate", NULL, WHOLE},
    {"*Certificate", "mdm.report.certificate", NULL, WHOLE},
};

static const row general = {"", "mdm.report", NULL, ONE};

/* One name for one thing, whatever part of the report it stands in. */
static const char *const policy_names[][2] = {
    {"PolicyAreaName", "Area"}, {"AreaName", "Area"},     {"PolicyName", "Policy"},
    {"PolicyValue", "Value"},   {"PolicyScope", "Scope"},
};

static const char *const suffixes[] = {"_WinningProvider", "_ProviderSet", "_LastWrite"};

typedef struct leaf {
    apd_sym name;
    apd_str value;
} leaf;

typedef struct frame {
    apd_sym name;
    size_t path; /* length of the path with this element */
    bool object; /* it holds elements */
    bool said;   /* a fact of an object in it carries its first leaf */
    const row *row;
    apd_mark mark; /* of `open` before it */
    APD_VEC(leaf) leaves;
} frame;

struct apd_reader {
    apd_input in;
    apd_xml *xml;
    apd_facts facts;
    apd_arena *open; /* the leaves of the frames, last in first out */
    frame frames[APD_MAX_XML_DEPTH];
    size_t depth;
    size_t whole; /* depth of the frame that takes all leaves below it; 0 none */
    char path[PATH_BYTES];
    char *text; /* of the element at hand; APD_MAX_XML_TEXT bytes */
    size_t text_len;
    bool text_cut;
    uint32_t new_names; /* that it may still add */
    uint64_t lost, lost_line;
};

static void lose(apd_reader *r)
{
    if (r->lost++ == 0)
        r->lost_line = apd_xml_line(r->xml);
}

static apd_sym name_of(apd_reader *r, apd_str s)
{
    return apd_intern_some(r->in.names, s, &r->new_names);
}

static frame *top(apd_reader *r)
{
    return &r->frames[r->depth - 1];
}

/* The path of a frame without the root. */
static apd_str path_of(const apd_reader *r, const frame *f)
{
    size_t root = r->frames[0].path;
    return f->path > root ? apd_str_from(r->path + root + 1, f->path - root - 1) : APD_LIT("");
}

static const row *row_for(apd_str path)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (apd_glob(apd_str_of(rows[i].path), path, true))
            return &rows[i];
    return &general;
}

/* --- collecting --- */

static bool add_leaf(apd_reader *r, frame *owner, apd_sym name, apd_str value)
{
    if (!name || owner->leaves.n == APD_MAX_FIELDS ||
        apd_arena_used(r->open) + value.len > APD_MAX_XML_OBJECT) {
        lose(r);
        return true;
    }
    leaf l = {name, apd_strdup_a(r->open, value)};
    return (l.value.ptr || value.len == 0) && APD_PUSH(r->open, owner->leaves, l);
}

/* "FirstSync.Status" for a leaf two levels below the frame that takes it. */
static apd_sym dotted_name(apd_reader *r, const frame *owner, const frame *f)
{
    char name[APD_MAX_NAME_BYTES];
    apd_str s = {r->path + owner->path + 1, f->path - owner->path - 1};
    if (f->path <= owner->path || s.len > sizeof name)
        return 0;
    for (size_t i = 0; i < s.len; i++)
        name[i] = s.ptr[i] == '/' ? '.' : s.ptr[i];
    return name_of(r, apd_str_from(name, s.len));
}

static bool end_leaf(apd_reader *r)
{
    if (r->depth == 1)
        return true;
    frame *f = top(r), *owner = r->whole ? &r->frames[r->whole - 1] : f - 1;
    apd_str value = apd_trim(apd_str_from(r->text, r->text_len));
    return add_leaf(r, owner, r->whole ? dotted_name(r, owner, f) : f->name, value);
}

static void drop_text(apd_reader *r)
{
    r->text_len = 0;
    r->text_cut = false;
}

/* Text beside elements; the report has none but blanks. */
static bool keep_stray_text(apd_reader *r)
{
    apd_str s = apd_trim(apd_str_from(r->text, r->text_len));
    drop_text(r);
    return s.len == 0 || add_leaf(r, top(r), apd_intern_add(r->in.names, APD_LIT("Text")), s);
}

static bool become_object(apd_reader *r, frame *f)
{
    if (!f->object && !r->whole) {
        f->row = r->depth > 1 ? row_for(path_of(r, f)) : &general;
        if (f->row->shape == WHOLE)
            r->whole = r->depth;
    }
    f->object = true;
    return keep_stray_text(r);
}

/* --- facts --- */

static apd_field field_of(apd_sym name, apd_str value)
{
    apd_field f = {.name = name, .type = value.len ? APD_T_UTF8 : APD_T_NONE};
    if (value.len)
        f.as.raw = apd_str_bytes(value);
    return f;
}

static apd_sym policy_name(apd_reader *r, apd_sym name)
{
    apd_str text = apd_sym_text(r->in.names, name);
    for (size_t i = 0; i < sizeof policy_names / sizeof *policy_names; i++)
        if (apd_ieq(text, apd_str_of(policy_names[i][0])))
            return apd_intern_add(r->in.names, apd_str_of(policy_names[i][1]));
    return name;
}

typedef struct fields {
    apd_reader *r;
    apd_field *at;
    size_t n;
    bool policy; /* names are those of policies */
} fields;

/* Room for `own` fields, and for what the objects around add. */
static bool fields_new(fields *l, apd_reader *r, const row *w, size_t own)
{
    *l = (fields){.r = r, .policy = apd_istarts(apd_str_of(w->fact), APD_LIT("mdm.report.policy"))};
    l->at = APD_NEWS(r->in.batch, apd_field, own + MAX_AROUND + 2);
    return l->at != NULL;
}

static bool put(fields *l, apd_sym name, apd_str value)
{
    apd_str copy = apd_strdup_a(l->r->in.batch, value);
    l->at[l->n++] = field_of(l->policy ? policy_name(l->r, name) : name, copy);
    return copy.ptr || value.len == 0;
}

static bool put_named(fields *l, const char *name, apd_str value)
{
    return put(l, apd_intern_add(l->r->in.names, apd_str_of(name)), value);
}

/* What the objects around it are about, the nearest first. */
static bool put_around(fields *l, size_t depth)
{
    for (size_t d = depth - 1; d > 1 && depth - d <= MAX_AROUND; d--) {
        frame *f = &l->r->frames[d - 1];
        if (!f->leaves.n || f->leaves.at[0].value.len > APD_MAX_XML_KEY)
            continue;
        if (!put(l, f->leaves.at[0].name, f->leaves.at[0].value))
            return false;
        f->said = true;
    }
    return true;
}

static bool finish(fields *l, const frame *f, size_t depth)
{
    apd_reader *r = l->r;
    return put_around(l, depth) &&
           (!f->row->state || put_named(l, "State", apd_str_of(f->row->state))) &&
           apd_facts_add(&r->facts, f->row->fact, apd_xml_line(r->xml), l->at, l->n);
}

static bool emit_one(apd_reader *r, const frame *f)
{
    fields l;
    if (!fields_new(&l, r, f->row, f->leaves.n))
        return false;
    if (f->row == &general && !put_named(&l, "Path", path_of(r, f)))
        return false;
    for (size_t i = 0; i < f->leaves.n; i++)
        if (!put(&l, f->leaves.at[i].name, f->leaves.at[i].value))
            return false;
    return finish(&l, f, r->depth);
}

/* The name of a setting without what is said of it; *of: what that is. */
static apd_str setting_of(apd_str name, const char **of)
{
    *of = "Value";
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (apd_iends(name, apd_str_of(suffixes[i]))) {
            *of = suffixes[i] + 1;
            return apd_sub(name, 0, name.len - strlen(suffixes[i]));
        }
    return name;
}

typedef struct setting {
    apd_str policy;
    const char *of;
    apd_str value;
    size_t order;
} setting;

static int by_policy(const void *x, const void *y)
{
    const setting *a = x, *b = y;
    int c = apd_cmp(a->policy, b->policy);
    return c ? c : a->order < b->order ? -1 : 1;
}

/* One fact for neighbours of one policy. The first leaf, the area, goes into each, so it must be short. */
static bool emit_setting(apd_reader *r, const frame *f, const setting *s, size_t n)
{
    fields l;
    if (!fields_new(&l, r, f->row, n + 2) || !put_named(&l, "Policy", s->policy))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!put_named(&l, s[i].of, s[i].value))
            return false;
    apd_str area = apd_text_prefix(f->leaves.at[0].value, APD_MAX_XML_KEY);
    return put(&l, f->leaves.at[0].name, area) && finish(&l, f, r->depth);
}

static bool emit_settings(apd_reader *r, const frame *f)
{
    size_t n = f->leaves.n - 1;
    setting *list = APD_NEWS(r->in.batch, setting, n + 1);
    if (!list)
        return false;
    if (f->leaves.at[0].value.len > APD_MAX_XML_KEY)
        lose(r);
    for (size_t i = 0; i < n; i++) {
        const leaf *l = &f->leaves.at[i + 1];
        list[i] = (setting){apd_sym_text(r->in.names, l->name), "Value", l->value, i};
        if (f->row->shape == GROUP)
            list[i].policy = setting_of(list[i].policy, &list[i].of);
    }
    if (f->row->shape == GROUP && n)
        qsort(list, n, sizeof *list, by_policy);
    for (size_t from = 0, to; from < n; from = to) {
        to = from + 1;
        while (f->row->shape == GROUP && to < n && apd_eq(list[to].policy, list[from].policy))
            to++;
        if (!emit_setting(r, f, list + from, to - from))
            return false;
    }
    return true;
}

static bool end_object(apd_reader *r)
{
    frame *f = top(r);
    if (!keep_stray_text(r))
        return false;
    if (r->whole && r->whole < r->depth)
        return true;
    r->whole = 0;
    if (f->leaves.n == 0 || (f->leaves.n == 1 && f->said && f->row == &general))
        return true;
    return f->row->shape == EACH || f->row->shape == GROUP ? emit_settings(r, f) : emit_one(r, f);
}

/* --- what the XML says --- */

static bool on_start(void *ctx, apd_str name, const apd_xml_attr *attrs, size_t n)
{
    apd_reader *r = ctx;
    frame *outer = r->depth ? top(r) : NULL;
    size_t path = outer ? outer->path : 0;
    if (outer && !become_object(r, outer))
        return false;
    frame *f = &r->frames[r->depth++];
    *f = (frame){.name = name_of(r, name), .mark = apd_arena_mark(r->open)};
    f->path = path;
    if (path + 1 + name.len < PATH_BYTES) {
        r->path[path] = '/';
        memcpy(r->path + path + 1, name.ptr, name.len);
        f->path += 1 + name.len;
    }
    drop_text(r);
    for (size_t i = 0; i < n; i++) {
        apd_sym attr = name_of(r, attrs[i].name);
        if (!become_object(r, f) ||
            !add_leaf(r, r->whole ? &r->frames[r->whole - 1] : f, attr, attrs[i].value))
            return false;
    }
    return true;
}

static bool on_text(void *ctx, apd_str text)
{
    apd_reader *r = ctx;
    if (r->text_cut)
        return true;
    if (text.len > APD_MAX_XML_TEXT - r->text_len) {
        text = apd_text_prefix(text, APD_MAX_XML_TEXT - r->text_len);
        r->text_cut = true;
        lose(r);
    }
    memcpy(r->text + r->text_len, text.ptr, text.len);
    r->text_len += text.len;
    return true;
}

static bool on_end(void *ctx)
{
    apd_reader *r = ctx;
    frame *f = top(r);
    if (!(f->object ? end_object(r) : end_leaf(r)))
        return false;
    /* What a leaf gave to the frame around it lies behind its mark, and so does what is below a
     * frame that takes everything. */
    if (f->object && !r->whole)
        apd_arena_rewind(r->open, f->mark);
    drop_text(r);
    r->depth--;
    return true;
}

/* --- the reader --- */

static int report_bid(apd_bytes head, apd_str path)
{
    char buf[APD_HEAD_TEXT];
    apd_str s;
    if (!apd_text_head(head, buf, &s) || s.len == 0)
        return 0;
    s = apd_trim(s);
    if (s.len == 0 || s.ptr[0] != '<')
        return 0;
    if (apd_find(apd_sub(s, 0, 1024), APD_LIT("<" ROOT)) != SIZE_MAX)
        return BID_ROOT;
    return apd_iends(path, APD_LIT("MDMDiagReport.xml")) ? BID_NAME : 0;
}

static void report_close(apd_reader *r)
{
    if (!r)
        return;
    apd_xml_close(r->xml);
    apd_arena_free(r->open);
    free(r->text);
    free(r);
}

static apd_status report_open(const apd_input *in, apd_reader **out, apd_error *err)
{
    apd_reader *r = calloc(1, sizeof *r);
    *out = NULL;
    if (!r)
        return apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    const apd_xml_handler h = {on_start, on_text, on_end, r};
    r->in = *in;
    r->new_names = APD_MAX_XML_NAMES;
    r->open = apd_arena_new(0);
    r->text = malloc(APD_MAX_XML_TEXT);
    apd_facts_init(&r->facts, in);
    apd_status st = r->open && r->text ? apd_xml_open(in->stream, in->member, &h, &r->xml, err)
                                       : apd_fail(err, APD_E_NOMEM, APD_NOWHERE, "out of memory");
    if (st != APD_OK) {
        report_close(r);
        return st;
    }
    *out = r;
    return APD_OK;
}

static apd_status say_lost(apd_reader *r, apd_error *err)
{
    uint64_t lost = r->lost;
    apd_where where = {.member = r->in.member, .record = r->lost_line};
    r->lost = 0;
    return apd_fail(err, APD_SKIPPED, where,
                    "%llu values were cut or left out, the first at line %llu: longer than %u KiB, "
                    "or too many of them in one element",
                    (unsigned long long)lost, (unsigned long long)where.record,
                    APD_MAX_XML_TEXT >> 10);
}

static apd_status report_next(apd_reader *r, apd_event *ev, apd_error *err)
{
    apd_status st = apd_xml_facts(r->xml, &r->facts, ev, err);
    return st == APD_END && r->lost ? say_lost(r, err) : st;
}

const apd_parser apd_parser_mdmreport = {
    .name = "mdm-report",
    .about = "MDMDiagReport.xml: enrolments, policies, apps and certificates, as facts",
    .bid = report_bid,
    .open = report_open,
    .next = report_next,
    .close = report_close,
};
