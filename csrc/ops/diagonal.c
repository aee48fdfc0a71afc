/* Diagonals of matrices, as 1.15 and later have them: signatures and shapes. */
#include "ops/common.h"

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* *known: whether input i tells the diagonals now. */
static int read_diagonals(TfgShapeCall *c, int i, bool *known, int64_t *lower, int64_t *upper, TfgStatus *s)
{
    const TfgTensor *k = c->constant(c, i);
    *known = k != NULL;
    if (!k)
        return 0;
    int64_t n = tfg_tensor_count(k);
    if (n != 1 && n != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "diag_index must be a vector with one or two elements. It has %lld elements.", (long long)n);
    *lower = tfg_tensor_int(k, 0);
    *upper = tfg_tensor_int(k, n - 1);
    return *lower <= *upper ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "lower_diag_index is greater than upper_diag_index");
}

static int check_inside(const TfgShape *matrix, int64_t k, const char *name, TfgStatus *s)
{
    int64_t rows = tfg_dim(matrix, -2), columns = tfg_dim(matrix, -1);
    return rows < 0 || columns < 0 || k == 0 || (-rows < k && k < columns) ? 0 : tfg_fail(s, TFG_INVALID_ARGUMENT, "%s is out of bound.", name);
}

/* The shape of the diagonals of `matrix`. */
static int diagonals_of(const TfgShape *matrix, int64_t lower, int64_t upper, TfgShape *out, TfgStatus *s)
{
    int64_t rows = tfg_dim(matrix, -2), columns = tfg_dim(matrix, -1);
    if (check_inside(matrix, lower, "lower_diag_index", s) < 0 || check_inside(matrix, upper, "upper_diag_index", s) < 0)
        return -1;
    tfg_shape_copy(out, matrix);
    out->rank -= 2;
    if (lower < upper)
        out->dims[out->rank++] = upper - lower + 1;
    out->dims[out->rank++] = rows < 0 || columns < 0 ? -1 : least(rows + least(upper, 0), columns - most(lower, 0));
    return 0;
}

static int shape_part(TfgShapeCall *c, TfgStatus *s)
{
    bool known;
    int64_t lower, upper;
    if (tfg_want_rank_at_least(&c->in[0], 2, s) < 0 || tfg_want_rank_at_most(&c->in[1], 1, s) < 0 || tfg_want_scalar(c, 2, s) < 0
        || read_diagonals(c, 1, &known, &lower, &upper, s) < 0)
        return -1;
    return known && c->in[0].rank >= 2 ? diagonals_of(&c->in[0], lower, upper, &c->out[0], s) : 0;
}

static int shape_set(TfgShapeCall *c, TfgStatus *s)
{
    bool known;
    int64_t lower, upper;
    TfgShape diagonals, merged;
    if (tfg_want_rank_at_least(&c->in[0], 2, s) < 0 || tfg_want_rank_at_least(&c->in[1], 1, s) < 0 || tfg_want_rank_at_most(&c->in[2], 1, s) < 0
        || read_diagonals(c, 2, &known, &lower, &upper, s) < 0)
        return -1;
    tfg_shape_copy(&c->out[0], &c->in[0]);
    if (!known || c->in[0].rank < 2)
        return 0;
    return diagonals_of(&c->in[0], lower, upper, &diagonals, s) < 0 || tfg_merge_shape(&c->in[1], &diagonals, &merged, s) < 0 ? -1 : 0;
}

static bool given_size(TfgShapeCall *c, int i, int64_t *out)
{
    const TfgTensor *t = c->constant(c, i);
    *out = t && tfg_tensor_count(t) == 1 ? tfg_tensor_int(t, 0) : -1;
    return t != NULL;
}

static int shape_diag(TfgShapeCall *c, TfgStatus *s)
{
    bool known;
    int64_t lower, upper, rows, columns;
    const TfgShape *in = &c->in[0];
    if (tfg_want_rank_at_least(in, 1, s) < 0 || tfg_want_rank_at_most(&c->in[1], 1, s) < 0 || tfg_want_scalar(c, 2, s) < 0
        || tfg_want_scalar(c, 3, s) < 0 || tfg_want_scalar(c, 4, s) < 0 || read_diagonals(c, 1, &known, &lower, &upper, s) < 0)
        return -1;
    if (!known || in->rank < 0)
        return 0;
    int batch = in->rank - (lower < upper ? 2 : 1);
    if (batch < 0 || batch + 2 > TFG_MAX_RANK || (lower < upper && in->dims[batch] >= 0 && in->dims[batch] != upper - lower + 1))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The number of rows of `diagonal` doesn't match the number of diagonals implied from `d_lower` and "
                        "`d_upper`.");
    int64_t longest = tfg_dim(in, -1), least_rows = longest < 0 ? -1 : longest - least(upper, 0), least_columns = longest < 0 ? -1 : longest + most(lower, 0);
    bool told_rows = given_size(c, 2, &rows), told_columns = given_size(c, 3, &columns);
    if ((rows >= 0 && rows < least_rows) || (columns >= 0 && columns < least_columns))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, rows >= 0 && rows < least_rows ? "num_rows is too small" : "num_cols is too small.");
    if (told_rows && told_columns && longest >= 0 && rows < 0 && columns < 0)
        rows = columns = most(least_rows, least_columns);
    else if (told_rows && told_columns && longest >= 0) {
        rows = rows < 0 ? least_rows : rows;
        columns = columns < 0 ? least_columns : columns;
        if (rows != least_rows && columns != least_columns)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_rows and num_cols are not consistent with lower_diag_index, upper_diag_index, and the length of "
                            "the given diagonals.");
    }
    tfg_shape_copy(&c->out[0], in);
    c->out[0].rank = batch;
    c->out[0].dims[c->out[0].rank++] = rows;
    c->out[0].dims[c->out[0].rank++] = columns;
    return 0;
}

#define ALIGN "align: {'LEFT_RIGHT', 'RIGHT_LEFT', 'LEFT_LEFT', 'RIGHT_RIGHT'} = 'RIGHT_LEFT'"
#define DIAG .in = {"diagonal: T", "k: int32", "num_rows: int32", "num_cols: int32", "padding_value: T"}, .out = {"output: T"}, .shape = shape_diag
#define PART .in = {"input: T", "k: int32", "padding_value: T"}, .out = {"diagonal: T"}, .shape = shape_part
#define SET .in = {"input: T", "diagonal: T", "k: int32"}, .out = {"output: T"}, .shape = shape_set

const TfgOpRow tfg_ops_diagonal[] = {
    { .name = "MatrixDiagV2", DIAG, .attr = {"T: type"} },
    { .name = "MatrixDiagV3", DIAG, .attr = {"T: type", ALIGN} },
    { .name = "MatrixDiagPartV2", PART, .attr = {"T: type"} },
    { .name = "MatrixDiagPartV3", PART, .attr = {"T: type", ALIGN} },
    { .name = "MatrixSetDiagV2", SET, .attr = {"T: type"} },
    { .name = "MatrixSetDiagV3", SET, .attr = {"T: type", ALIGN} },
};
const int tfg_n_ops_diagonal = sizeof tfg_ops_diagonal / sizeof *tfg_ops_diagonal;
