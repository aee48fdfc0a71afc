/* Gradients of patches and of morphological dilation. */
#include "gradients/rows.h"

/* An op with the attributes of windows that it shares with the differentiated one. */
static TfgValue like(TfgBuild *b, const char *type, const TfgValue *in, int n_in)
{
    static const char *const names[] = {"ksizes", "strides", "rates", "padding"};
    TfgNamedAttr attrs[4];
    int n = 0;
    for (int i = 0; i < 4; i++) {
        const TfgAttr *a = tfg_attrs_find(b->g->attrs, names[i]);
        if (a)
            attrs[n++] = (TfgNamedAttr){names[i], *a};
    }
    return tfg_b_op(b, type, NULL, in, n_in, attrs, n);
}

static int grad_dilation(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue in[] = {tfg_b_x(b, 0), tfg_b_x(b, 1), tfg_b_dy(b)};
    tfg_b_dx(b, 0, like(b, "Dilation2DBackpropInput", in, 3));
    tfg_b_dx(b, 1, like(b, "Dilation2DBackpropFilter", in, 3));
    return tfg_b_done(b);
}

/* ---- Patches: dx is a sparse matrix, which says where each element was copied to, times dy. ---- */

static TfgValue long_const(TfgBuild *b, const char *name, int64_t value)
{
    TfgValue out = TFG_NO_VALUE;
    if (!b->failed && tfg_grad_const_int(b->g, name, TFG_INT64, value, &out, b->s) < 0)
        b->failed = true;
    return out;
}

static TfgValue long_pair(TfgBuild *b, const char *name, int64_t x, int64_t y)
{
    TfgShape pair = {.rank = 2, .dims = {x, y}};
    return tfg_b_dims(b, name, &pair, TFG_INT64);
}

/* reshape(x, sizes): those that are values stand at `at`, the others are constants. */
static TfgValue reshape_to(TfgBuild *b, TfgValue x, const int64_t *sizes, const TfgValue *values, int n)
{
    TfgValue parts[6], shape;
    bool in = tfg_b_enter(b, "Reshape"), constant = true;
    x = tfg_b_converted(b, x, "tensor");
    for (int i = 0; i < n; i++)
        constant = constant && !tfg_has_value(values[i]);
    if (constant)
        shape = tfg_b_ints(b, "shape", sizes, n);
    else {
        bool packing = tfg_b_enter(b, "shape");
        for (int i = 0; i < n; i++) {
            char name[2] = {(char)('0' + i), 0};
            parts[i] = tfg_has_value(values[i]) ? values[i] : tfg_b_const(b, name, TFG_INT32, (double)sizes[i]);
        }
        shape = tfg_b_op(b, "Pack", "/", parts, n, NULL, 0);
        tfg_b_leave(b, packing);
    }
    TfgValue out = B_NAMED(b, "Reshape", "/", x, shape);
    tfg_b_leave(b, in);
    return out;
}

static TfgValue reshape_known(TfgBuild *b, TfgValue x, const int64_t *sizes, int n)
{
    TfgValue none[6] = {{0}};
    return reshape_to(b, x, sizes, none, n);
}

static TfgValue transpose(TfgBuild *b, TfgValue x, const int64_t *perm, int n)
{
    bool in = tfg_b_enter(b, "transpose");
    TfgValue out = B_NAMED(b, "Transpose", "/", x, tfg_b_ints(b, "perm", perm, n));
    tfg_b_leave(b, in);
    return out;
}

/* range(from, to) as an image of the given depth. */
static TfgValue numbered(TfgBuild *b, int64_t from, int64_t to, int64_t rows, int64_t columns, int64_t depth)
{
    bool in = tfg_b_enter(b, "range");
    TfgValue start = long_const(b, "start", from), limit = long_const(b, "limit", to), delta = long_const(b, "delta", 1);
    TfgValue range = B_NAMED(b, "Range", "/", start, limit, delta);
    tfg_b_leave(b, in);
    return reshape_known(b, range, (int64_t[]){1, rows, columns, depth}, 4);
}

/* Of the image and of the patches: sizes of space. */
typedef struct Sizes {
    int64_t in[2], out[2], window[2], points, elements;
} Sizes;

