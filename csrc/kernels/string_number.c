/* Numbers in text, as TensorFlow 1.12 reads them. */
#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "kernels/string.h"

static size_t spaces(const char *text, size_t n)
{
    size_t i = 0;
    while (i < n && tfg_is_space(text[i]))
        i++;
    return i;
}

static size_t digits(const char *text)
{
    size_t i = 0;
    while (isdigit((unsigned char)text[i]))
        i++;
    return i;
}

/* Length of the number that `text` begins with, without a sign; 0 where there is none. */
static size_t unsigned_real(const char *text)
{
    if (strncasecmp(text, "inf", 3) == 0 || strncasecmp(text, "nan", 3) == 0)
        return 3;
    if (text[0] == '0' && (text[1] | 0x20) == 'x') {
        size_t n = 2;
        while (isxdigit((unsigned char)text[n]))
            n++;
        return n > 2 ? n : 0;
    }
    size_t whole = digits(text), part = text[whole] == '.' ? digits(text + whole + 1) : 0;
    size_t n = whole + (text[whole] == '.') + part;
    if (whole + part == 0)
        return 0;
    if ((text[n] | 0x20) != 'e')
        return n;
    size_t sign = text[n + 1] == '+' || text[n + 1] == '-', exponent = digits(text + n + 1 + sign);
    return exponent ? n + 1 + sign + exponent : 0;
}

#define MOST_BYTES 31           /* of a real number, what stands around it included */

bool tfg_parse_real(const char *text, size_t n, bool narrow, double *out)
{
    char copy[MOST_BYTES + 1];
    n = n ? strnlen(text, n) : 0;
    if (n == 0 || n > MOST_BYTES)
        return false;
    memcpy(copy, text, n);
    copy[n] = 0;
    size_t begin = spaces(copy, n), sign = copy[begin] == '-' || copy[begin] == '+', length = unsigned_real(copy + begin + sign);
    *out = 0;
    if (begin == n)
        return true;            /* nothing but white space is 0 */
    size_t end = begin + sign + length;
    if (length == 0 || end + spaces(copy + end, n - end) != n)
        return false;
    copy[end] = 0;
    *out = narrow ? (double)strtof(copy + begin, NULL) : strtod(copy + begin, NULL);
    return true;
}

bool tfg_parse_integer(const char *text, size_t n, int64_t least, int64_t most, int64_t *out)
{
    size_t i = spaces(text, n);
    bool negative = i < n && text[i] == '-';
    i += negative;
    int64_t value = 0;          /* negative all the way: there is one more of those */
    size_t first = i;
    for (; i < n && text[i] >= '0' && text[i] <= '9'; i++)
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, text[i] - '0', &value))
            return false;
    if (i == first || i + spaces(text + i, n - i) != n || (!negative && value < -most))
        return false;
    *out = negative ? value : -value;
    return *out >= least && *out <= most;
}
