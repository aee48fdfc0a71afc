#include "graph/infer.h"

#include "base/status.h"

#define BAD TFG_INVALID_ARGUMENT

int tfg_want_rank(const TfgShape *in, int rank, TfgShape *out, TfgStatus *s)
{
    if (in->rank >= 0 && in->rank != rank)
        return tfg_fail(s, BAD, "Shape must be rank %d but is rank %d", rank, (int)in->rank);
    if (!out)
        return 0;
    if (in->rank >= 0) {
        tfg_shape_copy(out, in);
        return 0;
    }
    out->rank = rank;
    for (int i = 0; i < rank; i++)
        out->dims[i] = -1;
    return 0;
}

int tfg_want_rank_at_least(const TfgShape *in, int rank, TfgStatus *s)
{
    if (in->rank >= 0 && in->rank < rank)
        return tfg_fail(s, BAD, "Shape must be at least rank %d but is rank %d", rank, (int)in->rank);
    return 0;
}

int tfg_want_rank_at_most(const TfgShape *in, int rank, TfgStatus *s)
{
    if (in->rank >= 0 && in->rank > rank)
        return tfg_fail(s, BAD, "Shape must be at most rank %d but is rank %d", rank, (int)in->rank);
    return 0;
}

int tfg_merge_dim(int64_t a, int64_t b, int64_t *out, TfgStatus *s)
{
    if (a >= 0 && b >= 0 && a != b)
        return tfg_fail(s, BAD, "Dimensions must be equal, but are %lld and %lld", (long long)a, (long long)b);
    *out = a >= 0 ? a : b;
    return 0;
}

static int fail_merge(const TfgShape *a, const TfgShape *b, int i, TfgStatus *s)
{
    TfgStr text = TFG_STR_INIT;
    tfg_shape_format(a, &text);
    tfg_str_puts(&text, " and ");
    tfg_shape_format(b, &text);
    tfg_fail(s, BAD, "Dimension %d in both shapes must be equal, but are %lld and %lld. Shapes are %s.", i,
             (long long)a->dims[i], (long long)b->dims[i], tfg_str_text(&text));
    tfg_str_fini(&text);
    return -1;
}

int tfg_merge_shape(const TfgShape *a, const TfgShape *b, TfgShape *out, TfgStatus *s)
{
    if (a->rank < 0 || b->rank < 0) {
        tfg_shape_copy(out, a->rank < 0 ? b : a);
        return 0;
    }
    if (a->rank != b->rank)
        return tfg_fail(s, BAD, "Shapes must be equal rank, but are %d and %d", (int)a->rank, (int)b->rank);
    for (int i = 0; i < a->rank; i++)
        if (a->dims[i] >= 0 && b->dims[i] >= 0 && a->dims[i] != b->dims[i])
            return fail_merge(a, b, i, s);
    for (int i = 0; i < a->rank; i++)
        out->dims[i] = a->dims[i] >= 0 ? a->dims[i] : b->dims[i];
    out->rank = a->rank;
    return 0;
}

int tfg_want_dim(int64_t dim, int64_t value, TfgStatus *s)
{
    if (dim >= 0 && dim != value)
        return tfg_fail(s, BAD, "Dimension must be %lld but is %lld", (long long)value, (long long)dim);
    return 0;
}

int64_t tfg_dim(const TfgShape *s, int i)
{
    if (s->rank < 0)
        return -1;
    if (i < 0)
        i += s->rank;
    return i >= 0 && i < s->rank ? s->dims[i] : -1;
}

int64_t tfg_add_dim(int64_t a, int64_t b)
{
    int64_t sum;
    return a < 0 || b < 0 || __builtin_add_overflow(a, b, &sum) ? -1 : sum;
}

int64_t tfg_multiply_dim(int64_t a, int64_t b)
{
    int64_t product;
    if (a == 0 || b == 0)
        return 0;
    return a < 0 || b < 0 || __builtin_mul_overflow(a, b, &product) ? -1 : product;
}

int tfg_divide_dim(int64_t a, int64_t b, bool evenly, int64_t *out, TfgStatus *s)
{
    if (b == 1) {
        *out = a;
        return 0;
    }
    if (b == 0)
        return tfg_fail(s, BAD, "Divisor must be positive but is 0");
    if (a < 0 || b < 0) {
        *out = -1;
        return 0;
    }
    if (evenly && a % b != 0)
        return tfg_fail(s, BAD, "Dimension size must be evenly divisible by %lld but is %lld", (long long)b, (long long)a);
    *out = a / b;
    return 0;
}

int tfg_concat_shape(const TfgShape *a, const TfgShape *b, TfgShape *out)
{
    if (a->rank < 0 || b->rank < 0 || a->rank + b->rank > TFG_MAX_RANK) {
        tfg_shape_set_unknown(out);
        return 0;
    }
    TfgShape joined;
    tfg_shape_copy(&joined, a);
    for (int i = 0; i < b->rank; i++)
        joined.dims[joined.rank++] = b->dims[i];
    tfg_shape_copy(out, &joined);
    return 0;
}

static int clamp(int i, int rank)
{
    if (i < 0)
        i += rank;
    return i < 0 ? 0 : i > rank ? rank : i;
}

int tfg_sub_shape(const TfgShape *s, int begin, int end, TfgShape *out)
{
    if (s->rank < 0) {
        tfg_shape_set_unknown(out);
        return 0;
    }
    begin = clamp(begin, s->rank);
    end = clamp(end, s->rank);
    int n = end > begin ? end - begin : 0;
    for (int i = 0; i < n; i++)         /* out may be s: dims move to the front */
        out->dims[i] = s->dims[begin + i];
    out->rank = n;
    return 0;
}

/* An unknown size against a known one: above 1 the known one is the result, since anything else would fail when run. */
static int broadcast_dim(int64_t x, int64_t y, int64_t *out, TfgStatus *s)
{
    if (x >= 0 && y >= 0) {
        if (x == 1 || y == 1) {
            *out = x == 1 ? y : x;
            return 0;
        }
        return tfg_merge_dim(x, y, out, s);
    }
    int64_t known = x >= 0 ? x : y;
    *out = known > 1 ? known : -1;
    return 0;
}

int tfg_broadcast_shape(const TfgShape *a, const TfgShape *b, TfgShape *out, TfgStatus *s)
{
    if (a->rank < 0 || b->rank < 0) {
        tfg_shape_set_unknown(out);
        return 0;
    }
    TfgShape result;
    result.rank = a->rank > b->rank ? a->rank : b->rank;
    for (int i = 0; i < result.rank; i++) {
        int ia = i - (result.rank - a->rank), ib = i - (result.rank - b->rank);
        if (broadcast_dim(ia < 0 ? 1 : a->dims[ia], ib < 0 ? 1 : b->dims[ib], &result.dims[i], s) < 0)
            return -1;
    }
    tfg_shape_copy(out, &result);
    return 0;
}
