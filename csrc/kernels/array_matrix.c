/* Diagonals and bands: Diag, DiagPart, MatrixDiag, MatrixDiagPart, MatrixSetDiag, MatrixBandPart. */
#include "base/status.h"
#include "kernels/isa.h"
#include "kernels/strided.h"
#include "kernels/util.h"

static int run_diag(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    int64_t dims[TFG_MAX_RANK * 2], n = in->count, one = 1, step = n + 1;
    if (in->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input must be at least rank 1, got 0");
    if (in->rank * 2 > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    memcpy(dims, in->dims, (size_t)in->rank * sizeof *dims);
    memcpy(dims + in->rank, in->dims, (size_t)in->rank * sizeof *dims);
    TfgTensor *out = tfg_kernel_output(c, 0, in->rank * 2, dims, s);
    if (!out)
        return -1;
    memset(out->data, 0, tfg_tensor_nbytes(out));
    return tfg_strided_copy(in->dtype, 1, &n, out->data, &step, in->data, &one, s);
}

static int run_diag_part(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    TfgShapeText text;
    int half = in->rank / 2;
    if (in->rank % 2 != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The rank of the tensor should be                                          "
                        "even and positive, got shape %s", tfg_shape_text(in, &text));
    for (int d = 0; d < half; d++)
        if (in->dims[d] != in->dims[d + half])
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid shape %s: dimensions %d and %d do not match.", tfg_shape_text(in, &text), d, d + half);
    TfgTensor *out = tfg_kernel_output(c, 0, half, in->dims, s);
    if (!out)
        return -1;
    int64_t n = out->count, one = 1, step = n + 1;
    return tfg_strided_copy(in->dtype, 1, &n, out->data, &one, in->data, &step, s);
}

/* Copies diagonals of `batch` matrices [rows, columns]; in or out of them. */
static int copy_diagonals(TfgDType dtype, int64_t batch, int64_t rows, int64_t columns, void *matrices, void *diagonals, bool in, TfgStatus *s)
{
    int64_t n = rows < columns ? rows : columns;
    int64_t dims[2] = {batch, n}, matrix[2] = {rows * columns, columns + 1}, diagonal[2] = {n, 1};
    return in ? tfg_strided_copy(dtype, 2, dims, matrices, matrix, diagonals, diagonal, s)
              : tfg_strided_copy(dtype, 2, dims, diagonals, diagonal, matrices, matrix, s);
}

static int run_matrix_diag(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    TfgShapeText text;
    int64_t dims[TFG_MAX_RANK + 1];
    if (in->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be at least 1-dim, received shape: %s", tfg_shape_text(in, &text));
    if (in->rank == TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions in tensor");
    int64_t n = in->dims[in->rank - 1];
    memcpy(dims, in->dims, (size_t)in->rank * sizeof *dims);
    dims[in->rank] = n;
    TfgTensor *out = tfg_kernel_output(c, 0, in->rank + 1, dims, s);
    if (!out)
        return -1;
    if (tfg_dtype_is_plain(out->dtype))
        memset(out->data, 0, tfg_tensor_nbytes(out));
    return copy_diagonals(in->dtype, tfg_dims_product(in->rank - 1, in->dims), n, n, out->data, in->data, true, s);
}

static int check_matrices(const TfgTensor *in, TfgStatus *s)
{
    TfgShapeText text;
    if (in->rank < 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be at least 2-dim, received shape: %s", tfg_shape_text(in, &text));
    return 0;
}

static int run_matrix_diag_part(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    int64_t dims[TFG_MAX_RANK];
    if (check_matrices(in, s) < 0)
        return -1;
    int64_t rows = in->dims[in->rank - 2], columns = in->dims[in->rank - 1];
    memcpy(dims, in->dims, (size_t)in->rank * sizeof *dims);
    dims[in->rank - 2] = rows < columns ? rows : columns;
    TfgTensor *out = tfg_kernel_output(c, 0, in->rank - 1, dims, s);
    if (!out)
        return -1;
    return copy_diagonals(in->dtype, tfg_dims_product(in->rank - 2, in->dims), rows, columns, in->data, out->data, false, s);
}

static int run_matrix_set_diag(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *diagonal = c->in[1];
    TfgShapeText a, b;
    if (check_matrices(in, s) < 0)
        return -1;
    int64_t rows = in->dims[in->rank - 2], columns = in->dims[in->rank - 1];
    if (diagonal->rank != in->rank - 1 || memcmp(diagonal->dims, in->dims, (size_t)(in->rank - 2) * sizeof *in->dims) != 0 ||
        diagonal->dims[in->rank - 2] != (rows < columns ? rows : columns))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "must have diagonal.shape == input.shape[:-2] + min(input.shape[-2:]), but received input "
                        "shape: %s and diagonal shape: %s", tfg_shape_text(in, &a), tfg_shape_text(diagonal, &b));
    TfgTensor *out = tfg_kernel_output_like(c, 0, in, s);
    if (!out || (out->data != in->data && tfg_copy_elements(in->dtype, out->data, in->data, in->count, s) < 0))
        return -1;
    return copy_diagonals(in->dtype, tfg_dims_product(in->rank - 2, in->dims), rows, columns, out->data, diagonal->data, true, s);
}

/* ---- Bands ------------------------------------------------------------------------------------------------------------------------ */

typedef struct Band {
    const TfgTensor *in;
    TfgTensor *out;
    int64_t rows, columns, lower, upper;
} Band;

static void band_rows(void *context, int64_t begin, int64_t end)
{
    const Band *b = context;
    size_t size = tfg_dtype_size(b->in->dtype);
    for (int64_t i = begin; i < end; i++) {
        int64_t row = i % b->rows, first = b->lower < 0 || row < b->lower ? 0 : row - b->lower;
        int64_t last = b->upper < 0 || b->upper >= b->columns - row ? b->columns : row + b->upper + 1;
        if (first > b->columns)
            first = b->columns;
        if (last < first)
            last = first;
        char *to = tfg_at_mut(b->out, i * b->columns);
        const char *from = tfg_at(b->in, i * b->columns);
        memset(to, 0, (size_t)first * size);
        if (to != from)
            memcpy(to + (size_t)first * size, from + (size_t)first * size, (size_t)(last - first) * size);
        memset(to + (size_t)last * size, 0, (size_t)(b->columns - last) * size);
    }
}

static int run_band(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    TfgShapeText text;
    if (check_matrices(in, s) < 0)
        return -1;
    for (int j = 1; j < 3; j++)
        if (c->in[j]->rank != 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be scalar, got shape %s", j == 1 ? "num_lower" : "num_upper",
                            tfg_shape_text(c->in[j], &text));
    Band b = {in, NULL, in->dims[in->rank - 2], in->dims[in->rank - 1], tfg_tensor_int(c->in[1], 0), tfg_tensor_int(c->in[2], 0)};
    if (b.lower > b.rows)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_lower must be negative or less or equal to number of rows (%lld) got: %lld",
                        (long long)b.rows, (long long)b.lower);
    if (b.upper > b.columns)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_upper must be negative or less or equal to number of columns (%lld) got: %lld",
                        (long long)b.columns, (long long)b.upper);
    if (!(b.out = tfg_kernel_output_like(c, 0, in, s)))
        return -1;
    if (in->count > 0)
        tfg_for_ranges(in->count / b.columns, 32768 / b.columns + 1, band_rows, &b);
    return 0;
}

#define PLAIN .types = {{"T", ~(TFG_B(STRING) | TFG_B(RESOURCE) | TFG_B(VARIANT))}}
static const TfgKernelRow rows[] = {
    {.op = "Diag", PLAIN, .run = run_diag}, {.op = "DiagPart", PLAIN, .run = run_diag_part},
    {.op = "MatrixDiag", PLAIN, .run = run_matrix_diag}, {.op = "MatrixDiagPart", PLAIN, .run = run_matrix_diag_part},
    {.op = "MatrixSetDiag", PLAIN, .inplace = {{1, 1}}, .run = run_matrix_set_diag},
    {.op = "MatrixBandPart", PLAIN, .host_in = 6, .inplace = {{1, 1}}, .run = run_band},
    {.op = "BatchMatrixDiag", PLAIN, .run = run_matrix_diag}, {.op = "BatchMatrixDiagPart", PLAIN, .run = run_matrix_diag_part},
    {.op = "BatchMatrixSetDiag", PLAIN, .inplace = {{1, 1}}, .run = run_matrix_set_diag},
    {.op = "BatchMatrixBandPart", PLAIN, .host_in = 6, .inplace = {{1, 1}}, .run = run_band},
};

const TfgKernelRow *tfg_kernels_array_matrix(int *n)
{
    *n = (int)(sizeof rows / sizeof rows[0]);
    return rows;
}
