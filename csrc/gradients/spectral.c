/* Gradients of Fourier transforms. */
#include "gradients/rows.h"

#define PI 3.14159265358979323846

/* How many elements a transform of the inner `rank` dimensions has, int32. */
static TfgValue area(TfgBuild *b, TfgValue x, int rank)
{
    return tfg_b_reduce_all(b, "Prod", tfg_b_slice(b, tfg_b_shape(b, x), B_AT(-rank), B_OPEN));
}

/* A transform and its inverse are each other's transposes, but for the size. */
static int grad_forward(TfgGradCall *g, const char *inverse, int rank, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b), size = tfg_b_cast(b, area(b, dy, rank), tfg_b_dtype(b, dy), NULL);
    TfgValue y = B_OP(b, inverse, dy);
    tfg_b_dx(b, 0, tfg_b_mul(b, y, size));
    return tfg_b_done(b);
}

static int grad_inverse(TfgGradCall *g, const char *forward, int rank, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b);
    TfgDType dtype = tfg_b_dtype(b, dy);
    TfgValue size = tfg_b_cast(b, area(b, dy, rank), dtype == TFG_COMPLEX64 ? TFG_FLOAT : TFG_DOUBLE, NULL);
    TfgValue scale = tfg_b_cast(b, tfg_b_const_op(b, "RealDiv", "truediv", 1, size), dtype, NULL);
    TfgValue y = B_OP(b, forward, dy);
    tfg_b_dx(b, 0, tfg_b_mul(b, y, scale));
    return tfg_b_done(b);
}

static int grad_fft(TfgGradCall *g, TfgStatus *s) { return grad_forward(g, "IFFT", 1, s); }
static int grad_fft2d(TfgGradCall *g, TfgStatus *s) { return grad_forward(g, "IFFT2D", 2, s); }
static int grad_fft3d(TfgGradCall *g, TfgStatus *s) { return grad_forward(g, "IFFT3D", 3, s); }
static int grad_ifft(TfgGradCall *g, TfgStatus *s) { return grad_inverse(g, "FFT", 1, s); }
static int grad_ifft2d(TfgGradCall *g, TfgStatus *s) { return grad_inverse(g, "FFT2D", 2, s); }
static int grad_ifft3d(TfgGradCall *g, TfgStatus *s) { return grad_inverse(g, "FFT3D", 3, s); }

/* ---- padding: a transform's input is filled up with zeros to its length ---------------------------------------------------------------------- */

/* [n] filled with a value: the constant is never written out, since n is a tensor. */
static TfgValue filled(TfgBuild *b, const char *scope, TfgValue n, TfgDType dtype, int value)
{
    bool in = tfg_b_enter(b, scope);
    tfg_b_op_const(b, "Less", "Less", n, 1000);
    TfgValue shape = B_NAMED(b, "Pack", "packed", n);
    TfgValue out = B_NAMED(b, "Fill", "/", shape, tfg_b_const(b, "Const", dtype, value));
    tfg_b_leave(b, in);
    return out;
}

/* The lengths where they are known to be `rank` sizes; else false. */
static bool known_lengths(TfgBuild *b, TfgValue length, int rank, int64_t *out)
{
    TfgTensor *t = b->failed ? NULL : tfg_grad_constant_value(b->g, length);
    bool known = t && t->dtype == TFG_INT32 && tfg_tensor_count(t) == rank;
    for (int i = 0; known && i < rank; i++) {
        out[i] = ((const int32_t *)t->data)[i];
        known = out[i] >= 0;
    }
    tfg_tensor_unref(t);
    return known;
}

/* x with zeros behind, by amounts known when the graph is built. */
static TfgValue pad_by(TfgBuild *b, TfgValue x, int x_rank, const int64_t *lengths, const int64_t *sizes, int rank)
{
    bool any = false;
    for (int i = 0; i < rank; i++)
        any = any || lengths[i] > sizes[i];
    if (b->failed || !any)
        return x;
    TfgTensor *t = tfg_tensor_filled(TFG_INT32, 2, (int64_t[]){x_rank, 2}, 0, b->s);
    for (int i = 0; t && i < rank; i++)
        if (lengths[i] > sizes[i])
            ((int32_t *)t->data)[2 * (x_rank - rank + i) + 1] = (int32_t)(lengths[i] - sizes[i]);
    TfgValue by = TFG_NO_VALUE;
    bool in = tfg_b_enter(b, "Pad");
    if (b->failed)
        tfg_tensor_unref(t);
    else if (tfg_grad_const(b->g, "paddings", t, &by, b->s) < 0)
        b->failed = true;
    TfgValue out = B_NAMED(b, "Pad", "/", x, by);
    tfg_b_leave(b, in);
    return out;
}

