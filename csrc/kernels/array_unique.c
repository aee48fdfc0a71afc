/* Unique in its four forms and ListDiff: elements, or slices along one axis, told apart by a hash table. */
#include "base/memory.h"
#include "base/status.h"
#include "base/str.h"
#include "kernels/isa.h"
#include "kernels/util.h"

/* Slices of `inner` runs of elements; two are equal where all their elements are.  -0 equals 0, and NaN equals nothing. */
typedef struct Slices {
    const TfgTensor *t;
    int64_t outer, n, inner;    /* slice i: elements [o, i, k] */
} Slices;

static bool is_nan(const TfgTensor *t, const void *p)
{
    switch (t->dtype) {
    case TFG_FLOAT: return *(const float *)p != *(const float *)p;
    case TFG_DOUBLE: return *(const double *)p != *(const double *)p;
    case TFG_HALF: return (*(const uint16_t *)p & 0x7fff) > 0x7c00;
    case TFG_BFLOAT16: return (*(const uint16_t *)p & 0x7fff) > 0x7f80;
    default: return false;
    }
}

static inline uint64_t mix(uint64_t x)
{
    x *= UINT64_C(0x9e3779b97f4a7c15);
    return x ^ x >> 32;
}

static uint64_t hash_element(const TfgTensor *t, int64_t i)
{
    static const char zero[16] = {0};
    const void *p = tfg_at(t, i);
    if (t->dtype == TFG_INT32)
        return mix((uint64_t)*(const int32_t *)p);
    if (t->dtype == TFG_INT64)
        return mix((uint64_t)*(const int64_t *)p);
    if (is_nan(t, p))           /* each in a place of its own, or many would make one long chain */
        return tfg_hash_bytes(&i, sizeof i);
    switch (t->dtype) {
    case TFG_STRING: return tfg_hash_bytes(((const TfgString *)p)->data, ((const TfgString *)p)->n);
    case TFG_FLOAT: return tfg_hash_bytes(*(const float *)p == 0 ? zero : p, 4);
    case TFG_DOUBLE: return tfg_hash_bytes(*(const double *)p == 0 ? zero : p, 8);
    case TFG_HALF: case TFG_BFLOAT16: return tfg_hash_bytes((*(const uint16_t *)p & 0x7fff) == 0 ? zero : p, 2);
    default: return tfg_hash_bytes(p, tfg_dtype_size(t->dtype));
    }
}

static bool equal_elements(const TfgTensor *a, int64_t i, const TfgTensor *b, int64_t k)
{
    const void *p = tfg_at(a, i), *q = tfg_at(b, k);
    switch (a->dtype) {
    case TFG_INT32: return *(const int32_t *)p == *(const int32_t *)q;
    case TFG_INT64: return *(const int64_t *)p == *(const int64_t *)q;
    case TFG_STRING: {
        const TfgString *x = p, *y = q;
        return x->n == y->n && (x->n == 0 || memcmp(x->data, y->data, x->n) == 0);
    }
    case TFG_FLOAT: return *(const float *)p == *(const float *)q;
    case TFG_DOUBLE: return *(const double *)p == *(const double *)q;
    case TFG_HALF: case TFG_BFLOAT16: return tfg_load_half(a->dtype, *(const uint16_t *)p) == tfg_load_half(a->dtype, *(const uint16_t *)q);
    default: return memcmp(p, q, tfg_dtype_size(a->dtype)) == 0;
    }
}

static uint64_t hash_slice(const Slices *x, int64_t i)
{
    uint64_t h = 0;
    if (x->outer == 1 && x->inner == 1)
        return hash_element(x->t, i);
    for (int64_t o = 0; o < x->outer; o++)
        for (int64_t k = 0; k < x->inner; k++)
            h = tfg_hash_mix(h, hash_element(x->t, (o * x->n + i) * x->inner + k));
    return h;
}

static bool equal_slices(const Slices *x, int64_t i, int64_t j)
{
    if (x->outer == 1 && x->inner == 1)
        return equal_elements(x->t, i, x->t, j);
    for (int64_t o = 0; o < x->outer; o++)
        for (int64_t k = 0; k < x->inner; k++)
            if (!equal_elements(x->t, (o * x->n + i) * x->inner + k, x->t, (o * x->n + j) * x->inner + k))
                return false;
    return true;
}

static void put(TfgTensor *t, int64_t i, int64_t v)
{
    if (t->dtype == TFG_INT32)
        ((int32_t *)t->data)[i] = (int32_t)v;
    else
        ((int64_t *)t->data)[i] = v;
}

/* Power of two of slots for n entries. */
static int64_t table_size(int64_t n)
{
    int64_t size = 16;
    while (size < n * 2)
        size *= 2;
    return size;
}

static int copy_unique(const Slices *x, const int64_t *first, int64_t n, TfgTensor *out, TfgStatus *s)
{
    for (int64_t o = 0; o < x->outer; o++)
        for (int64_t i = 0; i < n; i++)
            if (tfg_copy_elements(out->dtype, tfg_at_mut(out, (o * n + i) * x->inner), tfg_at(x->t, (o * x->n + first[i]) * x->inner), x->inner,
                                  s) < 0)
                return -1;
    return 0;
}

