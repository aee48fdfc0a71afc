/* Diagonals of matrices, several side by side: MatrixDiagV2 and V3, MatrixDiagPartV2 and V3, MatrixSetDiagV2 and V3. */
#include "base/status.h"
#include "kernels/strided.h"
#include "kernels/util.h"

/* Diagonals `lower` to `upper` of matrices, the topmost first; shorter ones lie at the left or at the right of rows of `longest`. */
typedef struct Band {
    int64_t rows, columns, lower, upper, longest;
    bool left_above, left_below;
} Band;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t n_diagonals(const Band *b) { return b->upper - b->lower + 1; }
static void find_longest(Band *b) { b->longest = least(b->rows + least(b->upper, 0), b->columns - most(b->lower, 0)); }

static int read_band(const TfgKernelCall *c, const TfgTensor *k, Band *b, TfgStatus *s)
{
    TfgShapeText text;
    TfgBytes align = tfg_attrs_string(c->attrs, "align");
    if (k->rank > 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "diag_index must be a scalar or vector, received shape: %s", tfg_shape_text(k, &text));
    if (k->count == 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, c->in[2] == k ? "diag_index must have at least one element"
                        : "Expected diag_index to have at least 1 element");
    if (k->count > 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "diag_index must have only one or two elements, received %lld elements.", (long long)k->count);
    *b = (Band){.lower = tfg_tensor_int(k, 0), .upper = tfg_tensor_int(k, k->count - 1)};
    b->left_above = align.n == 0 || align.data[0] == 'L';       /* V2: all at the left */
    b->left_below = align.n == 0 || align.data[align.n - 4] == 'L';
    return 0;
}

static int check_order(const Band *b, TfgStatus *s)
{
    return b->lower <= b->upper ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "lower_diag_index must not be larger than upper_diag_index: %lld > %lld",
                                               (long long)b->lower, (long long)b->upper);
}

static int check_inside(const Band *b, int64_t k, const char *name, const char *stop, TfgStatus *s)
{
    return (-b->rows < k && k < b->columns) || k == 0 ? 0
        : tfg_fail(s, TFG_INVALID_ARGUMENT, "%s is out of bound: %lld%s It must be between %lld and %lld", name, (long long)k, stop,
                   (long long)-b->rows, (long long)b->columns);
}

/* The band of input 0, matrices. */
static int read_matrices(const TfgKernelCall *c, const TfgTensor *k, Band *b, TfgStatus *s)
{
    const TfgTensor *in = c->in[0];
    TfgShapeText text;
    if (in->rank < 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "input must be at least 2-dim, received shape: %s", tfg_shape_text(in, &text));
    if (read_band(c, k, b, s) < 0)
        return -1;
    b->rows = in->dims[in->rank - 2];
    b->columns = in->dims[in->rank - 1];
    if (check_inside(b, b->lower, "lower_diag_index", k == c->in[1] ? "." : "", s) < 0 || check_inside(b, b->upper, "upper_diag_index", "", s) < 0 || check_order(b, s) < 0)
        return -1;
    find_longest(b);
    return 0;
}

/* Into the matrices, or out of them. */
static int copy_band(const Band *b, TfgDType dtype, int64_t batch, void *matrices, void *diagonals, bool in, TfgStatus *s)
{
    size_t size = tfg_dtype_size(dtype);
    for (int64_t d = b->upper, at = 0; d >= b->lower; d--, at += b->longest) {
        int64_t n = least(b->rows + least(d, 0), b->columns - most(d, 0)), dims[2] = {batch, n};
        int64_t matrix[2] = {b->rows * b->columns, b->columns + 1}, diagonal[2] = {n_diagonals(b) * b->longest, 1};
        bool left = (d >= 0 && b->left_above) || (d <= 0 && b->left_below);
        if (n <= 0)
            continue;
        char *m = (char *)matrices + (size_t)(most(-d, 0) * b->columns + most(d, 0)) * size;
        char *v = (char *)diagonals + (size_t)(at + (left ? 0 : b->longest - n)) * size;
        if ((in ? tfg_strided_copy(dtype, 2, dims, m, matrix, v, diagonal, s) : tfg_strided_copy(dtype, 2, dims, v, diagonal, m, matrix, s)) < 0)
            return -1;
    }
    return 0;
}

static int run_part(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *padding = c->in[2];
    Band b;
    if (read_matrices(c, c->in[1], &b, s) < 0)
        return -1;
    if (padding->count < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "padding_value must have one element");
    int64_t dims[TFG_MAX_RANK];
    int rank = in->rank - 2;
    memcpy(dims, in->dims, (size_t)rank * sizeof *dims);
    if (b.lower < b.upper)
        dims[rank++] = n_diagonals(&b);
    dims[rank++] = b.longest;
    TfgTensor *out = tfg_kernel_output(c, 0, rank, dims, s);
    if (!out || tfg_fill_elements(out->dtype, out->data, padding->data, out->count, s) < 0)
        return -1;
    return out->count ? copy_band(&b, in->dtype, tfg_dims_product(in->rank - 2, in->dims), in->data, out->data, false, s) : 0;
}

