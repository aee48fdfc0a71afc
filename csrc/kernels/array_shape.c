/* Shapes computed with: BroadcastArgs, BroadcastGradientArgs, UnravelIndex; positions: Where, LowerBound, UpperBound; CheckNumerics;
 * ImmutableConst. */
#include <fcntl.h>
#include <math.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/numeric.h"

static void put(TfgTensor *t, int64_t i, int64_t v)
{
    if (t->dtype == TFG_INT32)
        ((int32_t *)t->data)[i] = (int32_t)v;
    else
        ((int64_t *)t->data)[i] = v;
}

/* ---- Broadcast shapes ------------------------------------------------------------------------------------------------------------- */

static int check_shape_vectors(const TfgKernelCall *c, TfgStatus *s)
{
    TfgShapeText text;
    for (int j = 0; j < 2; j++) {
        if (c->in[j]->rank != 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "In[%d] must be a vector.%s", j, tfg_shape_text(c->in[j], &text));
        if (c->in[j]->count > TFG_MAX_RANK)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    }
    return 0;
}

/* Size d (from the end) of shape j; 1 where it has none. */
static int64_t size_from_end(const TfgTensor *shape, int64_t d)
{
    return d < shape->count ? tfg_tensor_int(shape, shape->count - 1 - d) : 1;
}

static int fail_shapes(const TfgTensor *a, const TfgTensor *b, TfgStatus *s)
{
    int64_t da[TFG_MAX_RANK], db[TFG_MAX_RANK];
    TfgShapeText ta, tb;
    for (int64_t d = 0; d < a->count; d++)
        da[d] = tfg_tensor_int(a, d);
    for (int64_t d = 0; d < b->count; d++)
        db[d] = tfg_tensor_int(b, d);
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "Incompatible shapes: %s vs. %s", tfg_dims_text((int)a->count, da, &ta),
                    tfg_dims_text((int)b->count, db, &tb));
}

static int run_broadcast_args(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *a = c->in[0], *b = c->in[1];
    if (check_shape_vectors(c, s) < 0)
        return -1;
    int64_t n = a->count > b->count ? a->count : b->count;
    TfgTensor *out = tfg_kernel_output(c, 0, 1, &n, s);
    if (!out)
        return -1;
    for (int64_t d = 0; d < n; d++) {
        int64_t x = size_from_end(a, d), y = size_from_end(b, d);
        if (x != y && x != 1 && y != 1)
            return fail_shapes(a, b, s);
        put(out, n - 1 - d, x == 1 ? y : x);
    }
    return 0;
}

/* Dimensions along which each operand's gradient is summed.  Where both sizes are 1, both are named, as TensorFlow does; but not
 * when the shapes are equal. */
static int run_broadcast_gradient_args(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *a = c->in[0], *b = c->in[1];
    int64_t sums[2][TFG_MAX_RANK], n_sums[2] = {0, 0};
    if (check_shape_vectors(c, s) < 0)
        return -1;
    int64_t n = a->count > b->count ? a->count : b->count;
    bool equal = a->count == b->count;
    for (int64_t d = 0; d < n; d++) {
        int64_t x = size_from_end(a, d), y = size_from_end(b, d);
        if (x != y && x != 1 && y != 1)
            return fail_shapes(a, b, s);
        equal = equal && x == y;
    }
    for (int64_t i = 0; i < n && !equal; i++) {
        int64_t d = n - 1 - i, x = size_from_end(a, d), y = size_from_end(b, d);
        if (x == 1)
            sums[0][n_sums[0]++] = i;
        if (y == 1)
            sums[1][n_sums[1]++] = i;
    }
    for (int j = 0; j < 2; j++) {
        TfgTensor *out = tfg_kernel_output(c, j, 1, &n_sums[j], s);
        if (!out)
            return -1;
        for (int64_t i = 0; i < n_sums[j]; i++)
            put(out, i, sums[j][i]);
    }
    return 0;
}

static int run_unravel_index(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *indices = c->in[0], *dims = c->in[1];
    TfgShapeText text;
    if (dims->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The indices can only be 1-D, got \"%s\"", tfg_shape_text(dims, &text));
    if (indices->rank > 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The indices can only be scalar or vector, got \"%s\"", tfg_shape_text(indices, &text));
    for (int64_t d = 0; d < dims->count; d++)
        if (tfg_tensor_int(dims, d) < 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input dim[%lld] must be positive, got %lld", (long long)d,
                            (long long)tfg_tensor_int(dims, d));
    TfgTensor *out = tfg_kernel_output(c, 0, 1 + indices->rank, (int64_t[]){dims->count, indices->count}, s);
    if (!out)
        return -1;
    for (int64_t i = 0; i < indices->count; i++) {
        int64_t rest = tfg_tensor_int(indices, i);
        for (int64_t d = dims->count - 1; d >= 0; d--) {
            put(out, d * indices->count + i, rest % tfg_tensor_int(dims, d));
            rest /= tfg_tensor_int(dims, d);
        }
    }
    return 0;
}

/* ---- Where ------------------------------------------------------------------------------------------------------------------------- */

