/* What kernels over strings share. */
#ifndef TFG_KERNELS_STRING_H
#define TFG_KERNELS_STRING_H

#include "base/memory.h"
#include "base/status.h"
#include "kernels/util.h"

#define TFG_STRING_GRAIN 256            /* elements that a thread takes at once */

static inline const TfgString *tfg_strings(const TfgTensor *t) { return t->data; }
static inline TfgString *tfg_strings_mut(TfgTensor *t) { return t->data; }

static inline int tfg_string_put(TfgString *e, const char *data, size_t n, TfgStatus *s)
{
    return tfg_string_set(e, data, n) < 0 ? tfg_fail_memory(s) : 0;
}

/* Puts what a buffer holds, and empties the buffer. */
static inline int tfg_string_take(TfgString *e, TfgStr *text, TfgStatus *s)
{
    int rc = text->failed ? tfg_fail_memory(s) : tfg_string_put(e, text->data, text->n, s);
    tfg_str_clear(text);
    return rc;
}

static inline bool tfg_is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* Length of the string without white space at its ends, which begins at *first. */
static inline size_t tfg_string_trim(const TfgString *e, size_t *first)
{
    size_t end = e->n;
    *first = 0;
    while (*first < end && tfg_is_space(e->data[*first]))
        ++*first;
    while (end > *first && tfg_is_space(e->data[end - 1]))
        end--;
    return end - *first;
}

/* string_number.c: n bytes as a number, white space around it; false where they are none.  A real number has at most 31 bytes, ends at a
 * zero byte, and may be hexadecimal digits, inf or nan. */
bool tfg_parse_real(const char *text, size_t n, bool narrow, double *out);
bool tfg_parse_integer(const char *text, size_t n, int64_t least, int64_t most, int64_t *out);

/* Output 0 has the shape of input 0, and fn fills in elements [begin, end) of it. */
int tfg_string_map(TfgKernelCall *c, TfgTryRangeFn fn, TfgStatus *s);

int tfg_register_kernels_string(TfgStatus *s);
int tfg_register_string_convert(TfgStatus *s);
int tfg_register_string_encoding(TfgStatus *s);
int tfg_register_string_format(TfgStatus *s);
int tfg_register_string_hash(TfgStatus *s);
int tfg_register_string_join(TfgStatus *s);
int tfg_register_string_regex(TfgStatus *s);
int tfg_register_string_split(TfgStatus *s);
int tfg_register_string_unicode(TfgStatus *s);

#endif