static int run_set(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *diagonal = c->in[1];
    TfgShapeText a, t, u;
    Band b;
    if (diagonal->rank < 1 && in->rank >= 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "diagonal must be at least 1-dim, received shape: %s", tfg_shape_text(diagonal, &a));
    if (read_matrices(c, c->in[2], &b, s) < 0)
        return -1;
    if (b.lower < b.upper && (diagonal->rank < in->rank - 1 || diagonal->dims[in->rank - 2] != n_diagonals(&b)))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The number of diagonals provided in `diag` is not consistent with `lower_diag_index` and "
                        "`upper_diag_index`");
    int64_t dims[TFG_MAX_RANK];
    int rank = in->rank - 2;
    memcpy(dims, in->dims, (size_t)rank * sizeof *dims);
    if (b.lower < b.upper)
        dims[rank++] = n_diagonals(&b);
    dims[rank++] = b.longest;
    if (diagonal->rank != rank || memcmp(diagonal->dims, dims, (size_t)rank * sizeof *dims) != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Either first dimensions of diagonal don't match input.shape[:-2], or diagonal.shape[:-1] is not equal "
                        "to the longests diagonal in range [lower_diag_index:upper_diag_index].\nInput shape: %s\nDiagonal shape: %s\nExpected "
                        "diagonal shape: %s", tfg_shape_text(in, &a), tfg_shape_text(diagonal, &t), tfg_dims_text(rank, dims, &u));
    TfgTensor *out = tfg_kernel_output_like(c, 0, in, s);
    if (!out || (out->data != in->data && tfg_copy_elements(in->dtype, out->data, in->data, in->count, s) < 0))
        return -1;
    return in->count ? copy_band(&b, in->dtype, tfg_dims_product(in->rank - 2, in->dims), out->data, diagonal->data, true, s) : 0;
}

/* ---- MatrixDiag ------------------------------------------------------------------------------------------------------------------------ */

static int read_scalar(const TfgTensor *t, const char *name, int64_t *out, TfgStatus *s)
{
    if (t->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s must be a scalar", name);
    *out = tfg_tensor_int(t, 0);
    return 0;
}

/* Rows and columns: those given, or the fewest that the diagonals need. */
static int find_size(Band *b, TfgStatus *s)
{
    int64_t rows = b->longest - least(b->upper, 0), columns = b->longest + most(b->lower, 0);
    if (b->rows != -1 && b->rows < rows)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The number of rows is too small.");
    if (b->columns != -1 && b->columns < columns)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The number of columns is too small.");
    if (b->rows == -1 && b->columns == -1)
        b->rows = b->columns = most(rows, columns);
    else if (b->rows == -1)
        b->rows = rows;
    else if (b->columns == -1)
        b->columns = columns;
    if (b->rows != rows && b->columns != columns)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The number of rows or columns is not consistent with the specified d_lower, d_upper, and diagonal.");
    return 0;
}

static int run_diag(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *in = c->in[0], *padding = c->in[4];
    TfgShapeText text;
    Band b;
    if (in->rank < 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "diagonal must be at least 1-dim, received shape: %s", tfg_shape_text(in, &text));
    if (read_band(c, c->in[1], &b, s) < 0 || check_order(&b, s) < 0 || read_scalar(c->in[2], "num_rows", &b.rows, s) < 0
        || read_scalar(c->in[3], "num_cols", &b.columns, s) < 0)
        return -1;
    if (padding->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "padding_value must be a scalar");
    int batch = in->rank - (b.lower < b.upper ? 2 : 1);
    if (batch < 0 || batch + 2 > TFG_MAX_RANK || (b.lower < b.upper && in->dims[batch] != n_diagonals(&b)))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The number of diagonals provided in the input does not match the lower_diag_index and upper_diag_index "
                        "range.");
    b.longest = in->dims[in->rank - 1];
    if (find_size(&b, s) < 0)
        return -1;
    int64_t dims[TFG_MAX_RANK];
    memcpy(dims, in->dims, (size_t)batch * sizeof *dims);
    dims[batch] = b.rows;
    dims[batch + 1] = b.columns;
    TfgTensor *out = tfg_kernel_output(c, 0, batch + 2, dims, s);
    if (!out || tfg_fill_elements(out->dtype, out->data, padding->data, out->count, s) < 0)
        return -1;
    return out->count && in->count ? copy_band(&b, in->dtype, tfg_dims_product(batch, in->dims), out->data, in->data, true, s) : 0;
}

#define ANY .types = {{"T", TFG_TYPES_NUMBERS | TFG_TYPES_WIDE_UINTS | TFG_B(BOOL)}}
static const TfgKernelRow rows[] = {
    {.op = "MatrixDiagV2", ANY, .host_in = 14, .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_diag},
    {.op = "MatrixDiagV3", ANY, .host_in = 14, .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_diag},
    {.op = "MatrixDiagPartV2", ANY, .host_in = 2, .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_part},
    {.op = "MatrixDiagPartV3", ANY, .host_in = 2, .flags = TFG_KERNEL_VALUE_SHAPE, .run = run_part},
    {.op = "MatrixSetDiagV2", ANY, .host_in = 4, .inplace = {{1, 1}}, .run = run_set},
    {.op = "MatrixSetDiagV3", ANY, .host_in = 4, .inplace = {{1, 1}}, .run = run_set},
};

int tfg_register_kernels_diagonal(TfgStatus *s);
int tfg_register_kernels_diagonal(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