static bool is_true(const TfgTensor *t, int64_t i)
{
    switch (t->dtype) {
    case TFG_FLOAT: return ((const float *)t->data)[i] != 0;
    case TFG_DOUBLE: return ((const double *)t->data)[i] != 0;
    case TFG_HALF: case TFG_BFLOAT16: return (((const uint16_t *)t->data)[i] & 0x7fffu) != 0;
    case TFG_COMPLEX64: return ((const TfgComplex64 *)t->data)[i].re != 0 || ((const TfgComplex64 *)t->data)[i].im != 0;
    case TFG_COMPLEX128: return ((const TfgComplex128 *)t->data)[i].re != 0 || ((const TfgComplex128 *)t->data)[i].im != 0;
    default: break;
    }
    const char *p = tfg_at(t, i);
    for (size_t k = 0; k < tfg_dtype_size(t->dtype); k++)
        if (p[k])
            return true;
    return false;
}

#define WHERE_PIECE 4096

/* Flat positions of the true elements of [begin, end), into `at`; how many. */
static int64_t find_true(const TfgTensor *t, int64_t begin, int64_t end, int64_t *at)
{
    int64_t n = 0;
    if (t->dtype == TFG_BOOL) {
        const uint8_t *x = t->data;
        for (int64_t i = begin; i < end; i++) {     /* written always, kept when true: no branch on the data */
            at[n] = i;
            n += x[i] != 0;
        }
        return n;
    }
    for (int64_t i = begin; i < end; i++) {
        at[n] = i;
        n += is_true(t, i);
    }
    return n;
}

static int64_t count_true(const TfgTensor *t)
{
    int64_t n = 0;
    if (t->dtype == TFG_BOOL)
        for (int64_t i = 0; i < t->count; i++)
            n += ((const uint8_t *)t->data)[i] != 0;
    else
        for (int64_t i = 0; i < t->count; i++)
            n += is_true(t, i);
    return n;
}

/* Coordinates of ascending positions: only the last changes within a row. */
static int64_t *put_coordinates(const TfgTensor *t, const int64_t *at, int64_t n, int64_t *to)
{
    int last = t->rank - 1;
    int64_t row[TFG_MAX_RANK] = {0}, begin = 0, end = -1;
    for (int64_t k = 0; k < n; k++, to += t->rank) {
        if (at[k] >= end) {
            int64_t rest = at[k] / t->dims[last];
            begin = rest * t->dims[last];
            end = begin + t->dims[last];
            for (int d = last - 1; d >= 0; d--) {
                row[d] = rest % t->dims[d];
                rest /= t->dims[d];
            }
        }
        for (int d = 0; d < last; d++)
            to[d] = row[d];
        to[last] = at[k] - begin;
    }
    return to;
}

static int run_where(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    int64_t n = count_true(in), at[WHERE_PIECE];
    TfgTensor *out = tfg_kernel_output(c, 0, 2, (int64_t[]){n, in->rank}, s);
    if (!out)
        return -1;
    int64_t *to = out->data;
    for (int64_t i = 0; i < in->count && in->rank > 0 && n > 0; i += WHERE_PIECE) {
        int64_t found = find_true(in, i, in->count - i < WHERE_PIECE ? in->count : i + WHERE_PIECE, at);
        to = put_coordinates(in, at, found, to);
    }
    return 0;
}

/* ---- Bounds ------------------------------------------------------------------------------------------------------------------------ */

typedef struct BoundLoops { int64_t (*find)(const void *sorted, int64_t n, const void *value, bool upper); } BoundLoops;

#define BOUND(D, S, T)                                                                          \
    static int64_t bound_##D(const void *in, int64_t n, const void *value, bool upper)          \
    {                                                                                           \
        const S *x = in;                                                                        \
        T v = LOAD_##D(*(const S *)value);                                                      \
        int64_t low = 0;                                                                        \
        while (n > 0) {         /* without branches on data, which nobody can predict */        \
            int64_t half = n / 2;                                                               \
            T at = LOAD_##D(x[low + half]);                                                     \
            int64_t right = -(int64_t)(upper ? !(v < at) : at < v);                             \
            low += (half + 1) & right;                                                          \
            n = half + ((n - 2 * half - 1) & right);                                            \
        }                                                                                       \
        return low;                                                                             \
    }                                                                                           \
    static const BoundLoops bound_loops_##D = {bound_##D};
TFG_REALS(BOUND)

typedef struct Bounds {
    const BoundLoops *loops;
    const TfgTensor *sorted, *values;
    TfgTensor *out;
    bool upper;
} Bounds;

static void bound_range(void *context, int64_t begin, int64_t end)
{
    const Bounds *b = context;
    int64_t row = b->values->dims[1], n = b->sorted->dims[1];
    for (int64_t i = begin; i < end; i++)
        put(b->out, i, b->loops->find(tfg_at(b->sorted, i / row * n), n, tfg_at(b->values, i), b->upper));
}