/* half: x is half a spectrum, n / 2 + 1 wide for a length n. */
static TfgValue padded(TfgBuild *b, TfgValue x, TfgValue length, int rank, bool half)
{
    TfgShape shape;
    int64_t lengths[3];
    tfg_b_static_shape(b, x, &shape);
    bool known = shape.rank >= rank && known_lengths(b, length, rank, lengths);
    for (int i = 0; i < shape.rank; i++) {
        if (shape.dims[i] == 0)
            return x;
        known = known && (i < shape.rank - rank || shape.dims[i] > 0);
    }
    if (known && half)
        lengths[rank - 1] = lengths[rank - 1] / 2 + 1;
    if (known)
        return pad_by(b, x, shape.rank, lengths, shape.dims + shape.rank - rank, rank);

    TfgValue x_rank = tfg_b_rank(b, x), sizes = tfg_b_slice(b, tfg_b_shape(b, x), B_AT(-rank), B_OPEN);
    TfgValue outer = tfg_b_const_op(b, "Maximum", "Maximum", 0, tfg_b_op_const(b, "Sub", "sub", x_rank, rank));
    outer = filled(b, "zeros", outer, TFG_INT32, 0);
    if (half) {
        TfgValue others = tfg_b_slice(b, length, B_OPEN, B_AT(-1)), last = tfg_b_slice(b, length, B_AT(-1), B_OPEN);
        last = tfg_b_op_const(b, "Add", "add", tfg_b_op_const(b, "FloorDiv", "floordiv", last, 2), 1);
        TfgValue parts[] = {others, last};
        length = tfg_b_concat(b, parts, 2, 0);
    }
    TfgValue parts[] = {outer, tfg_b_const_op(b, "Maximum", "Maximum", 0, tfg_b_sub(b, length, sizes))};
    TfgValue behind = tfg_b_concat(b, parts, 2, 0), before = tfg_b_zeros_like(b, behind, true);
    TfgValue both = tfg_b_op(b, "Pack", "stack", B_LIST(before, behind), B_ATTRS({"axis", TFG_A_INT(1)}));
    return B_OP(b, "Pad", x, both);
}

/* What TensorFlow's function `scope` makes: the transform of x, padded. */
static TfgValue transform(TfgBuild *b, const char *type, const char *scope, TfgValue x, TfgValue length, int rank, bool half)
{
    bool in = tfg_b_enter(b, scope);
    TfgValue y = B_NAMED(b, type, "/", padded(b, x, length, rank, half), length);
    tfg_b_leave(b, in);
    return y;
}

/* ---- real transforms ----------------------------------------------------------------------------------------------------------------------- */

/* x[..., from:from + 1]; from -1 is the last one. */
static TfgValue last_column(TfgBuild *b, TfgValue x, int64_t from)
{
    bool in = tfg_b_enter(b, "strided_slice");
    TfgValue first = tfg_b_ints(b, "stack", (int64_t[]){0, from}, 2), last = tfg_b_ints(b, "stack_1", (int64_t[]){0, from + 1}, 2);
    TfgValue step = tfg_b_ints(b, "stack_2", (int64_t[]){1, 1}, 2);
    TfgValue out = tfg_b_op(b, "StridedSlice", "/", B_LIST(x, first, last, step),
                            B_ATTRS({"ellipsis_mask", TFG_A_INT(1)}, {"end_mask", TFG_A_INT(from < 0 ? 2 : 0)}));
    tfg_b_leave(b, in);
    return out;
}

/* 1, -1, 1, -1 ... */
static TfgValue alternate(TfgBuild *b, TfgValue length)
{
    TfgValue odd = tfg_b_op_const(b, "FloorMod", "mod", tfg_b_range(b, TFG_NO_VALUE, length, TFG_NO_VALUE), 2);
    return tfg_b_cast(b, tfg_b_const_op(b, "Sub", "sub", 1, tfg_b_const_op(b, "Mul", "mul", 2, odd)), TFG_COMPLEX64, NULL);
}

