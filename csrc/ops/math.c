/* Elementwise mathematics: signatures and shapes. */
#include "ops/common.h"

static int shape_add_n(TfgShapeCall *c, TfgStatus *s)
{
    tfg_shape_copy(&c->out[0], &c->in[c->n_in - 1]);
    for (int i = c->n_in - 2; i >= 0; i--) {
        TfgShape merged;
        if (tfg_merge_shape(&c->in[i], &c->out[0], &merged, s) < 0)
            return tfg_status_append(s, "\n\tFrom merging shape %d with other shapes.", i);
        tfg_shape_copy(&c->out[0], &merged);
    }
    return 0;
}

static int shape_approximate_equal(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape merged;
    return tfg_merge_shape(&c->in[0], &c->in[1], &merged, s) < 0 ? -1 : tfg_shape_unchanged(c, s);
}

/* Scalars broadcast; everything else must agree. */
static int shape_betainc(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape out, merged;
    const TfgShape *non_scalar = NULL;
    int n_scalars = 0;
    tfg_shape_set_unknown(&out);
    for (int i = 0; i < 3; i++) {
        const TfgShape *in = &c->in[i];
        if (in->rank == 0) {
            n_scalars++;
        } else if (in->rank < 0) {
            if (!non_scalar)
                non_scalar = in;
        } else {
            if (tfg_merge_shape(&out, in, &merged, s) < 0)
                return -1;
            tfg_shape_copy(&out, &merged);
            non_scalar = &out;
        }
    }
    if (n_scalars == 2)
        tfg_shape_copy(&c->out[0], non_scalar);
    else if (n_scalars == 3)
        tfg_shape_set_scalar(&c->out[0]);
    else
        tfg_shape_copy(&c->out[0], &out);
    return 0;
}

/* The condition is a scalar, a vector along the first dimension, or as large as what is selected from. */
static int shape_select(TfgShapeCall *c, TfgStatus *s)
{
    const TfgShape *cond = &c->in[0];
    TfgShape then, merged, prefix;      /* a vector's length is checked, but tells nothing of the result */
    if (tfg_merge_shape(&c->in[1], &c->in[2], &then, s) < 0)
        return -1;
    if (c->in_dtype[1] == TFG_RESOURCE && c->in_handle)
        c->out_handle[0] = c->in_handle[1];
    if (cond->rank == 0 || cond->rank < 0 || then.rank < 0) {
        tfg_shape_copy(&c->out[0], &then);
        return 0;
    }
    if (cond->rank == 1) {
        tfg_sub_shape(&then, 0, 1, &prefix);
        if (tfg_merge_shape(then.rank == 0 ? &then : cond, then.rank == 0 ? cond : &prefix, &merged, s) < 0)
            return -1;
        tfg_shape_copy(&c->out[0], &then);
        return 0;
    }
    return tfg_merge_shape(&then, cond, &c->out[0], s);
}

/* Select of TensorFlow 2: all three broadcast. */
static int shape_select_v2(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape both;
    return tfg_broadcast_shape(&c->in[1], &c->in[2], &both, s) < 0 ? -1 : tfg_broadcast_shape(&c->in[0], &both, &c->out[0], s);
}

