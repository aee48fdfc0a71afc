/* Barriers: signatures and shapes. */
#include "ops/common.h"

static int shape_barrier(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    tfg_shape_set(&c->out[0], 1, (int64_t[]){2});
    return 0;
}

/* Input 0 is a handle: two strings, container and name. */
static int want_handle(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape handle;
    return tfg_want_rank(&c->in[0], 1, &handle, s) < 0 ? -1 : tfg_want_dim(handle.dims[0], 2, s);
}

static int shape_size(TfgShapeCall *c, TfgStatus *s)
{
    return want_handle(c, s) < 0 ? -1 : tfg_shape_scalar(c, s);
}

static int shape_insert(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape keys, rows, merged;
    if (want_handle(c, s) < 0 || tfg_want_rank(&c->in[1], 1, &keys, s) < 0 || tfg_want_rank_at_least(&c->in[2], 1, s) < 0)
        return -1;
    if (c->in[2].rank < 0)
        return 0;
    tfg_sub_shape(&c->in[2], 0, 1, &rows);
    return tfg_merge_shape(&keys, &rows, &merged, s);
}

#define HANDLE "handle: Ref(string)"

const TfgOpRow tfg_ops_barrier[] = {
    { .name = "Barrier", .out = {HANDLE}, .attr = {"component_types: list(type) >= 1", "shapes: list(shape) >= 0 = []", "capacity: int = -1",
      "container: string = ''", "shared_name: string = ''"}, .shape = shape_barrier, .flags = TFG_OP_STATEFUL },
    { .name = "BarrierClose", .in = {HANDLE}, .attr = {"cancel_pending_enqueues: bool = false"}, .shape = want_handle },
    { .name = "BarrierIncompleteSize", .in = {HANDLE}, .out = {"size: int32"}, .shape = shape_size },
    { .name = "BarrierInsertMany", .in = {HANDLE, "keys: string", "values: T"}, .attr = {"T: type", "component_index: int"},
      .shape = shape_insert },
    { .name = "BarrierReadySize", .in = {HANDLE}, .out = {"size: int32"}, .shape = shape_size },
    { .name = "BarrierTakeMany", .in = {HANDLE, "num_elements: int32"}, .out = {"indices: int64", "keys: string", "values: component_types"},
      .attr = {"component_types: list(type) >= 1", "allow_small_batch: bool = false", "wait_for_incomplete: bool = false",
      "timeout_ms: int = -1"}, .shape = tfg_shape_unknown },
};
const int tfg_n_ops_barrier = sizeof tfg_ops_barrier / sizeof *tfg_ops_barrier;
