#include "tensor/shape.h"

#include <inttypes.h>
#include <string.h>

void tfg_shape_set_unknown(TfgShape *s)
{
    s->rank = -1;
}

void tfg_shape_set_scalar(TfgShape *s)
{
    s->rank = 0;
}

void tfg_shape_set(TfgShape *s, int rank, const int64_t *dims)
{
    s->rank = rank;
    for (int i = 0; i < rank; i++)
        s->dims[i] = dims[i];
}

void tfg_shape_copy(TfgShape *to, const TfgShape *from)
{
    tfg_shape_set(to, from->rank, from->dims);
}

void tfg_shape_from_dims(TfgShape *to, const TfgDims *from)
{
    if (from)
        tfg_shape_set(to, from->rank, from->dims);
    else
        tfg_shape_set_unknown(to);
}

const TfgDims *tfg_dims_new(TfgArena *a, const TfgShape *s)
{
    if (s->rank < 0)
        return NULL;
    size_t bytes = (size_t)s->rank * sizeof s->dims[0];
    TfgDims *d = tfg_arena_alloc(a, sizeof *d + bytes);
    if (!d)
        return NULL;
    d->rank = s->rank;
    memcpy(d->dims, s->dims, bytes);
    return d;
}

bool tfg_shape_is_full(const TfgShape *s)
{
    for (int i = 0; i < s->rank; i++)
        if (s->dims[i] < 0)
            return false;
    return s->rank >= 0;
}

bool tfg_shape_equal(const TfgShape *a, const TfgShape *b)
{
    if (a->rank != b->rank)
        return false;
    for (int i = 0; i < a->rank; i++)
        if (a->dims[i] != b->dims[i])
            return false;
    return true;
}

bool tfg_shape_compatible(const TfgShape *a, const TfgShape *b)
{
    if (a->rank < 0 || b->rank < 0)
        return true;
    if (a->rank != b->rank)
        return false;
    for (int i = 0; i < a->rank; i++)
        if (a->dims[i] >= 0 && b->dims[i] >= 0 && a->dims[i] != b->dims[i])
            return false;
    return true;
}

int tfg_shape_merge(TfgShape *into, const TfgShape *other)
{
    if (!tfg_shape_compatible(into, other))
        return -1;
    if (into->rank < 0)
        tfg_shape_copy(into, other);
    else if (other->rank >= 0)
        for (int i = 0; i < into->rank; i++)
            if (into->dims[i] < 0)
                into->dims[i] = other->dims[i];
    return 0;
}

int64_t tfg_shape_count(const TfgShape *s)
{
    if (!tfg_shape_is_full(s))
        return -1;
    int64_t n = 1;
    bool overflow = false;
    for (int i = 0; i < s->rank; i++) {
        if (s->dims[i] == 0)
            return 0;
        overflow = overflow || __builtin_mul_overflow(n, s->dims[i], &n);
    }
    return overflow ? -2 : n;
}

void tfg_shape_format(const TfgShape *s, TfgStr *out)
{
    if (s->rank < 0) {
        tfg_str_putc(out, '?');
        return;
    }
    tfg_str_putc(out, '[');
    for (int i = 0; i < s->rank; i++) {
        if (i)
            tfg_str_putc(out, ',');
        if (s->dims[i] < 0)
            tfg_str_putc(out, '?');
        else
            tfg_str_printf(out, "%" PRId64, s->dims[i]);
    }
    tfg_str_putc(out, ']');
}

void tfg_shape_format_python(const TfgShape *s, TfgStr *out)
{
    if (s->rank < 0) {
        tfg_str_puts(out, "<unknown>");
        return;
    }
    tfg_str_putc(out, '(');
    for (int i = 0; i < s->rank; i++) {
        if (i)
            tfg_str_puts(out, ", ");
        if (s->dims[i] < 0)
            tfg_str_putc(out, '?');
        else
            tfg_str_printf(out, "%" PRId64, s->dims[i]);
    }
    tfg_str_puts(out, s->rank == 1 ? ",)" : ")");
}

int tfg_shape_broadcast_known(TfgShape *out, int ra, const int64_t *a, int rb, const int64_t *b)
{
    int rank = ra > rb ? ra : rb;
    for (int i = 1; i <= rank; i++) {           /* from the last dimension */
        int64_t x = i <= ra ? a[ra - i] : 1, y = i <= rb ? b[rb - i] : 1;
        if (x != y && x != 1 && y != 1)
            return -1;
        out->dims[rank - i] = x == 1 ? y : x;
    }
    out->rank = rank;
    return 0;
}
