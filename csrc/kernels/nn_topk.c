/* TopK, InTopK and NthElement along the last dimension. */
#include <float.h>
#include <math.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/numeric.h"

/* top: positions of the k largest of n, largest first; among equals the earlier position first.  nth: the value at position k of
 * the sorted row. */
typedef struct RowLoops {
    void (*top)(const void *row, int64_t n, int64_t k, int32_t *at, void *values);
    int (*nth)(const void *row, int64_t n, int64_t k, void *value, TfgStatus *s);
} RowLoops;

/* ---- Sorting all of a row ------------------------------------------------------------------------------------------------------- */

/* Numbers as keys that grow where the numbers fall; both zeros have one. */
static inline uint64_t key_of_double(double x)
{
    uint64_t bits;
    x += 0.0;                   /* -0 + 0 is 0 */
    memcpy(&bits, &x, sizeof bits);
    return bits >> 63 ? bits : bits ^ UINT64_C(0x7fffffffffffffff);
}
static inline uint64_t key_of_float(float x)
{
    uint32_t bits;
    x += 0.0f;
    memcpy(&bits, &x, sizeof bits);
    return bits >> 31 ? bits : bits ^ 0x7fffffffu;
}
static inline uint64_t key_of_signed(int64_t x) { return (uint64_t)x ^ UINT64_C(0x7fffffffffffffff); }
static inline uint64_t key_of_unsigned(uint64_t x) { return ~x; }
#define KEY_OF(x) \
    _Generic((x), double: key_of_double, float: key_of_float, int8_t: key_of_signed, int16_t: key_of_signed, int32_t: key_of_signed, \
             int64_t: key_of_signed, uint8_t: key_of_unsigned, uint16_t: key_of_unsigned, uint32_t: key_of_unsigned, uint64_t: key_of_unsigned)(x)

typedef struct Keyed { uint64_t key; int32_t at; } Keyed;

/* Stable, byte by byte from the lowest; bytes in which no two differ are left out. */
static const Keyed *sort_keys(Keyed *from, Keyed *to, int64_t n)
{
    uint32_t count[8][256] = {{0}};
    for (int64_t i = 0; i < n; i++)
        for (int b = 0; b < 8; b++)
            count[b][from[i].key >> 8 * b & 255]++;
    for (int b = 0; b < 8; b++) {
        if (count[b][from[0].key >> 8 * b & 255] == (uint32_t)n)
            continue;
        uint32_t at = 0;
        for (int v = 0; v < 256; v++) {
            uint32_t some = count[b][v];
            count[b][v] = at;
            at += some;
        }
        for (int64_t i = 0; i < n; i++)
            to[count[b][from[i].key >> 8 * b & 255]++] = from[i];
        Keyed *t = from;
        from = to;
        to = t;
    }
    return from;
}

/* Sorting takes some ten passes over a row, a heap of k about log k steps for each of its elements. */
static bool sorting_pays(int64_t n, int64_t k) { return n >= 256 && k >= n / 8; }