const TfgOpRow tfg_ops_math[] = {
    { .name = "Abs", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: {bfloat16, half, float, double, int32, int64}"},
      .shape = tfg_shape_unchanged },
    { .name = "AccumulateNV2", .in = {"inputs: N * T"}, .out = {"sum: T"}, .attr = {"N: int >= 1", "T: " NUMBERS, "shape: shape"},
      .shape = tfg_shape_from_attr, .flags = TFG_OP_COMMUTATIVE | TFG_OP_AGGREGATE },
    { .name = "Acos", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " UNARY_NUMBERS}, .shape = tfg_shape_unchanged },
    { .name = "Acosh", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_AND_COMPLEX}, .shape = tfg_shape_unchanged },
    { .name = "Add", .in = {"x: T", "y: T"}, .out = {"z: T"},
      .attr = {"T: {bfloat16, half, float, double, uint8, int8, int16, int32, int64, complex64, complex128, string}"},
      .shape = tfg_shape_broadcast },
    { .name = "AddN", .in = {"inputs: N * T"}, .out = {"sum: T"}, .attr = {"N: int >= 1", "T: " NUMBERS_AND("variant")},
      .shape = shape_add_n, .flags = TFG_OP_COMMUTATIVE | TFG_OP_AGGREGATE },
    { .name = "AddV2", .in = {"x: T", "y: T"}, .out = {"z: T"},
      .attr = {"T: {bfloat16, half, float, double, uint8, int8, int16, int32, int64, complex64, complex128}"},
      .shape = tfg_shape_broadcast, .flags = TFG_OP_COMMUTATIVE | TFG_OP_AGGREGATE },
    { .name = "Angle", .in = {"input: T"}, .out = {"output: Tout"}, .attr = {"T: " COMPLEX " = DT_COMPLEX64",
      "Tout: {float, double} = DT_FLOAT"}, .shape = tfg_shape_unchanged },
    { .name = "ApproximateEqual", .in = {"x: T", "y: T"}, .out = {"z: bool"}, .attr = {"T: " NUMBERS, "tolerance: float = 1e-05"},
      .shape = shape_approximate_equal, .flags = TFG_OP_COMMUTATIVE },
    { .name = "Asin", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " UNARY_NUMBERS}, .shape = tfg_shape_unchanged },
    { .name = "Asinh", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_AND_COMPLEX}, .shape = tfg_shape_unchanged },
    { .name = "Atan", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " UNARY_NUMBERS}, .shape = tfg_shape_unchanged },
    { .name = "Atan2", .in = {"y: T", "x: T"}, .out = {"z: T"}, .attr = {"T: " FLOATS_B}, .shape = tfg_shape_broadcast },
    { .name = "Atanh", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_AND_COMPLEX}, .shape = tfg_shape_unchanged },
    { .name = "Betainc", .in = {"a: T", "b: T", "x: T"}, .out = {"z: T"}, .attr = {"T: {float, double}"}, .shape = shape_betainc },
    { .name = "BitwiseAnd", .in = {"x: T", "y: T"}, .out = {"z: T"}, .attr = {"T: " INTS}, .shape = tfg_shape_broadcast,
      .flags = TFG_OP_COMMUTATIVE },
    { .name = "BitwiseOr", .in = {"x: T", "y: T"}, .out = {"z: T"}, .attr = {"T: " INTS}, .shape = tfg_shape_broadcast,
      .flags = TFG_OP_COMMUTATIVE },
    { .name = "BitwiseXor", .in = {"x: T", "y: T"}, .out = {"z: T"}, .attr = {"T: " INTS}, .shape = tfg_shape_broadcast,
      .flags = TFG_OP_COMMUTATIVE },
    { .name = "Cast", .in = {"x: SrcT"}, .out = {"y: DstT"}, .attr = {"SrcT: type", "DstT: type", "Truncate: bool = false"},
      .shape = tfg_shape_unchanged },
    { .name = "Ceil", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_B}, .shape = tfg_shape_unchanged },
    { .name = "ClipByValue", .in = {"t: T", "clip_value_min: T", "clip_value_max: T"}, .out = {"output: T"},
      .attr = {"T: " NUMBERS}, .shape = tfg_shape_unchanged },
    { .name = "Complex", .in = {"real: T", "imag: T"}, .out = {"out: Tout"}, .attr = {"T: {float, double} = DT_FLOAT",
      "Tout: " COMPLEX " = DT_COMPLEX64"}, .shape = tfg_shape_broadcast },
    { .name = "ComplexAbs", .in = {"x: T"}, .out = {"y: Tout"}, .attr = {"T: " COMPLEX " = DT_COMPLEX64",
      "Tout: {float, double} = DT_FLOAT"}, .shape = tfg_shape_unchanged },
    { .name = "Conj", .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: {complex64, complex128, variant} = DT_COMPLEX64"},
      .shape = tfg_shape_unchanged },
    { .name = "Cos", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_AND_COMPLEX}, .shape = tfg_shape_unchanged },
    { .name = "Cosh", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_AND_COMPLEX}, .shape = tfg_shape_unchanged },
    { .name = "Digamma", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_B}, .shape = tfg_shape_unchanged },
    { .name = "Div", .in = {"x: T", "y: T"}, .out = {"z: T"}, .attr = {"T: " BINARY_NUMBERS}, .shape = tfg_shape_broadcast },
    { .name = "DivNoNan", .in = {"x: T", "y: T"}, .out = {"z: T"}, .attr = {"T: {float, double}"}, .shape = tfg_shape_broadcast },
    { .name = "Equal", .in = {"x: T", "y: T"}, .out = {"z: bool"},
      .attr = {"T: {bfloat16, half, float, double, uint8, int8, int16, int32, int64, complex64, quint8, qint8, qint32, string, "
      "bool, complex128}"},
      .shape = tfg_shape_broadcast, .flags = TFG_OP_COMMUTATIVE },
    { .name = "Erf", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_B}, .shape = tfg_shape_unchanged },
    { .name = "Erfc", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_B}, .shape = tfg_shape_unchanged },
    { .name = "Exp", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_AND_COMPLEX}, .shape = tfg_shape_unchanged },
    { .name = "Expm1", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_AND_COMPLEX}, .shape = tfg_shape_unchanged },
    { .name = "Floor", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_B}, .shape = tfg_shape_unchanged },
    { .name = "FloorDiv", .in = {"x: T", "y: T"}, .out = {"z: T"}, .attr = {"T: " BINARY_NUMBERS}, .shape = tfg_shape_broadcast },
    { .name = "FloorMod", .in = {"x: T", "y: T"}, .out = {"z: T"}, .attr = {"T: {int32, int64, bfloat16, half, float, double}"},
      .shape = tfg_shape_broadcast },
    { .name = "Greater", .in = {"x: T", "y: T"}, .out = {"z: bool"}, .attr = {"T: " REALS}, .shape = tfg_shape_broadcast },
    { .name = "GreaterEqual", .in = {"x: T", "y: T"}, .out = {"z: bool"}, .attr = {"T: " REALS}, .shape = tfg_shape_broadcast },
    { .name = "Igamma", .in = {"a: T", "x: T"}, .out = {"z: T"}, .attr = {"T: {float, double}"}, .shape = tfg_shape_broadcast },
    { .name = "IgammaGradA", .in = {"a: T", "x: T"}, .out = {"z: T"}, .attr = {"T: {float, double}"}, .shape = tfg_shape_broadcast },
    { .name = "Igammac", .in = {"a: T", "x: T"}, .out = {"z: T"}, .attr = {"T: {float, double}"}, .shape = tfg_shape_broadcast },
    { .name = "Imag", .in = {"input: T"}, .out = {"output: Tout"}, .attr = {"T: " COMPLEX " = DT_COMPLEX64",
      "Tout: {float, double} = DT_FLOAT"}, .shape = tfg_shape_unchanged },
    { .name = "Inv", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " UNARY_NUMBERS}, .shape = tfg_shape_unchanged },
    { .name = "InvGrad", .in = {"y: T", "dy: T"}, .out = {"z: T"}, .attr = {"T: " FLOATS_AND_COMPLEX},
      .shape = tfg_shape_unchanged },
    { .name = "Invert", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " INTS}, .shape = tfg_shape_unchanged },
    { .name = "IsFinite", .in = {"x: T"}, .out = {"y: bool"}, .attr = {"T: " FLOATS_B}, .shape = tfg_shape_unchanged },
    { .name = "IsInf", .in = {"x: T"}, .out = {"y: bool"}, .attr = {"T: " FLOATS_B}, .shape = tfg_shape_unchanged },
    { .name = "IsNan", .in = {"x: T"}, .out = {"y: bool"}, .attr = {"T: " FLOATS_B}, .shape = tfg_shape_unchanged },
    { .name = "LeftShift", .in = {"x: T", "y: T"}, .out = {"z: T"}, .attr = {"T: " INTS}, .shape = tfg_shape_broadcast,
      .flags = TFG_OP_COMMUTATIVE },
    { .name = "Less", .in = {"x: T", "y: T"}, .out = {"z: bool"}, .attr = {"T: " REALS}, .shape = tfg_shape_broadcast },
    { .name = "LessEqual", .in = {"x: T", "y: T"}, .out = {"z: bool"}, .attr = {"T: " REALS}, .shape = tfg_shape_broadcast },
    { .name = "Lgamma", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_B}, .shape = tfg_shape_unchanged },
    { .name = "Log", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_AND_COMPLEX}, .shape = tfg_shape_unchanged },
    { .name = "Log1p", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_AND_COMPLEX}, .shape = tfg_shape_unchanged },
    { .name = "LogicalAnd", .in = {"x: bool", "y: bool"}, .out = {"z: bool"}, .shape = tfg_shape_broadcast,
      .flags = TFG_OP_COMMUTATIVE },
    { .name = "LogicalNot", .in = {"x: bool"}, .out = {"y: bool"}, .shape = tfg_shape_unchanged },
    { .name = "LogicalOr", .in = {"x: bool", "y: bool"}, .out = {"z: bool"}, .shape = tfg_shape_broadcast,
      .flags = TFG_OP_COMMUTATIVE },
    { .name = "Maximum", .in = {"x: T", "y: T"}, .out = {"z: T"}, .attr = {"T: {bfloat16, half, float, double, int32, int64}"},
      .shape = tfg_shape_broadcast, .flags = TFG_OP_COMMUTATIVE },
    { .name = "Minimum", .in = {"x: T", "y: T"}, .out = {"z: T"}, .attr = {"T: {bfloat16, half, float, double, int32, int64}"},
      .shape = tfg_shape_broadcast, .flags = TFG_OP_COMMUTATIVE },
    { .name = "Mod", .in = {"x: T", "y: T"}, .out = {"z: T"}, .attr = {"T: {int32, int64, half, half, bfloat16, float, double}"},
      .shape = tfg_shape_broadcast },
    { .name = "Mul", .in = {"x: T", "y: T"}, .out = {"z: T"}, .attr = {"T: " BINARY_NUMBERS}, .shape = tfg_shape_broadcast,
      .flags = TFG_OP_COMMUTATIVE },
    { .name = "Neg", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " UNARY_NUMBERS}, .shape = tfg_shape_unchanged },
    { .name = "NotEqual", .in = {"x: T", "y: T"}, .out = {"z: bool"},
      .attr = {"T: {bfloat16, half, float, double, uint8, int8, int16, int32, int64, complex64, quint8, qint8, qint32, string, "
      "bool, complex128}"},
      .shape = tfg_shape_broadcast, .flags = TFG_OP_COMMUTATIVE },
    { .name = "Polygamma", .in = {"a: T", "x: T"}, .out = {"z: T"}, .attr = {"T: {float, double}"}, .shape = tfg_shape_broadcast },
    { .name = "Pow", .in = {"x: T", "y: T"}, .out = {"z: T"},
      .attr = {"T: {bfloat16, float, half, double, int32, int64, complex64, complex128}"}, .shape = tfg_shape_broadcast },
    { .name = "Real", .in = {"input: T"}, .out = {"output: Tout"}, .attr = {"T: " COMPLEX " = DT_COMPLEX64",
      "Tout: {float, double} = DT_FLOAT"}, .shape = tfg_shape_unchanged },
    { .name = "RealDiv", .in = {"x: T", "y: T"}, .out = {"z: T"}, .attr = {"T: " BINARY_NUMBERS}, .shape = tfg_shape_broadcast },
    { .name = "Reciprocal", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " UNARY_NUMBERS}, .shape = tfg_shape_unchanged },
    { .name = "ReciprocalGrad", .in = {"y: T", "dy: T"}, .out = {"z: T"}, .attr = {"T: " FLOATS_AND_COMPLEX},
      .shape = tfg_shape_unchanged },
    { .name = "RightShift", .in = {"x: T", "y: T"}, .out = {"z: T"}, .attr = {"T: " INTS}, .shape = tfg_shape_broadcast,
      .flags = TFG_OP_COMMUTATIVE },
    { .name = "Rint", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_B}, .shape = tfg_shape_unchanged },
    { .name = "Round", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " UNARY_NUMBERS}, .shape = tfg_shape_unchanged },
    { .name = "Rsqrt", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_AND_COMPLEX}, .shape = tfg_shape_unchanged },
    { .name = "RsqrtGrad", .in = {"y: T", "dy: T"}, .out = {"z: T"}, .attr = {"T: " FLOATS_AND_COMPLEX},
      .shape = tfg_shape_unchanged },
    { .name = "Select", .in = {"condition: bool", "t: T", "e: T"}, .out = {"output: T"}, .attr = {"T: type"},
      .shape = shape_select },
    { .name = "SelectV2", .in = {"condition: bool", "t: T", "e: T"}, .out = {"output: T"}, .attr = {"T: type"},
      .shape = shape_select_v2 },
    { .name = "Sigmoid", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_AND_COMPLEX}, .shape = tfg_shape_unchanged },
    { .name = "SigmoidGrad", .in = {"y: T", "dy: T"}, .out = {"z: T"}, .attr = {"T: " FLOATS_AND_COMPLEX},
      .shape = tfg_shape_unchanged },
    { .name = "Sign", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " UNARY_NUMBERS}, .shape = tfg_shape_unchanged },
    { .name = "Sin", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_AND_COMPLEX}, .shape = tfg_shape_unchanged },
    { .name = "Sinh", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_AND_COMPLEX}, .shape = tfg_shape_unchanged },
    { .name = "Sqrt", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_AND_COMPLEX}, .shape = tfg_shape_unchanged },
    { .name = "SqrtGrad", .in = {"y: T", "dy: T"}, .out = {"z: T"}, .attr = {"T: " FLOATS_AND_COMPLEX},
      .shape = tfg_shape_unchanged },
    { .name = "Square", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " UNARY_NUMBERS}, .shape = tfg_shape_unchanged },
    { .name = "SquaredDifference", .in = {"x: T", "y: T"}, .out = {"z: T"}, .attr = {"T: " UNARY_NUMBERS},
      .shape = tfg_shape_broadcast, .flags = TFG_OP_COMMUTATIVE },
    { .name = "Sub", .in = {"x: T", "y: T"}, .out = {"z: T"}, .attr = {"T: " BINARY_NUMBERS}, .shape = tfg_shape_broadcast },
    { .name = "Tan", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " UNARY_NUMBERS}, .shape = tfg_shape_unchanged },
    { .name = "Tanh", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: " FLOATS_AND_COMPLEX}, .shape = tfg_shape_unchanged },
    { .name = "TanhGrad", .in = {"y: T", "dy: T"}, .out = {"z: T"}, .attr = {"T: " FLOATS_AND_COMPLEX},
      .shape = tfg_shape_unchanged },
    { .name = "TruncateDiv", .in = {"x: T", "y: T"}, .out = {"z: T"}, .attr = {"T: " BINARY_NUMBERS},
      .shape = tfg_shape_broadcast },
    { .name = "TruncateMod", .in = {"x: T", "y: T"}, .out = {"z: T"}, .attr = {"T: {int32, int64, bfloat16, half, float, double}"},
      .shape = tfg_shape_broadcast },
    { .name = "Zeta", .in = {"x: T", "q: T"}, .out = {"z: T"}, .attr = {"T: {float, double}"}, .shape = tfg_shape_broadcast },
};
const int tfg_n_ops_math = sizeof tfg_ops_math / sizeof *tfg_ops_math;