static int read_sizes(TfgBuild *b, Sizes *z)
{
    TfgShape x, y;
    int n;
    const int64_t *window = tfg_attrs_ints(b->g->attrs, "ksizes", &n);
    tfg_b_static_shape(b, tfg_b_x(b, 0), &x);
    tfg_b_static_shape(b, tfg_b_y(b, 0), &y);
    if (x.rank != 4 || y.rank != 4 || n != 4 || x.dims[1] < 0 || x.dims[2] < 0 || y.dims[1] < 0 || y.dims[2] < 0)
        return tfg_b_fail(b, TFG_INVALID_ARGUMENT, "The gradient of %s needs to know the image's height and width", b->g->op_name);
    *z = (Sizes){{x.dims[1], x.dims[2]}, {y.dims[1], y.dims[2]}, {window[1], window[2]}, 0, 0};
    int64_t patch;
    if (__builtin_mul_overflow(z->in[0], z->in[1], &z->points) || __builtin_mul_overflow(z->window[0], z->window[1], &patch) ||
        __builtin_mul_overflow(patch, z->out[0], &patch) || __builtin_mul_overflow(patch, z->out[1], &z->elements))
        return tfg_b_fail(b, TFG_INVALID_ARGUMENT, "The patches of %s are too many", b->g->op_name);
    return 0;
}

/* The sparse matrix [points, elements] that is 1 where a point of the image became an element of the patches. */
static void mapping(TfgBuild *b, const Sizes *z, TfgValue *sparse)
{
    TfgValue from = numbered(b, 1, z->points + 1, z->in[0], z->in[1], 1);
    from = like(b, "ExtractImagePatches", &from, 1);
    TfgValue to = numbered(b, 0, z->elements, z->out[0], z->out[1], z->window[0] * z->window[1]);
    TfgValue both[2] = {tfg_b_expand_dims(b, from, -1), TFG_NO_VALUE};
    both[1] = tfg_b_expand_dims(b, to, -1);
    TfgValue indices = reshape_known(b, tfg_b_concat(b, both, 2, -1), (int64_t[]){-1, 2}, 2);
    TfgShape count = {.rank = 1, .dims = {z->elements}};
    TfgValue ones = tfg_b_filled_of(b, "ones", &count, tfg_b_dtype(b, tfg_b_dy(b)), 1);
    bool in = tfg_b_enter(b, "SparseTensor");
    TfgValue shape = long_pair(b, "dense_shape", z->points + 1, z->elements);
    tfg_b_leave(b, in);
    TfgValue start = long_pair(b, NULL, 1, 0), size = long_pair(b, NULL, z->points, z->elements);
    tfg_b_op_n(b, "SparseSlice", NULL, B_LIST(indices, ones, shape, start, size), NULL, 0, sparse, 3);
}

static int grad_patches(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue shape = tfg_b_shape(b, tfg_b_x(b, 0)), batch = tfg_b_item(b, shape, 0), channels = tfg_b_item(b, shape, 3), sparse[3];
    const TfgValue none = TFG_NO_VALUE;
    Sizes z = {{0}, {0}, {0}, 0, 0};
    if (b->failed || read_sizes(b, &z) < 0)
        return -1;
    mapping(b, &z, sparse);
    TfgValue dy = reshape_to(b, tfg_b_dy(b), (int64_t[]){0, z.out[0], z.out[1], z.window[0], z.window[1], 0},
                             (TfgValue[]){batch, none, none, none, none, channels}, 6);
    dy = transpose(b, dy, (int64_t[]){1, 2, 3, 4, 0, 5}, 6);
    TfgValue columns = tfg_b_mul(b, batch, channels);
    dy = reshape_to(b, dy, (int64_t[]){-1, 0}, (TfgValue[]){none, columns}, 2);
    bool in = tfg_b_enter(b, "SparseTensorDenseMatMul");
    TfgValue dx = B_OP(b, "SparseTensorDenseMatMul", sparse[0], sparse[1], sparse[2], dy);
    tfg_b_leave(b, in);
    dx = reshape_to(b, dx, (int64_t[]){z.in[0], z.in[1], 0, 0}, (TfgValue[]){none, none, batch, channels}, 4);
    tfg_b_dx(b, 0, transpose(b, dx, (int64_t[]){2, 0, 1, 3}, 4));
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_nn_patch[] = {
    GRAD("Dilation2D", grad_dilation, TFG_USES_X),
    GRAD("ExtractImagePatches", grad_patches, TFG_USES_X0 | TFG_USES_Y0),
};
const int tfg_n_gradients_nn_patch = sizeof tfg_gradients_nn_patch / sizeof *tfg_gradients_nn_patch;
