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
    TfgValue ones = tfg_b_fill(b, tfg_b_stack_const(b, "stack", tfg_b_op_const(b, "Sub", "sub", tfg_b_rank(b, t), 2), 1, false), 1);
    /* [rank - 2, 1] filled is a matrix of one column; flat, it is what goes in front. */
    TfgValue lead = tfg_b_flatten(b, ones), parts[] = {lead, tfg_b_shape(b, matrix)};
    TfgValue wide = tfg_b_reshape(b, matrix, tfg_b_concat(b, parts, 2, 0));
    TfgValue outer[] = {tfg_b_slice(b, tfg_b_shape(b, t), B_OPEN, B_AT(-2)), tfg_b_ints(b, "Const", (int64_t[]){1, 1}, 2)};
    return B_OP(b, "Tile", wide, tfg_b_concat(b, outer, 2, 0));
}

/* exp(-2 pi i jk/n) for all j and k below n. */
static TfgValue mask_matrix(TfgBuild *b, TfgValue length)
{
    TfgValue row = tfg_b_expand_dims(b, tfg_b_range(b, TFG_NO_VALUE, length, TFG_NO_VALUE), 0);
    TfgValue a = B_OP(b, "Tile", row, tfg_b_stack_const(b, "Tile/multiples", length, 1, false));
    TfgValue t = tfg_b_transpose(b, a, tfg_b_ints(b, "transpose/perm", (int64_t[]){1, 0}, 2));
    TfgValue product = tfg_b_mul(b, tfg_b_cast(b, a, TFG_FLOAT, NULL), tfg_b_cast(b, t, TFG_FLOAT, NULL));
    TfgValue angle = tfg_b_quotient(b, tfg_b_op_const(b, "Mul", "mul", product, -2 * PI), tfg_b_cast(b, length, TFG_FLOAT, NULL));
    return B_OP(b, "Exp", B_OP(b, "Complex", tfg_b_zeros_like(b, angle, true), angle));
}

/* The inverse of what came, times the size, and what is lost because only half of the spectrum is kept. */
static int grad_real(TfgGradCall *g, const char *inverse, const char *scope, int rank, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b), x = tfg_b_x(b, 0), length = tfg_b_x(b, 1), shape = tfg_b_shape(b, x);
    TfgValue odd = tfg_b_op_const(b, "FloorMod", "mod", tfg_b_item(b, length, -1), 2);
    TfgValue even = tfg_b_cast(b, tfg_b_const_op(b, "Sub", "sub", 1, odd), TFG_COMPLEX64, NULL);
    TfgValue first = last_column(b, dy, 0), last = last_column(b, dy, -1), extra;
    if (rank == 1)
        extra = tfg_b_add(b, first, tfg_b_mul(b, tfg_b_mul(b, even, last), alternate(b, tfg_b_item(b, shape, -1))));
    else {
        TfgValue mask = repeat_for(b, mask_matrix(b, tfg_b_item(b, shape, -2)), first);
        TfgValue of_first = B_OP(b, "BatchMatMul", mask, tfg_b_conj(b, first)), of_last = B_OP(b, "BatchMatMul", mask, tfg_b_conj(b, last));
        TfgValue signs = tfg_b_mul(b, of_last, alternate(b, tfg_b_item(b, shape, -1)));
        extra = tfg_b_add(b, of_first, tfg_b_mul(b, even, signs));
    }
    TfgValue size = tfg_b_cast(b, area(b, x, rank), TFG_FLOAT, "ToFloat");
    bool in = tfg_b_enter(b, scope);
    TfgValue y = B_NAMED(b, inverse, "/", dy, length);
    tfg_b_leave(b, in);
    TfgValue sum = tfg_b_add(b, tfg_b_mul(b, y, size), B_OP(b, "Real", extra));
    tfg_b_dx(b, 0, tfg_b_const_op(b, "Mul", "mul", 0.5, sum));
    return tfg_b_done(b);
}

/* Elements that stand for two of the spectrum count twice: all but the first, and the last where the length is even. */
static int grad_inverse_real(TfgGradCall *g, const char *forward, const char *scope, int rank, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b), x = tfg_b_x(b, 0), length = tfg_b_x(b, 1);
    TfgValue odd = tfg_b_op_const(b, "FloorMod", "FloorMod", tfg_b_item(b, length, -1), 2);
    TfgValue width = tfg_b_item(b, tfg_b_shape(b, x), -1);
    TfgValue middle = tfg_b_add(b, tfg_b_op_const(b, "Sub", "sub", width, 2), odd), rest = tfg_b_const_op(b, "Sub", "sub", 1, odd);
    TfgValue one = tfg_b_const(b, "Const", TFG_FLOAT, 1), two = tfg_b_const(b, "Const", TFG_FLOAT, 2);
    TfgValue parts[] = {tfg_b_expand_dims(b, one, 0), B_OP(b, "Fill", tfg_b_expand_dims(b, middle, 0), two),
                        B_OP(b, "Fill", tfg_b_expand_dims(b, rest, 0), one)};
    TfgValue mask = tfg_b_concat(b, parts, 3, 0);
    TfgValue scale = B_OP(b, "Reciprocal", tfg_b_cast(b, area(b, dy, rank), TFG_FLOAT, "ToFloat"));
    bool in = tfg_b_enter(b, scope);
    TfgValue y = B_NAMED(b, forward, "/", dy, length);
    tfg_b_leave(b, in);
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
