/* clamp.c: an operation of one's own, Clamp(x, low, high) = min(max(x, low), high), with shape function, gradient and kernels for float
 * and double.  It is what docs/own-ops.md builds.
 *
 *   cc -shared -fPIC -O2 clamp.c -I<tf.sysconfig.get_include()> -L<tf.sysconfig.get_lib()> -ltfgraph -o clamp.so */
#include "tfgraph.h"

/* The output is as the input; the bounds are scalars. */
static int shape(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape x, bound;
    for (int i = 1; i < 3; i++) {
        tfg_shape_call_input(c, i, &bound);
        if (bound.rank > 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Bounds must be scalars, but input %d is of rank %d", i, (int)bound.rank);
    }
    tfg_shape_call_input(c, 0, &x);
    return tfg_shape_call_set_output(c, 0, &x, s);
}

/* Where the shape was not known while building, it is checked here. */
static int check_bounds(TfgKernelCall *c, TfgStatus *s)
{
    for (int i = 1; i < 3; i++)
        if (tfg_tensor_rank(tfg_kernel_input(c, i)) != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Bounds must be scalars");
    return 0;
}

static TfgTensor *output_like(TfgKernelCall *c, const TfgTensor *x, TfgStatus *s)
{
    int64_t dims[TFG_MAX_RANK];
    int rank = tfg_tensor_rank(x);
    for (int d = 0; d < rank; d++)
        dims[d] = tfg_tensor_dim(x, d);
    return tfg_kernel_output(c, 0, rank, dims, s);
}

#define CLAMP(name, type)                                                                                               \
    static int name(TfgKernelCall *c, TfgStatus *s)                                                                     \
    {                                                                                                                   \
        const TfgTensor *x = tfg_kernel_input(c, 0);                                                                    \
        if (check_bounds(c, s) < 0)                                                                                     \
            return -1;                                                                                                  \
        type low = *(const type *)tfg_tensor_data(tfg_kernel_input(c, 1));                                              \
        type high = *(const type *)tfg_tensor_data(tfg_kernel_input(c, 2));                                             \
        if (low > high)                                                                                                 \
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "low must not be above high, got %g and %g", (double)low, (double)high); \
        TfgTensor *y = output_like(c, x, s);                                                                            \
        if (!y)                                                                                                         \
            return -1;                                                                                                  \
        const type *from = tfg_tensor_data(x);                                                                          \
        type *to = tfg_tensor_data(y);                                                                                  \
        for (int64_t i = 0; i < tfg_tensor_count(x); i++)                                                               \
            to[i] = from[i] < low ? low : from[i] > high ? high : from[i];                                              \
        return 0;                                                                                                       \
    }
CLAMP(clamp_float, float)
CLAMP(clamp_double, double)

/* dx = dy where x was left as it is: y == x. */
static int gradient(TfgGradCall *g, TfgStatus *s)
{
    TfgValue dy, zeros, same, dx;
    if (tfg_grad_dense(g, 0, &dy, s) < 0)
        return -1;
    TfgValue pair[] = {tfg_grad_input(g, 0), tfg_grad_output(g, 0)};
    if (tfg_gradient_op(g, "Equal", NULL, pair, 2, &same, 1, s) < 0 || tfg_gradient_op(g, "ZerosLike", NULL, &dy, 1, &zeros, 1, s) < 0)
        return -1;
    TfgValue choice[] = {same, dy, zeros};
    if (tfg_gradient_op(g, "Select", NULL, choice, 3, &dx, 1, s) < 0)
        return -1;
    return tfg_gradient_set(g, 0, dx, s);
}

TFG_API int tfg_op_library_init(TfgRegistrar *r, int abi_version, TfgStatus *s)
{
    static const TfgUserOp op = {.name = "Clamp", .inputs = {"x: T", "low: T", "high: T"}, .outputs = {"y: T"},
                                 .attrs = {"T: {float, double}"}, .shape = shape};
    static const TfgDType floats[] = {TFG_FLOAT}, doubles[] = {TFG_DOUBLE};
    static const TfgUserKernel kernels[] = {{.op = "Clamp", .types = {{"T", floats, 1}}, .run = clamp_float},
                                            {.op = "Clamp", .types = {{"T", doubles, 1}}, .run = clamp_double}};
    if (abi_version != TFG_ABI_VERSION)
        return tfg_fail(s, TFG_FAILED_PRECONDITION, "clamp was built for version %d of tfgraph.h, not %d", TFG_ABI_VERSION, abi_version);
    if (tfg_registrar_add_op(r, &op, s) < 0 || tfg_registrar_add_gradient(r, "Clamp", gradient, s) < 0)
        return -1;
    for (int i = 0; i < 2; i++)
        if (tfg_registrar_add_kernel(r, &kernels[i], s) < 0)
            return -1;
    return 0;
}
