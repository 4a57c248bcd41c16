/* Standard output and standard error of `apdiag events`: large writes, one separator fewer than
 * records, silence once nobody reads. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cmd_events.h"
#include "limits.h"

static apd_status put(apd_events_sink *s, apd_str bytes)
{
    while (bytes.len && !s->closed && !s->failed) {
        ssize_t n = write(STDOUT_FILENO, bytes.ptr, bytes.len);
        if (n >= 0)
            bytes = apd_sub(bytes, (size_t)n, bytes.len);
        else if (errno == EPIPE)
            s->closed = true;
        else if (errno != EINTR)
            s->failed = errno;
    }
    return s->closed || s->failed ? APD_E_IO : APD_OK;
}

void apd_sink_head(apd_events_sink *s)
{
    (void)put(s, apd_events_head(s->form));
}

apd_status apd_sink_records(apd_events_sink *s, apd_str records)
{
    if (records.len && !s->begun) {
        records = apd_sub(records, apd_events_between(s->form).len, records.len);
        s->begun = true;
    }
    return put(s, records);
}

void apd_sink_problems(apd_events_sink *s, apd_str lines)
{
    while (lines.len) {
        size_t n = apd_find(lines, APD_LIT("\n")) + 1;
        if (s->problems++ < APD_MAX_PROBLEMS)
            fwrite(lines.ptr, 1, n, stderr);
        lines = apd_sub(lines, n, lines.len);
    }
}

void apd_sink_tail(apd_events_sink *s)
{
    (void)put(s, apd_events_tail(s->form, s->begun));
    if (s->problems > APD_MAX_PROBLEMS)
        fprintf(stderr, "apdiag: and %llu more that could not be read\n",
                (unsigned long long)(s->problems - APD_MAX_PROBLEMS));
}