/* Reshape and repeat a matrix so that it multiplies every matrix of t. */
static TfgValue repeat_for(TfgBuild *b, TfgValue matrix, TfgValue t)
{
    TfgValue lead = filled(b, "ones", tfg_b_op_const(b, "Sub", "sub", tfg_b_rank(b, t), 2), TFG_INT32, 1);
    TfgValue parts[] = {lead, tfg_b_shape(b, matrix)};
    TfgValue wide = tfg_b_reshape(b, matrix, tfg_b_concat(b, parts, 2, 0));
    TfgValue outer = tfg_b_slice(b, tfg_b_shape(b, t), B_OPEN, B_AT(-2));
    bool in = tfg_b_enter(b, "concat");
    TfgValue ones = tfg_b_ints(b, "values_1", (int64_t[]){1, 1}, 2), axis = tfg_b_const(b, "axis", TFG_INT32, 0);
    TfgValue times = B_NAMED(b, "ConcatV2", "/", outer, ones, axis);
    tfg_b_leave(b, in);
    return B_OP(b, "Tile", wide, times);
}

/* -2 pi i v */
static TfgValue turns(TfgBuild *b, TfgValue v)
{
    TfgComplex64 turn = {0, (float)(-2 * PI)};
    bool in = tfg_b_enter(b, "mul");
    TfgTensor *t = b->failed ? NULL : tfg_tensor_new_scalar(TFG_COMPLEX64, &turn, b->s);
    TfgValue x = TFG_NO_VALUE;
    if (!b->failed && tfg_grad_const(b->g, "x", t, &x, b->s) < 0)
        b->failed = true;
    TfgValue out = B_NAMED(b, "Mul", "/", x, v);
    tfg_b_leave(b, in);
    return out;
}

/* exp(-2 pi i jk/n) for all j and k below n. */
static TfgValue mask_matrix(TfgBuild *b, TfgValue length)
{
    TfgValue row = tfg_b_expand_dims(b, tfg_b_range(b, TFG_NO_VALUE, length, TFG_NO_VALUE), 0);
    bool in = tfg_b_enter(b, "Tile");
    TfgValue a = B_NAMED(b, "Tile", "/", row, tfg_b_stack_const(b, "multiples", length, 1, false));
    tfg_b_leave(b, in);
    in = tfg_b_enter(b, "transpose");
    TfgValue t = B_NAMED(b, "Transpose", "/", a, tfg_b_ints(b, "perm", (int64_t[]){1, 0}, 2));
    tfg_b_leave(b, in);
    TfgValue angle = turns(b, tfg_b_cast(b, tfg_b_mul(b, a, t), TFG_COMPLEX64, NULL));
    return B_OP(b, "Exp", tfg_b_quotient(b, angle, tfg_b_cast(b, length, TFG_COMPLEX64, NULL)));
}

/* A column repeated `width` times: tile(column, [1, ..., 1, width]). */
static TfgValue widened(TfgBuild *b, TfgValue column, TfgValue rank, TfgValue width)
{
    TfgValue ones = filled(b, "ones", tfg_b_op_const(b, "Sub", "sub", rank, 1), TFG_INT32, 1);
    bool in = tfg_b_enter(b, "concat");
    TfgValue last = B_NAMED(b, "Pack", "values_1", width), axis = tfg_b_const(b, "axis", TFG_INT32, 0);
    TfgValue times = B_NAMED(b, "ConcatV2", "/", ones, last, axis);
    tfg_b_leave(b, in);
    return B_OP(b, "Tile", column, times);
}

/* What the half of the spectrum that is not kept adds: the first column's mirror, and the last's where the length is even. */
static TfgValue lost(TfgBuild *b, TfgValue dy, TfgValue even, TfgValue shape, int rank)
{
    TfgValue first = last_column(b, dy, 0);
    if (rank == 1) {
        TfgValue last = tfg_b_mul(b, even, last_column(b, dy, -1));
        return tfg_b_add(b, first, tfg_b_mul(b, last, alternate(b, tfg_b_item(b, shape, -1))));
    }
    TfgValue mask = repeat_for(b, mask_matrix(b, tfg_b_item(b, shape, -2)), first);
    TfgValue of_first = B_NAMED(b, "BatchMatMul", "MatMul", mask, tfg_b_conj(b, first)), last = last_column(b, dy, -1);
    TfgValue of_last = B_NAMED(b, "BatchMatMul", "MatMul", mask, tfg_b_conj(b, last)), width = tfg_b_item(b, shape, -1);
    of_last = widened(b, of_last, tfg_b_rank(b, dy), width);
    of_last = tfg_b_mul(b, of_last, alternate(b, width));
    return tfg_b_add(b, of_first, tfg_b_mul(b, even, of_last));
}

