/* Gradients of diagonals as 1.15 and later have them: each of the three ops takes back what another puts. */
#include "gradients/rows.h"

/* An op of the differentiated one's version, and aligned like it. */
static TfgValue like(TfgBuild *b, const char *v2, const char *v3, const TfgValue *in, int n)
{
    const TfgAttr *align = tfg_attrs_find(b->g->attrs, "align");
    TfgNamedAttr attrs[1];
    if (align)
        attrs[0] = (TfgNamedAttr){"align", *align};
    return tfg_b_op(b, align ? v3 : v2, NULL, in, n, attrs, align ? 1 : 0);
}
#define DIAG(b, ...) like(b, "MatrixDiagV2", "MatrixDiagV3", B_LIST(__VA_ARGS__))
#define PART(b, ...) like(b, "MatrixDiagPartV2", "MatrixDiagPartV3", B_LIST(__VA_ARGS__))
#define SET(b, ...) like(b, "MatrixSetDiagV2", "MatrixSetDiagV3", B_LIST(__VA_ARGS__))

static TfgValue zero(TfgBuild *b, TfgValue like_this) { return tfg_b_const(b, "Const", tfg_b_dtype(b, like_this), 0); }

static int grad_diag(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = tfg_b_dy(b);
    tfg_b_dx(b, 0, PART(b, dy, tfg_b_x(b, 1), zero(b, dy)));
    return tfg_b_done(b);
}

static int grad_part(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue x = tfg_b_x(b, 0), k = tfg_b_x(b, 1), dy = tfg_b_dy(b);
    TfgShape shape;
    tfg_b_static_shape(b, x, &shape);
    int64_t rows = shape.rank >= 2 ? shape.dims[shape.rank - 2] : -1, columns = shape.rank >= 2 ? shape.dims[shape.rank - 1] : -1;
    if (rows >= 0 && columns >= 0) {
        TfgValue height = tfg_b_const(b, "Const", TFG_INT32, (double)rows), width = tfg_b_const(b, "Const", TFG_INT32, (double)columns);
        tfg_b_dx(b, 0, DIAG(b, dy, k, height, width, zero(b, dy)));
    } else {
        tfg_b_dx(b, 0, SET(b, tfg_b_zeros_like(b, x, true), dy, k));
    }
    return tfg_b_done(b);
}

static int grad_set(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue diagonal = tfg_b_x(b, 1), k = tfg_b_x(b, 2), dy = tfg_b_dy(b);
    tfg_b_dx(b, 0, SET(b, dy, tfg_b_zeros_like(b, diagonal, true), k));
    tfg_b_dx(b, 1, PART(b, dy, k, zero(b, dy)));
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_diagonal[] = {
    GRAD("MatrixDiagV2", grad_diag, TFG_USES_X),
    GRAD("MatrixDiagV3", grad_diag, TFG_USES_X),
    GRAD("MatrixDiagPartV2", grad_part, TFG_USES_X),
    GRAD("MatrixDiagPartV3", grad_part, TFG_USES_X),
    GRAD("MatrixSetDiagV2", grad_set, TFG_USES_X),
    GRAD("MatrixSetDiagV3", grad_set, TFG_USES_X),
};
const int tfg_n_gradients_diagonal = sizeof tfg_gradients_diagonal / sizeof *tfg_gradients_diagonal;
