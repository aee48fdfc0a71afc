/* Accumulators of gradients: signatures and shapes. */
#include "ops/common.h"

/* The handle is two strings, container and name; a resource has the same shape, its first element is what counts. */
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

#define MAKES(numbers) .attr = {"dtype: " numbers, "shape: shape", "container: string = ''", "shared_name: string = ''", \
    "reduction_type: {'MEAN', 'SUM'} = 'MEAN'"}, .shape = shape_handle, .flags = TFG_OP_STATEFUL
#define HANDLE "handle: Ref(string)"
#define RESOURCE "handle: resource"

/* Versions after 1.12 count two more types among the numbers. */
#define LATER_NUMBERS "{float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, qint16, quint16, uint16, " \
                      "complex128, half, uint32, uint64}"

const TfgOpRow tfg_ops_accumulator[] = {
    { .name = "AccumulatorApplyGradient", .in = {HANDLE, "local_step: int64", "gradient: dtype"}, .attr = {"dtype: " NUMBERS},
      .shape = shape_step },
    { .name = "AccumulatorNumAccumulated", .in = {HANDLE}, .out = {"num_accumulated: int32"}, .shape = tfg_shape_scalar },
    { .name = "AccumulatorSetGlobalStep", .in = {HANDLE, "new_global_step: int64"}, .shape = shape_step },
    { .name = "AccumulatorTakeGradient", .in = {HANDLE, "num_required: int32"}, .out = {"average: dtype"}, .attr = {"dtype: " NUMBERS},
      .shape = shape_take },
    { .name = "ConditionalAccumulator", .out = {HANDLE}, MAKES(NUMBERS) },
    { .name = "SparseAccumulatorApplyGradient", .in = {HANDLE, "local_step: int64", "gradient_indices: int64", "gradient_values: dtype",
      "gradient_shape: int64"}, .attr = {"dtype: " NUMBERS, "has_known_shape: bool"}, .shape = shape_step },
    { .name = "SparseAccumulatorTakeGradient", .in = {HANDLE, "num_required: int32"}, .out = {"indices: int64", "values: dtype",
      "shape: int64"}, .attr = {"dtype: " NUMBERS}, .shape = shape_take },
    { .name = "SparseConditionalAccumulator", .out = {HANDLE}, MAKES(NUMBERS) },
    /* Of 1.14 and later. */
    { .name = "ResourceAccumulatorApplyGradient", .in = {RESOURCE, "local_step: int64", "gradient: dtype"}, .attr = {"dtype: " LATER_NUMBERS},
      .shape = shape_step, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceAccumulatorNumAccumulated", .in = {RESOURCE}, .out = {"num_accumulated: int32"}, .shape = tfg_shape_scalar,
      .flags = TFG_OP_STATEFUL },
    { .name = "ResourceAccumulatorSetGlobalStep", .in = {RESOURCE, "new_global_step: int64"}, .shape = shape_step, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceAccumulatorTakeGradient", .in = {RESOURCE, "num_required: int32"}, .out = {"average: dtype"},
      .attr = {"dtype: " LATER_NUMBERS}, .shape = shape_take, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceConditionalAccumulator", .out = {RESOURCE}, MAKES(LATER_NUMBERS) },
};
const int tfg_n_ops_accumulator = sizeof tfg_ops_accumulator / sizeof *tfg_ops_accumulator;