/* A heap of the k best, the worst of them on top.  NaN is larger than nothing, so what comes first stays. */
#define ROW_LOOPS(D, S, T)                                                                              \
    static inline bool worse_##D(const S *x, int32_t a, int32_t b)                                      \
    {                                                                                                   \
        T u = LOAD_##D(x[a]), v = LOAD_##D(x[b]);                                                       \
        return u < v || (!(u > v) && a > b);                                                            \
    }                                                                                                   \
    static void sink_##D(const S *x, int32_t *heap, int64_t n, int64_t i)                               \
    {                                                                                                   \
        int32_t moved = heap[i];                                                                        \
        for (int64_t child = 2 * i + 1; child < n; child = 2 * i + 1) {                                 \
            if (child + 1 < n && worse_##D(x, heap[child + 1], heap[child]))                            \
                child++;                                                                                \
            if (!worse_##D(x, heap[child], moved))                                                      \
                break;                                                                                  \
            heap[i] = heap[child];                                                                      \
            i = child;                                                                                  \
        }                                                                                               \
        heap[i] = moved;                                                                                \
    }                                                                                                   \
    /* False: not done, for want of memory or because some number is none. */                           \
    static bool sort_##D(const S *x, int64_t n, int64_t k, int32_t *at)                                 \
    {                                                                                                   \
        Keyed *keys = tfg_alloc(2 * (size_t)n * sizeof *keys);                                          \
        bool good = keys != NULL;                                                                       \
        for (int64_t i = 0; good && i < n; i++) {                                                       \
            T v = LOAD_##D(x[i]);                                                                       \
            good = v >= v;                                                                              \
            keys[i] = (Keyed){KEY_OF(v), (int32_t)i};                                                   \
        }                                                                                               \
        const Keyed *sorted = good ? sort_keys(keys, keys + n, n) : NULL;                               \
        for (int64_t i = 0; good && i < k; i++)                                                         \
            at[i] = sorted[i].at;                                                                       \
        tfg_free(keys);                                                                                 \
        return good;                                                                                    \
    }                                                                                                   \
    static void take_##D(const S *x, int64_t n, int64_t k, int32_t *at)                                 \
    {                                                                                                   \
        for (int64_t i = 0; i < k; i++)                                                                 \
            at[i] = (int32_t)i;                                                                         \
        for (int64_t i = k / 2 - 1; i >= 0; i--)                                                        \
            sink_##D(x, at, k, i);                                                                      \
        for (int64_t i = k; i < n && k > 0; i++)                                                        \
            if (worse_##D(x, at[0], (int32_t)i)) {                                                      \
                at[0] = (int32_t)i;                                                                     \
                sink_##D(x, at, k, 0);                                                                  \
            }                                                                                           \
        for (int64_t left = k - 1; left > 0; left--) {      /* the worst goes to the end, again and again */ \
            int32_t worst = at[0];                                                                      \
            at[0] = at[left];                                                                           \
            sink_##D(x, at, left, 0);                                                                   \
            at[left] = worst;                                                                           \
        }                                                                                               \
    }                                                                                                   \
    static void top_##D(const void *row, int64_t n, int64_t k, int32_t *at, void *values)               \
    {                                                                                                   \
        const S *x = row;                                                                               \
        if (!sorting_pays(n, k) || !sort_##D(x, n, k, at))                                              \
            take_##D(x, n, k, at);                                                                      \
        for (int64_t i = 0; i < k; i++)                                                                 \
            ((S *)values)[i] = x[at[i]];                                                                \
    }                                                                                                   \
    static int nth_##D(const void *row, int64_t n, int64_t k, void *value, TfgStatus *s)                \
    {                                                                                                   \
        S *x = tfg_alloc((size_t)n * sizeof *x);                                                        \
        if (!x)                                                                                         \
            return tfg_fail_memory(s);                                                                  \
        memcpy(x, row, (size_t)n * sizeof *x);                                                          \
        for (int64_t low = 0, high = n - 1; low < high;) {  /* quickselect */                           \
            T pivot = LOAD_##D(x[low + (high - low) / 2]);                                              \
            int64_t i = low, j = high;                                                                  \
            while (i <= j) {                                                                            \
                while (i < high && LOAD_##D(x[i]) < pivot)                                              \
                    i++;                                                                                \
                while (j > low && LOAD_##D(x[j]) > pivot)                                               \
                    j--;                                                                                \
                if (i > j)                                                                              \
                    break;                                                                              \
                S t = x[i];                                                                             \
                x[i++] = x[j];                                                                          \
                x[j--] = t;                                                                             \
            }                                                                                           \
            if (k <= j)                                                                                 \
                high = j;                                                                               \
            else if (k >= i)                                                                            \
                low = i;                                                                                \
            else                                                                                        \
                break;                                                                                  \
        }                                                                                               \
        *(S *)value = x[k];                                                                             \
        tfg_free(x);                                                                                    \
        return 0;                                                                                       \
    }                                                                                                   \
    static const RowLoops loops_##D = {top_##D, nth_##D};
TFG_REALS(ROW_LOOPS)

/* ---- TopK -------------------------------------------------------------------------------------------------------------------------- */

typedef struct Top {
    const RowLoops *loops;
    const TfgTensor *in;
    TfgTensor *values, *indices;
    int64_t n, k;
} Top;

static void top_rows(void *context, int64_t begin, int64_t end)
{
    const Top *t = context;
    for (int64_t i = begin; i < end; i++)
        t->loops->top(tfg_at(t->in, i * t->n), t->n, t->k, (int32_t *)t->indices->data + i * t->k, tfg_at_mut(t->values, i * t->k));
}

static int run_top_k(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    TfgShapeText text;
    int64_t k, dims[TFG_MAX_RANK];
    if (c->n_in == 2) {
        if (c->in[1]->rank != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "k must be scalar, got shape %s", tfg_shape_text(c->in[1], &text));
        k = tfg_tensor_int(c->in[1], 0);
    } else {
        k = tfg_attrs_int(c->attrs, "k");
    }
    if (k < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Need k >= 0, got %lld", (long long)k);
    if (in->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be >= 1-D, got shape %s", tfg_shape_text(in, &text));
    int64_t n = in->dims[in->rank - 1];
    if (n < k)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must have at least k columns. Had %lld, needed %lld", (long long)n, (long long)k);
    if (n > INT32_MAX)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input has too many columns: %lld", (long long)n);
    memcpy(dims, in->dims, (size_t)in->rank * sizeof *dims);
    dims[in->rank - 1] = k;
    Top t = {c->row->loops, in, tfg_kernel_output(c, 0, in->rank, dims, s), NULL, n, k};
    if (!t.values || !(t.indices = tfg_kernel_output(c, 1, in->rank, dims, s)))
        return -1;
    if (t.values->count > 0)
        tfg_for_ranges(in->count / n, 16384 / n + 1, top_rows, &t);
    return 0;
}

/* ---- InTopK ------------------------------------------------------------------------------------------------------------------------ */

/* Predictions that are larger than x; -1: one is not finite. */
TFG_WIDE static int64_t count_larger(const float *row, int64_t n, float x)
{
    int64_t larger = 0;
    for (int64_t i = 0; i < n;) {
        int32_t some = 0, infinite = 0;
        for (int64_t end = n - i < 4096 ? n : i + 4096; i < end; i++) {
            some += row[i] > x;
            infinite |= !(fabsf(row[i]) <= FLT_MAX);
        }
        if (infinite)
            return -1;
        larger += some;
    }
    return larger;
}

/* A target is among the top k when fewer than k predictions are larger; any that is not finite makes it false. */
typedef struct InTop {
    const float *x;
    const TfgTensor *targets;
    int64_t n, k;
    bool *out;
} InTop;

static void in_top_rows(void *context, int64_t begin, int64_t end)
{
    const InTop *t = context;
    for (int64_t i = begin; i < end; i++) {
        const float *row = t->x + i * t->n;
        int64_t larger = count_larger(row, t->n, row[tfg_tensor_int(t->targets, i)]);
        t->out[i] = larger >= 0 && larger < t->k;
    }
}

static int run_in_top_k(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *x = c->in[0], *targets = c->in[1];
    if (c->n_in == 3 && c->in[2]->count != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "k must be 0-D, got shape rank %d", c->in[2]->rank);
    int64_t k = c->n_in == 3 ? tfg_tensor_int(c->in[2], 0) : tfg_attrs_int(c->attrs, "k");
    if (x->rank != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "predictions must be 2-dimensional");
    if (targets->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "targets must be 1-dimensional");
    if (x->dims[0] != targets->dims[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "First dimension of predictions %lld must match length of targets %lld", (long long)x->dims[0],
                        (long long)targets->dims[0]);
    for (int64_t i = 0; i < targets->count; i++) {
        int64_t target = tfg_tensor_int(targets, i);
        if (target < 0 || target >= x->dims[1])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "targets[%lld] is out of range", (long long)i);
    }
    TfgTensor *out = tfg_kernel_output(c, 0, 1, x->dims, s);
    if (!out)
        return -1;
    InTop t = {x->data, targets, x->dims[1], k, out->data};
    tfg_for_ranges(targets->count, 65536 / (t.n + 1) + 1, in_top_rows, &t);
    return 0;
}

/* ---- NthElement --------------------------------------------------------------------------------------------------------------------- */

static int run_nth(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    const RowLoops *loops = c->row->loops;
    TfgShapeText text;
    if (c->in[1]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "N must be scalar, got shape %s", tfg_shape_text(c->in[1], &text));
    int64_t k = tfg_tensor_int(c->in[1], 0);
    if (k < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Need n >= 0, got %lld", (long long)k);
    if (in->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input must be >= 1-D, got shape %s", tfg_shape_text(in, &text));
    int64_t n = in->dims[in->rank - 1];
    if (n <= k)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input must have at least n+1 columns");
    if (tfg_attrs_bool(c->attrs, "reverse"))
        k = n - k - 1;
    TfgTensor *out = tfg_kernel_output(c, 0, in->rank - 1, in->dims, s);
    if (!out)
        return -1;
    for (int64_t i = 0; i < out->count; i++)
        if (loops->nth(tfg_at(in, i * n), n, k, tfg_at_mut(out, i), s) < 0)
            return -1;
    return 0;
}

#define ROWS(D, S, T)                                                                                              \
    {.op = "TopK", TFG_FOR(TFG_##D), .loops = &loops_##D, .run = run_top_k},                                       \
    {.op = "TopKV2", TFG_FOR(TFG_##D), .host_in = 2, .loops = &loops_##D, .run = run_top_k},                       \
    {.op = "NthElement", TFG_FOR(TFG_##D), .host_in = 2, .loops = &loops_##D, .run = run_nth},
static const TfgKernelRow rows[] = {
    TFG_REALS(ROWS)
    {.op = "InTopK", .types = {{"T", TFG_TYPES_INDEX}}, .run = run_in_top_k},
    {.op = "InTopKV2", .types = {{"T", TFG_TYPES_INDEX}}, .host_in = 4, .run = run_in_top_k},
};

const TfgKernelRow *tfg_kernels_nn_topk(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
