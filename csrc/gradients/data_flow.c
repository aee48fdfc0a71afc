/* Gradients of partitions and stitches; queues have none. */
#include "base/memory.h"
#include "base/status.h"
#include "gradients/rows.h"

/* The rows are put back where a partition of their own numbers says they came from. */
static int grad_dynamic_partition(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    int n = g->n_out;
    TfgValue *in = tfg_calloc((size_t)(2 * n), sizeof *in), indices = tfg_b_x(b, 1), shape = tfg_b_shape(b, indices);
    if (!in)
        return tfg_fail_memory(s);
    TfgValue count = tfg_b_reduce_all(b, "Prod", shape);
    TfgValue numbers = tfg_b_reshape(b, tfg_b_range(b, TFG_NO_VALUE, count, TFG_NO_VALUE), shape);
    tfg_b_op_n(b, "DynamicPartition", NULL, B_LIST(numbers, indices), B_ATTRS({"num_partitions", TFG_A_INT(n)}), in, n);
    for (int i = 0; i < n; i++)
        in[n + i] = tfg_b_dy_of(b, i);
    TfgValue whole = tfg_b_op(b, "DynamicStitch", NULL, in, 2 * n, NULL, 0);
    tfg_b_dx(b, 0, tfg_b_reshape_like(b, whole, tfg_b_x(b, 0)));
    tfg_free(in);
    return tfg_b_done(b);
}

static int grad_dynamic_stitch(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    int n = g->n_in / 2;
    TfgValue *indices = tfg_calloc((size_t)n, sizeof *indices), dy = g->dy[0].value;
    if (!indices)
        return tfg_fail_memory(s);
    for (int i = 0; i < n; i++)
        indices[i] = tfg_b_cast(b, tfg_b_x(b, i), TFG_INT32, NULL);
    if (tfg_has_value(g->dy[0].indices)) {
        TfgValue rows = tfg_b_item(b, tfg_b_shape(b, tfg_b_y(b, 0)), 0);
        dy = B_OP(b, "UnsortedSegmentSum", dy, g->dy[0].indices, rows);
    }
    for (int i = 0; i < n; i++)
        tfg_b_dx(b, n + i, tfg_b_gather(b, dy, indices[i]));
    tfg_free(indices);
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_data_flow[] = {
    GRAD("DynamicPartition", grad_dynamic_partition, TFG_USES_X),
    GRAD("DynamicStitch", grad_dynamic_stitch, TFG_USES_X | TFG_USES_Y0),
    GRAD("ParallelDynamicStitch", grad_dynamic_stitch, TFG_USES_X | TFG_USES_Y0),
    NONE("DeleteSessionTensor"),
    NONE("GetSessionHandle"),
    NONE("GetSessionHandleV2"),
    NONE("GetSessionTensor"),
    NONE("QueueClose"),
    NONE("QueueDequeue"),
    NONE("QueueDequeueMany"),
    NONE("QueueDequeueUpTo"),
    NONE("QueueEnqueue"),
    NONE("QueueEnqueueMany"),
    NONE("QueueSize"),
};
const int tfg_n_gradients_data_flow = sizeof tfg_gradients_data_flow / sizeof *tfg_gradients_data_flow;