/* The inverse of what came, times the size, and what is lost because only half of the spectrum is kept. */
static int grad_real(TfgGradCall *g, const char *inverse, const char *scope, int rank, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b), x = tfg_b_x(b, 0), length = tfg_b_x(b, 1), shape = tfg_b_shape(b, x);
    TfgValue odd = tfg_b_op_const(b, "FloorMod", "mod", tfg_b_item(b, length, -1), 2);
    TfgValue even = tfg_b_cast(b, tfg_b_const_op(b, "Sub", "sub", 1, odd), TFG_COMPLEX64, NULL);
    TfgValue extra = lost(b, dy, even, shape, rank);
    TfgValue size = tfg_b_cast(b, area(b, x, rank), TFG_FLOAT, "ToFloat");
    TfgValue y = tfg_b_mul(b, transform(b, inverse, scope, dy, length, rank, true), size);
    TfgValue sum = tfg_b_add(b, y, B_OP(b, "Real", extra));
    tfg_b_dx(b, 0, tfg_b_const_op(b, "Mul", "mul", 0.5, sum));
    return tfg_b_done(b);
}

/* [1., 2., ..., 2., 1.], without the last for an odd length: elements that stand for two of the spectrum count twice. */
static TfgValue counts(TfgBuild *b, TfgValue width, TfgValue odd)
{
    TfgValue middle = tfg_b_add(b, tfg_b_op_const(b, "Sub", "sub", width, 2), odd);
    TfgValue twos = tfg_b_const_op(b, "Mul", "mul", 2, filled(b, "ones", middle, TFG_FLOAT, 1));
    TfgValue last = filled(b, "ones", tfg_b_const_op(b, "Sub", "sub", 1, odd), TFG_FLOAT, 1);
    bool in = tfg_b_enter(b, "concat");
    TfgValue first = TFG_NO_VALUE;
    if (!b->failed && tfg_grad_const(b->g, "values_0", tfg_tensor_filled(TFG_FLOAT, 1, (int64_t[]){1}, 1, b->s), &first, b->s) < 0)
        b->failed = true;
    TfgValue out = B_NAMED(b, "ConcatV2", "/", first, twos, last, tfg_b_const(b, "axis", TFG_INT32, 0));
    tfg_b_leave(b, in);
    return out;
}

static int grad_inverse_real(TfgGradCall *g, const char *forward, const char *scope, int rank, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b), x = tfg_b_x(b, 0), length = tfg_b_x(b, 1);
    TfgValue odd = tfg_b_op_const(b, "FloorMod", "FloorMod", tfg_b_item(b, length, -1), 2);
    TfgValue mask = counts(b, tfg_b_item(b, tfg_b_shape(b, x), -1), odd);
    TfgValue scale = B_OP(b, "Reciprocal", tfg_b_cast(b, area(b, dy, rank), TFG_FLOAT, "ToFloat"));
    TfgValue y = transform(b, forward, scope, dy, length, rank, false);
    tfg_b_dx(b, 0, tfg_b_mul(b, y, tfg_b_cast(b, tfg_b_mul(b, scale, mask), TFG_COMPLEX64, NULL)));
    return tfg_b_done(b);
}

static int grad_rfft(TfgGradCall *g, TfgStatus *s) { return grad_real(g, "IRFFT", "irfft", 1, s); }
static int grad_rfft2d(TfgGradCall *g, TfgStatus *s) { return grad_real(g, "IRFFT2D", "irfft2d", 2, s); }
static int grad_irfft(TfgGradCall *g, TfgStatus *s) { return grad_inverse_real(g, "RFFT", "rfft", 1, s); }
static int grad_irfft2d(TfgGradCall *g, TfgStatus *s) { return grad_inverse_real(g, "RFFT2D", "rfft2d", 2, s); }

const TfgGradRow tfg_gradients_spectral[] = {
    GRAD("FFT", grad_fft, 0), GRAD("FFT2D", grad_fft2d, 0), GRAD("FFT3D", grad_fft3d, 0),
    GRAD("IFFT", grad_ifft, 0), GRAD("IFFT2D", grad_ifft2d, 0), GRAD("IFFT3D", grad_ifft3d, 0),
    GRAD("RFFT", grad_rfft, TFG_USES_X0 | TFG_USES_X1), GRAD("RFFT2D", grad_rfft2d, TFG_USES_X0 | TFG_USES_X1),
    GRAD("IRFFT", grad_irfft, TFG_USES_X0 | TFG_USES_X1), GRAD("IRFFT2D", grad_irfft2d, TFG_USES_X0 | TFG_USES_X1),
};
const int tfg_n_gradients_spectral = (int)(sizeof tfg_gradients_spectral / sizeof *tfg_gradients_spectral);