static int run_bound(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *sorted = c->in[0], *values = c->in[1];
    bool upper = strcmp(c->row->op, "UpperBound") == 0;
    if (sorted->rank != 2 || values->rank != 2 || sorted->dims[0] != values->dims[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Leading dim_size of both tensors must match.");
    TfgTensor *out = tfg_kernel_output_like(c, 0, values, s);
    if (!out)
        return -1;
    tfg_for_ranges(values->count, 1024, bound_range, &(Bounds){c->row->loops, sorted, values, out, upper});
    return 0;
}

/* ---- CheckNumerics ------------------------------------------------------------------------------------------------------------------- */

typedef struct Check { const TfgTensor *in; _Atomic int found; } Check;     /* bit 0: Inf, bit 1: NaN */

static void check_range(void *context, int64_t begin, int64_t end)
{
    Check *k = context;
    int found = 0;
    if (k->in->dtype == TFG_FLOAT) {
        const uint32_t *x = k->in->data;
        for (int64_t i = begin; i < end; i++) {
            uint32_t a = x[i] & 0x7fffffffu;
            found |= (a == 0x7f800000u) | (a > 0x7f800000u) << 1;
        }
    } else if (k->in->dtype == TFG_DOUBLE) {
        const uint64_t *x = k->in->data;
        for (int64_t i = begin; i < end; i++) {
            uint64_t a = x[i] & UINT64_C(0x7fffffffffffffff);
            found |= (a == UINT64_C(0x7ff0000000000000)) | (a > UINT64_C(0x7ff0000000000000)) << 1;
        }
    } else {
        const uint16_t *x = k->in->data;
        unsigned infinity = k->in->dtype == TFG_HALF ? 0x7c00u : 0x7f80u;
        for (int64_t i = begin; i < end; i++) {
            unsigned a = x[i] & 0x7fffu;
            found |= (a == infinity) | (a > infinity) << 1;
        }
    }
    if (found)
        atomic_fetch_or(&k->found, found);
}

static int run_check_numerics(TfgKernelCall *c, TfgStatus *s)
{
    static const char *const what[] = {"", "Inf", "NaN", "Inf and NaN"};
    Check k = {c->in[0], 0};
    tfg_for_ranges(k.in->count, 65536, check_range, &k);
    TfgBytes message = tfg_attrs_string(c->attrs, "message");
    if (k.found)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%.*s : Tensor had %s values", (int)message.n, message.data ? message.data : "", what[k.found]);
    return tfg_kernel_forward(c, 0, 0, s);
}

/* ---- ImmutableConst ------------------------------------------------------------------------------------------------------------------- */

/* A file's bytes as a tensor. */
static int run_immutable_const(TfgKernelCall *c, TfgStatus *s)
{
    TfgShape shape;
    TfgBytes region = tfg_attrs_string(c->attrs, "memory_region_name");
    tfg_attrs_shape(c->attrs, "shape", &shape);
    if (!tfg_shape_is_full(&shape) || !tfg_dtype_is_plain(c->out_dtype[0]))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "ImmutableConst needs a fully defined shape and a type of plain numbers");
    char *path = tfg_strndup(region.data ? region.data : "", region.n);
    int rc = -1, file = -1;
    if (!path) {
        tfg_fail_memory(s);
        goto done;
    }
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        tfg_fail(s, TFG_NOT_FOUND, "%s; No such file or directory", path);
        goto done;
    }
    TfgTensor *out = tfg_kernel_output(c, 0, shape.rank, shape.dims, s);
    if (!out)
        goto done;
    size_t want = tfg_tensor_nbytes(out), got = 0;
    while (got < want) {
        ssize_t n = read(file, (char *)out->data + got, want - got);
        if (n <= 0)
            break;
        got += (size_t)n;
    }
    rc = got == want ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "%s is shorter than the tensor: %zu of %zu bytes", path, got, want);
done:
    if (file >= 0)
        close(file);
    tfg_free(path);
    return rc;
}

#define BOUND_ROWS(D, S, T)                                                                                        \
    {.op = "LowerBound", TFG_FOR(TFG_##D), .loops = &bound_loops_##D, .run = run_bound},                           \
    {.op = "UpperBound", TFG_FOR(TFG_##D), .loops = &bound_loops_##D, .run = run_bound},
#define CHECKED (TFG_B(FLOAT) | TFG_B(DOUBLE) | TFG_TYPES_HALVES)
static const TfgKernelRow rows[] = {
    {.op = "BroadcastArgs", .host_in = 3, .host_out = 1, .run = run_broadcast_args},
    {.op = "BroadcastGradientArgs", .host_in = 3, .host_out = 3, .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_broadcast_gradient_args},
    {.op = "UnravelIndex", .run = run_unravel_index},
    {.op = "Where", .types = {{"T", ~(TFG_B(STRING) | TFG_B(RESOURCE) | TFG_B(VARIANT))}}, .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_where},
    {.op = "CheckNumerics", .types = {{"T", CHECKED}}, .run = run_check_numerics},
    {.op = "ImmutableConst", .run = run_immutable_const},
    TFG_REALS(BOUND_ROWS)
};

const TfgKernelRow *tfg_kernels_array_shape(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
