#include "graph/einsum.h"

#include <string.h>

#include "base/status.h"

static const char *find(TfgBytes in, const char *text, size_t n)
{
    for (size_t i = 0; i + n <= in.n; i++)
        if (memcmp(in.data + i, text, n) == 0)
            return in.data + i;
    return NULL;
}

int tfg_einsum_ellipsis(TfgBytes subscript)
{
    const char *at = find(subscript, "...", 3);
    return at ? (int)(at - subscript.data) : -1;
}

bool tfg_einsum_has(TfgBytes subscript, char label) { return subscript.n && memchr(subscript.data, label, subscript.n); }

static int check_ellipsis(TfgBytes subscript, TfgStatus *s)
{
    int periods = 0;
    for (size_t i = 0; i < subscript.n; i++)
        periods += subscript.data[i] == '.';
    if (periods == 0 || (periods == 3 && tfg_einsum_ellipsis(subscript) >= 0))
        return 0;
    return tfg_fail(s, TFG_INVALID_ARGUMENT, periods == 3 ? "Expected at most one ellipsis (...), but found %d separate periods (.) in the input subscript: %.*s"
                    : "Expected at most one ellipsis (...), but found %d periods (.) in the input subscript: %.*s",
                    periods, (int)subscript.n, subscript.data);
}

static int split(TfgBytes equation, TfgEinsum *e, TfgStatus *s)
{
    const char *arrow = find(equation, "->", 2), *end = equation.data + equation.n;
    if (!arrow || find((TfgBytes){arrow + 2, (size_t)(end - arrow) - 2}, "->", 2))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expecting exactly one '->' in einsum equation: %.*s", (int)equation.n, equation.data);
    e->out = (TfgBytes){arrow + 2, (size_t)(end - arrow) - 2};
    const char *begin = equation.data;
    e->n_in = 0;
    for (const char *p = begin; p <= arrow; p++)
        if (p == arrow || *p == ',') {
            if (e->n_in < 2)
                e->in[e->n_in] = (TfgBytes){begin, (size_t)(p - begin)};
            e->n_in++;
            begin = p + 1;
        }
    return e->n_in <= 2 ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "Expecting 1 or 2 input subscripts in equation '%.*s' but got: %d", (int)equation.n,
                                       equation.data, e->n_in);
}

int tfg_einsum_parse(TfgBytes equation, int n_in, TfgEinsum *e, TfgStatus *s)
{
    if (equation.n > 4096)      /* far more labels than a tensor has dimensions */
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "einsum equation of %lld characters is too long", (long long)equation.n);
    if (split(equation, e, s) < 0)
        return -1;
    if (n_in < 1 || n_in > 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected either 1 or 2 inputs but got: %d", n_in);
    if (n_in != e->n_in)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected %d inputs for equation %.*s but got: %d", e->n_in, (int)equation.n, equation.data, n_in);
    for (int i = 0; i < n_in; i++)
        if (check_ellipsis(e->in[i], s) < 0)
            return -1;
    return check_ellipsis(e->out, s);
}

int tfg_einsum_check_result(const TfgEinsum *e, TfgBytes equation, TfgStatus *s)
{
    for (size_t i = 0; i < e->out.n; i++) {
        char label = e->out.data[i];
        if (label != '.' && !tfg_einsum_has(e->in[0], label) && !(e->n_in == 2 && tfg_einsum_has(e->in[1], label)))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Einsum output subscripts for equation '%.*s' has label '%c' which is not present in the input "
                            "subscripts", (int)equation.n, equation.data, label);
    }
    return 0;
}