static int find_axis(const TfgKernelCall *c, int *axis, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    *axis = 0;
    if (c->n_in == 2 && c->in[1]->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "axis expects a 1D vector.");
    if (c->n_in == 2 && c->in[1]->count > 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "axis does not support input tensors larger than 1 elements");
    if (c->n_in == 1 || c->in[1]->count == 0) {
        if (in->rank != 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "unique expects a 1D vector.");
        return 0;
    }
    int64_t at = tfg_tensor_int(c->in[1], 0);
    if (!tfg_axis_in_range(&at, in->rank))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "axis has to be between [0, %d)", in->rank);
    *axis = (int)at;
    return 0;
}

static int run_unique(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    int axis;
    if (find_axis(c, &axis, s) < 0)
        return -1;
    Slices x = {in, tfg_dims_product(axis, in->dims), in->dims[axis], tfg_dims_product(in->rank - axis - 1, in->dims + axis + 1)};
    if (c->out_dtype[1] == TFG_INT32 && x.n > INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "unique does not support input tensors larger than 2147483647 elements");
    int64_t size = table_size(x.n), n = 0, dims[TFG_MAX_RANK];
    int64_t *slots = tfg_kernel_scratch(c, (size_t)size * sizeof *slots, s);
    int64_t *first = slots ? tfg_kernel_scratch(c, (size_t)(x.n + 1) * sizeof *first, s) : NULL;
    int64_t *count = first ? tfg_kernel_scratch(c, (size_t)(x.n + 1) * sizeof *count, s) : NULL;
    TfgTensor *index = count ? tfg_kernel_output(c, 1, 1, &x.n, s) : NULL;
    if (!index)
        return -1;
    for (int64_t i = 0; i < size; i++)
        slots[i] = -1;
    for (int64_t i = 0; i < x.n; i++) {
        int64_t at = (int64_t)(hash_slice(&x, i) & (uint64_t)(size - 1));
        while (slots[at] >= 0 && !equal_slices(&x, first[slots[at]], i))
            at = (at + 1) & (size - 1);
        if (slots[at] < 0) {
            slots[at] = n;
            first[n] = i;
            count[n++] = 0;
        }
        count[slots[at]]++;
        put(index, i, slots[at]);
    }
    memcpy(dims, in->dims, (size_t)in->rank * sizeof *dims);
    dims[axis] = n;
    TfgTensor *out = tfg_kernel_output(c, 0, in->rank, dims, s);
    if (!out || copy_unique(&x, first, n, out, s) < 0)
        return -1;
    TfgTensor *counts = c->n_out == 3 ? tfg_kernel_output(c, 2, 1, &n, s) : NULL;
    if (c->n_out == 3 && !counts)
        return -1;
    for (int64_t i = 0; counts && i < n; i++)
        put(counts, i, count[i]);
    return 0;
}

/* What of x is not in y, in order, with its positions. */
static int run_list_diff(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *x = c->in[0], *y = c->in[1];
    if (x->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "x should be a 1D vector.");
    if (y->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "y should be a 1D vector.");
    int64_t size = table_size(y->count), n = 0;
    int64_t *slots = tfg_kernel_scratch(c, (size_t)size * sizeof *slots, s);
    int64_t *kept = slots ? tfg_kernel_scratch(c, (size_t)(x->count + 1) * sizeof *kept, s) : NULL;
    if (!kept)
        return -1;
    for (int64_t i = 0; i < size; i++)
        slots[i] = -1;
    for (int64_t i = 0; i < y->count; i++) {
        int64_t at = (int64_t)(hash_element(y, i) & (uint64_t)(size - 1));
        while (slots[at] >= 0 && !equal_elements(y, slots[at], y, i))
            at = (at + 1) & (size - 1);
        slots[at] = i;
    }
    for (int64_t i = 0; i < x->count; i++) {
        int64_t at = (int64_t)(hash_element(x, i) & (uint64_t)(size - 1));
        while (slots[at] >= 0 && !equal_elements(y, slots[at], x, i))
            at = (at + 1) & (size - 1);
        if (slots[at] < 0)
            kept[n++] = i;
    }
    TfgTensor *out = tfg_kernel_output(c, 0, 1, &n, s), *index = out ? tfg_kernel_output(c, 1, 1, &n, s) : NULL;
    if (!index)
        return -1;
    for (int64_t i = 0; i < n; i++) {
        if (tfg_copy_elements(out->dtype, tfg_at_mut(out, i), tfg_at(x, kept[i]), 1, s) < 0)
            return -1;
        put(index, i, kept[i]);
    }
    return 0;
}

#define ROW(name, fn) {.op = name, .flags = TFG_KERNEL_VALUE_SHAPE, .run = fn}
static const TfgKernelRow rows[] = {
    ROW("Unique", run_unique), ROW("UniqueV2", run_unique), ROW("UniqueWithCounts", run_unique), ROW("UniqueWithCountsV2", run_unique),
    ROW("ListDiff", run_list_diff),
};

const TfgKernelRow *tfg_kernels_array_unique(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
