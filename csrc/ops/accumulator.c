/* Accumulators of gradients: signatures and shapes. */
#include "ops/common.h"

/* The handle is two strings: container and name. */
static int shape_handle(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    tfg_shape_set(&c->out[0], 1, (int64_t[]){2});
    return 0;
}

static int shape_step(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_want_scalar(c, 1, s);
}

static int shape_take(TfgShapeCall *c, TfgStatus *s)
{
    return tfg_want_scalar(c, 1, s);    /* what comes out, only the accumulator knows */
}

#define MAKES .attr = {"dtype: " NUMBERS, "shape: shape", "container: string = ''", "shared_name: string = ''", \
    "reduction_type: {'MEAN', 'SUM'} = 'MEAN'"}, .shape = shape_handle, .flags = TFG_OP_STATEFUL
#define HANDLE "handle: Ref(string)"

const TfgOpRow tfg_ops_accumulator[] = {
    { .name = "AccumulatorApplyGradient", .in = {HANDLE, "local_step: int64", "gradient: dtype"}, .attr = {"dtype: " NUMBERS},
      .shape = shape_step },
    { .name = "AccumulatorNumAccumulated", .in = {HANDLE}, .out = {"num_accumulated: int32"}, .shape = tfg_shape_scalar },
    { .name = "AccumulatorSetGlobalStep", .in = {HANDLE, "new_global_step: int64"}, .shape = shape_step },
    { .name = "AccumulatorTakeGradient", .in = {HANDLE, "num_required: int32"}, .out = {"average: dtype"}, .attr = {"dtype: " NUMBERS},
      .shape = shape_take },
    { .name = "ConditionalAccumulator", .out = {HANDLE}, MAKES },
    { .name = "SparseAccumulatorApplyGradient", .in = {HANDLE, "local_step: int64", "gradient_indices: int64", "gradient_values: dtype",
      "gradient_shape: int64"}, .attr = {"dtype: " NUMBERS, "has_known_shape: bool"}, .shape = shape_step },
    { .name = "SparseAccumulatorTakeGradient", .in = {HANDLE, "num_required: int32"}, .out = {"indices: int64", "values: dtype",
      "shape: int64"}, .attr = {"dtype: " NUMBERS}, .shape = shape_take },
    { .name = "SparseConditionalAccumulator", .out = {HANDLE}, MAKES },
};
const int tfg_n_ops_accumulator = sizeof tfg_ops_accumulator / sizeof *tfg_ops_accumulator;
