#include "status.h"

#include <stdio.h>

apd_status apd_fail(apd_error *err, apd_status status, apd_where where, const char *fmt, ...)
{
    if (err) {
        va_list ap;
        va_start(ap, fmt);
        err->status = status;
        err->where = where;
        vsnprintf(err->text, sizeof err->text, fmt, ap);
        va_end(ap);
    }
    return status;
}
