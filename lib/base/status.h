/* Outcomes and errors.
 *
 * Every fallible call returns an apd_status. Three of them are not failures: APD_OK, APD_END
 * (nothing more comes) and APD_SKIPPED (one record was lost, the error says which; go on).
 * The sentence in an apd_error is written by the function that knows what happened; callers
 * add the place, not more prose. */
#ifndef APD_STATUS_H
#define APD_STATUS_H

#include <stdarg.h>
#include <stdint.h>

#if defined(__GNUC__) || defined(__clang__)
#define APD_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define APD_MUST_USE __attribute__((warn_unused_result))
#define APD_INLINE static inline __attribute__((always_inline)) /* where a call would cost more */
#else
#define APD_PRINTF(fmt, first)
#define APD_MUST_USE
#define APD_INLINE static inline
#endif

typedef enum apd_status {
    APD_OK,
    APD_END,     /* no more records, bytes or members */
    APD_SKIPPED, /* one record or member was lost; the next call goes on behind it */
    APD_E_DAMAGED,
    APD_E_UNSUPPORTED,
    APD_E_LIMIT,
    APD_E_IO,
    APD_E_NOMEM,
    APD_E_RULE,
    APD_E_USAGE
} apd_status;

/* Enough to find the bytes of a record again. */
typedef struct apd_where {
    uint32_t member; /* index of the file within its bundle */
    uint32_t len;    /* bytes of the record, 0 = unknown */
    uint64_t record; /* EventRecordID, or the line or record number counted from 1; 0 = the file */
    uint64_t offset; /* first byte of the record in the (unpacked) file */
} apd_where;

#define APD_NOWHERE ((apd_where){0, 0, 0, 0})

typedef struct apd_error {
    apd_status status;
    apd_where where;
    char text[232]; /* one sentence, NUL-terminated, without a trailing full stop */
} apd_error;

/* Fills err (which may be NULL) and returns status, so that `return apd_fail(...)` reads well. */
apd_status apd_fail(apd_error *err, apd_status status, apd_where where, const char *fmt, ...)
    APD_PRINTF(4, 5);

/* Passes real errors up; APD_OK, APD_END and APD_SKIPPED fall through. */
#define APD_TRY(expr)                                                                              \
    do {                                                                                           \
        apd_status apd_s_ = (expr);                                                                \
        if (apd_s_ > APD_SKIPPED)                                                                  \
            return apd_s_;                                                                         \
    } while (0)

#endif
