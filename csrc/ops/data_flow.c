/* Queues, partitions and stitches: signatures and shapes. */
#include "ops/common.h"

/* The handle of a queue by reference is two strings: container and name. */
static int shape_queue_handle_ref(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    tfg_shape_set(&c->out[0], 1, (int64_t[]){2});
    return 0;
}

/* Components with what the handle tells of them, behind `n` rows where there are several. */
static void components(TfgShapeCall *c, const int64_t *n)
{
    const TfgHandleInfo *info = c->in_handle ? c->in_handle[0] : NULL;
    if (!info || info->n != c->n_out)
        return;
    for (int i = 0; i < c->n_out; i++) {
        TfgShape each;
        tfg_shape_from_dims(&each, info->shapes[i]);
        tfg_join_shapes(NULL, n, &each, &c->out[i]);
    }
}

static int shape_dequeue(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    components(c, NULL);
    return 0;
}

static int shape_dequeue_many(TfgShapeCall *c, TfgStatus *s)
{
    if (c->in_dtype[0] != TFG_RESOURCE)
        return 0;
    if (tfg_want_scalar(c, 1, s) < 0)
        return -1;
    const TfgTensor *t = c->constant(c, 1);
    int64_t n = t ? tfg_tensor_int(t, 0) : -1;
    if (t && n < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input 'n' must be >= 0, but is %lld", (long long)n);
    components(c, &n);
    return 0;
}

static int shape_dequeue_up_to(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    int64_t n = -1;
    components(c, &n);
    return 0;
}

static int shape_dynamic_partition(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape data, rest;
    int64_t unknown = -1;
    if (c->in[1].rank < 0)
        return 0;
    tfg_shape_copy(&data, &c->in[0]);
    if (tfg_merge_prefix(&data, &c->in[1], s) < 0)
        return -1;
    tfg_sub_shape(&data, c->in[1].rank, TFG_TO_END, &rest);
    for (int i = 0; i < c->n_out; i++)
        tfg_join_shapes(NULL, &unknown, &rest, &c->out[i]);
    return 0;
}

/* Each data starts with its indices' shape; what follows is the same for all.  Constant indices tell the number of rows. */
static int shape_dynamic_stitch(TfgShapeCall *c, TfgStatus *s)
{
    int n = c->n_in / 2;
    int64_t rows = 0;
    TfgShape extra, data, rest, merged;
    tfg_shape_set_unknown(&extra);
    for (int i = 0; i < n; i++) {
        const TfgTensor *t = c->constant(c, i);
        const TfgShape *indices = &c->in[i];
        if (!t)
            rows = -1;
        for (int64_t j = 0; t && rows >= 0 && j < t->count; j++)
            rows = tfg_tensor_int(t, j) + 1 > rows ? tfg_tensor_int(t, j) + 1 : rows;
        if (indices->rank < 0)
            continue;
        tfg_shape_copy(&data, &c->in[i + n]);
        if (tfg_merge_prefix(&data, indices, s) < 0)
            return -1;
        tfg_sub_shape(&data, indices->rank, TFG_TO_END, &rest);
        if (tfg_merge_shape(&extra, &rest, &merged, s) < 0)
            return -1;
        tfg_shape_copy(&extra, &merged);
    }
    tfg_join_shapes(NULL, &rows, &extra, &c->out[0]);
    return 0;
}

const TfgOpRow tfg_ops_data_flow[] = {
    { .name = "DynamicPartition", .in = {"data: T", "partitions: int32"}, .out = {"outputs: num_partitions * T"},
      .attr = {"num_partitions: int >= 1", "T: type"}, .shape = shape_dynamic_partition },
    { .name = "DynamicStitch", .in = {"indices: N * int32", "data: N * T"}, .out = {"merged: T"}, .attr = {"N: int >= 1",
      "T: type"}, .shape = shape_dynamic_stitch },
    { .name = "FakeQueue", .in = {"resource: resource"}, .out = {"handle: Ref(string)"}, .shape = shape_queue_handle_ref,
      .flags = TFG_OP_STATEFUL },
    { .name = "FIFOQueue", .out = {"handle: Ref(string)"}, .attr = {"component_types: list(type) >= 1",
      "shapes: list(shape) >= 0 = []", "capacity: int = -1", "container: string = ''", "shared_name: string = ''"},
      .shape = shape_queue_handle_ref, .flags = TFG_OP_STATEFUL },
    { .name = "FIFOQueueV2", .out = {"handle: resource"}, .attr = {"component_types: list(type) >= 1",
      "shapes: list(shape) >= 0 = []", "capacity: int = -1", "container: string = ''", "shared_name: string = ''"},
      .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "PaddingFIFOQueue", .out = {"handle: Ref(string)"}, .attr = {"component_types: list(type) >= 1",
      "shapes: list(shape) >= 0 = []", "capacity: int = -1", "container: string = ''", "shared_name: string = ''"},
      .shape = shape_queue_handle_ref, .flags = TFG_OP_STATEFUL },
    { .name = "PaddingFIFOQueueV2", .out = {"handle: resource"}, .attr = {"component_types: list(type) >= 1",
      "shapes: list(shape) >= 0 = []", "capacity: int = -1", "container: string = ''", "shared_name: string = ''"},
      .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "ParallelDynamicStitch", .in = {"indices: N * int32", "data: N * T"}, .out = {"merged: T"}, .attr = {"N: int >= 1",
      "T: type"}, .shape = shape_dynamic_stitch },
    { .name = "PriorityQueue", .out = {"handle: Ref(string)"}, .attr = {"component_types: list(type) >= 0 = []",
      "shapes: list(shape) >= 0", "capacity: int = -1", "container: string = ''", "shared_name: string = ''"},
      .shape = shape_queue_handle_ref, .flags = TFG_OP_STATEFUL },
    { .name = "PriorityQueueV2", .out = {"handle: resource"}, .attr = {"component_types: list(type) >= 0 = []",
      "shapes: list(shape) >= 0", "capacity: int = -1", "container: string = ''", "shared_name: string = ''"},
      .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "QueueClose", .in = {"handle: Ref(string)"}, .attr = {"cancel_pending_enqueues: bool = false"},
      .shape = tfg_shape_none },
    { .name = "QueueCloseV2", .in = {"handle: resource"}, .attr = {"cancel_pending_enqueues: bool = false"},
      .shape = tfg_shape_none, .flags = TFG_OP_STATEFUL },
    { .name = "QueueDequeue", .in = {"handle: Ref(string)"}, .out = {"components: component_types"},
      .attr = {"component_types: list(type) >= 1", "timeout_ms: int = -1"}, .shape = shape_dequeue },
    { .name = "QueueDequeueMany", .in = {"handle: Ref(string)", "n: int32"}, .out = {"components: component_types"},
      .attr = {"component_types: list(type) >= 1", "timeout_ms: int = -1"}, .shape = shape_dequeue_many },
    { .name = "QueueDequeueManyV2", .in = {"handle: resource", "n: int32"}, .out = {"components: component_types"},
      .attr = {"component_types: list(type) >= 1", "timeout_ms: int = -1"}, .shape = shape_dequeue_many, .flags = TFG_OP_STATEFUL },
    { .name = "QueueDequeueUpTo", .in = {"handle: Ref(string)", "n: int32"}, .out = {"components: component_types"},
      .attr = {"component_types: list(type) >= 1", "timeout_ms: int = -1"}, .shape = shape_dequeue_up_to },
    { .name = "QueueDequeueUpToV2", .in = {"handle: resource", "n: int32"}, .out = {"components: component_types"},
      .attr = {"component_types: list(type) >= 1", "timeout_ms: int = -1"}, .shape = shape_dequeue_up_to,
      .flags = TFG_OP_STATEFUL },
    { .name = "QueueDequeueV2", .in = {"handle: resource"}, .out = {"components: component_types"},
      .attr = {"component_types: list(type) >= 1", "timeout_ms: int = -1"}, .shape = shape_dequeue, .flags = TFG_OP_STATEFUL },
    { .name = "QueueEnqueue", .in = {"handle: Ref(string)", "components: Tcomponents"}, .attr = {"Tcomponents: list(type) >= 1",
      "timeout_ms: int = -1"}, .shape = tfg_shape_none },
    { .name = "QueueEnqueueMany", .in = {"handle: Ref(string)", "components: Tcomponents"}, .attr = {"Tcomponents: list(type) >= 1",
      "timeout_ms: int = -1"}, .shape = tfg_shape_none },
    { .name = "QueueEnqueueManyV2", .in = {"handle: resource", "components: Tcomponents"}, .attr = {"Tcomponents: list(type) >= 1",
      "timeout_ms: int = -1"}, .shape = tfg_shape_none, .flags = TFG_OP_STATEFUL },
    { .name = "QueueEnqueueV2", .in = {"handle: resource", "components: Tcomponents"}, .attr = {"Tcomponents: list(type) >= 1",
      "timeout_ms: int = -1"}, .shape = tfg_shape_none, .flags = TFG_OP_STATEFUL },
    { .name = "QueueIsClosed", .in = {"handle: Ref(string)"}, .out = {"is_closed: bool"}, .shape = tfg_shape_scalar },
    { .name = "QueueIsClosedV2", .in = {"handle: resource"}, .out = {"is_closed: bool"}, .shape = tfg_shape_scalar,
      .flags = TFG_OP_STATEFUL },
    { .name = "QueueSize", .in = {"handle: Ref(string)"}, .out = {"size: int32"}, .shape = tfg_shape_scalar },
    { .name = "QueueSizeV2", .in = {"handle: resource"}, .out = {"size: int32"}, .shape = tfg_shape_scalar,
      .flags = TFG_OP_STATEFUL },
    { .name = "RandomShuffleQueue", .out = {"handle: Ref(string)"}, .attr = {"component_types: list(type) >= 1",
      "shapes: list(shape) >= 0 = []", "capacity: int = -1", "min_after_dequeue: int = 0", "seed: int = 0", "seed2: int = 0",
      "container: string = ''", "shared_name: string = ''"}, .shape = shape_queue_handle_ref, .flags = TFG_OP_STATEFUL },
    { .name = "RandomShuffleQueueV2", .out = {"handle: resource"}, .attr = {"component_types: list(type) >= 1",
      "shapes: list(shape) >= 0 = []", "capacity: int = -1", "min_after_dequeue: int = 0", "seed: int = 0", "seed2: int = 0",
      "container: string = ''", "shared_name: string = ''"}, .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
};
const int tfg_n_ops_data_flow = sizeof tfg_ops_data_flow / sizeof *tfg_ops_data_flow;
