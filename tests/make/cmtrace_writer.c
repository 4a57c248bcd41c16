#include "text_writers.h"

void mk_cmtrace_write(mk_out *o, const mk_scenario *s, apd_str log)
{
    for (size_t i = 0; i < s->lines.n; i++) {
        const mk_line *l = &s->lines.at[i];
        if (!apd_eq(l->log, log))
            continue;
        apd_civil t = apd_time_civil(mk_local(s, l->time));
        mk_str(o, APD_LIT("<![LOG["));
        mk_str(o, l->message);
        mk_printf(o, "]LOG]!><time=\"%02d:%02d:%02d.%07d\" date=\"%d-%d-%d\" component=\"", t.hour,
                  t.minute, t.second, (int)t.fraction, t.month, t.day, t.year);
        mk_str(o, l->component);
        mk_printf(o, "\" context=\"\" type=\"%u\" thread=\"%u\" file=\"\">\r\n", l->type,
                  l->thread);
    }
}
