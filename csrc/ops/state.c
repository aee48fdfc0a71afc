/* Variables: those that hand out references, and those behind resource handles: signatures and shapes. */
#include "ops/common.h"

static int shape_assign(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_attrs_bool(c->attrs, "validate_shape"))
        return tfg_shape_merge_both(c, s);
    tfg_shape_copy(&c->out[0], &c->in[1]);
    return 0;
}

static int shape_count_up_to(TfgShapeCall *c, TfgStatus *s) { return tfg_want_rank(&c->in[0], 0, &c->out[0], s); }

/* The old Variable could not tell a scalar's shape from an unknown one. */
static int shape_variable(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    TfgShape shape;
    tfg_attrs_shape(c->attrs, "shape", &shape);
    if (shape.rank > 0)
        tfg_shape_copy(&c->out[0], &shape);
    return 0;
}

/* indices + var's dims behind the first are the updates' (input 2), unless they are one number for all. */
static int check_scatter(TfgShapeCall *c, const TfgShape *var, TfgStatus *s)
{
    TfgShape rest, want, merged;
    if (c->in[2].rank == 0)
        return 0;
    tfg_sub_shape(var, 1, TFG_TO_END, &rest);
    tfg_join_shapes(&c->in[1], NULL, &rest, &want);
    return tfg_merge_shape(&c->in[2], &want, &merged, s);
}

static int shape_scatter(TfgShapeCall *c, TfgStatus *s)
{
    return check_scatter(c, &c->in[0], s) < 0 ? -1 : tfg_shape_unchanged(c, s);
}

/* Shape of the variable behind input 0, whose dtype must be what the op says. */
static int variable_shape(TfgShapeCall *c, const char *attr, TfgShape *shape, TfgStatus *s)
{
    TfgDType dtype, want = tfg_attrs_type(c->attrs, attr);
    tfg_handle_value(c, 0, shape, &dtype);
    if (dtype != TFG_INVALID && dtype != want)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Trying to read variable with wrong dtype. Expected %s got %s",
                        tfg_dtype_signature_name(dtype), tfg_dtype_signature_name(want));
    return 0;
}

static int shape_assign_variable(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape shape, merged;
    return variable_shape(c, "dtype", &shape, s) < 0 ? -1 : tfg_merge_shape(&shape, &c->in[1], &merged, s);
}

static int shape_read_variable(TfgShapeCall *c, TfgStatus *s) { return variable_shape(c, "dtype", &c->out[0], s); }

static int shape_var_handle(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape shape;
    tfg_shape_set_scalar(&c->out[0]);
    TfgHandleInfo *info = tfg_arena_alloc(c->arena, sizeof *info);
    const TfgDims **shapes = tfg_arena_alloc(c->arena, sizeof *shapes);
    TfgDType *dtypes = tfg_arena_alloc(c->arena, sizeof *dtypes);
    if (!info || !shapes || !dtypes)
        return tfg_fail_memory(s);
    tfg_attrs_shape(c->attrs, "shape", &shape);
    if (shape.rank >= 0 && !(*shapes = tfg_dims_new(c->arena, &shape)))
        return tfg_fail_memory(s);
    *dtypes = tfg_attrs_type(c->attrs, "dtype");
    *info = (TfgHandleInfo){1, shapes, dtypes};
    c->out_handle[0] = info;
    return 0;
}

static int shape_variable_shape(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    TfgShape shape;
    TfgDType dtype;
    tfg_handle_value(c, 0, &shape, &dtype);
    tfg_shape_set(&c->out[0], 1, (int64_t[]){shape.rank});
    return 0;
}

static int shape_resource_count_up_to(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape shape;
    return variable_shape(c, "T", &shape, s) < 0 ? -1 : tfg_want_rank(&shape, 0, &c->out[0], s);
}

static int shape_resource_gather(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape shape, rest;
    if (variable_shape(c, "dtype", &shape, s) < 0 || tfg_want_rank_at_least(&shape, 1, s) < 0)
        return -1;
    tfg_sub_shape(&shape, 1, TFG_TO_END, &rest);
    tfg_join_shapes(&c->in[1], NULL, &rest, &c->out[0]);
    return 0;
}

static int shape_resource_gather_nd(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape shape, outer, inner;
    if (variable_shape(c, "dtype", &shape, s) < 0 || tfg_want_rank_at_least(&shape, 1, s) < 0 || tfg_want_rank_at_least(&c->in[1], 1, s) < 0)
        return -1;
    int64_t depth = tfg_dim(&c->in[1], -1);
    if (shape.rank < 0 || depth < 0)
        return 0;
    if (depth > shape.rank)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "indices.shape[-1] must be <= params.rank");
    tfg_sub_shape(&c->in[1], 0, -1, &outer);
    tfg_sub_shape(&shape, (int)depth, TFG_TO_END, &inner);
    tfg_join_shapes(&outer, NULL, &inner, &c->out[0]);
    return 0;
}

static int shape_resource_scatter(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape shape;
    return variable_shape(c, "dtype", &shape, s) < 0 ? -1 : check_scatter(c, &shape, s);
}

const TfgOpRow tfg_ops_state[] = {
    { .name = "Assign", .in = {"ref: Ref(T)", "value: T"}, .out = {"output_ref: Ref(T)"}, .attr = {"T: type",
      "validate_shape: bool = true", "use_locking: bool = true"}, .shape = shape_assign, .flags = TFG_OP_ALLOWS_UNINITIALIZED },
    { .name = "AssignAdd", .in = {"ref: Ref(T)", "value: T"}, .out = {"output_ref: Ref(T)"}, .attr = {"T: " NUMBERS,
      "use_locking: bool = false"}, .shape = tfg_shape_merge_both },
    { .name = "AssignAddVariableOp", .in = {"resource: resource", "value: dtype"}, .attr = {"dtype: type"},
      .shape = shape_assign_variable, .flags = TFG_OP_STATEFUL },
    { .name = "AssignSub", .in = {"ref: Ref(T)", "value: T"}, .out = {"output_ref: Ref(T)"}, .attr = {"T: " NUMBERS,
      "use_locking: bool = false"}, .shape = tfg_shape_merge_both },
    { .name = "AssignSubVariableOp", .in = {"resource: resource", "value: dtype"}, .attr = {"dtype: type"},
      .shape = shape_assign_variable, .flags = TFG_OP_STATEFUL },
    { .name = "AssignVariableOp", .in = {"resource: resource", "value: dtype"}, .attr = {"dtype: type"},
      .shape = shape_assign_variable, .flags = TFG_OP_STATEFUL },
    { .name = "CountUpTo", .in = {"ref: Ref(T)"}, .out = {"output: T"}, .attr = {"limit: int", "T: " INDEX},
      .shape = shape_count_up_to },
    { .name = "DestroyResourceOp", .in = {"resource: resource"}, .attr = {"ignore_lookup_error: bool = true"},
      .shape = tfg_shape_none, .flags = TFG_OP_STATEFUL },
    { .name = "DestroyTemporaryVariable", .in = {"ref: Ref(T)"}, .out = {"value: T"}, .attr = {"T: type", "var_name: string"},
      .shape = tfg_shape_unchanged },
    { .name = "DisableCopyOnRead", .in = {"resource: resource"}, .shape = tfg_shape_none, .flags = TFG_OP_STATEFUL },
    { .name = "IsVariableInitialized", .in = {"ref: Ref(dtype)"}, .out = {"is_initialized: bool"}, .attr = {"dtype: type"},
      .shape = tfg_shape_scalar, .flags = TFG_OP_ALLOWS_UNINITIALIZED },
    { .name = "ReadVariableOp", .in = {"resource: resource"}, .out = {"value: dtype"}, .attr = {"dtype: type"},
      .shape = shape_read_variable, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceCountUpTo", .in = {"resource: resource"}, .out = {"output: T"}, .attr = {"limit: int", "T: " INDEX},
      .shape = shape_resource_count_up_to, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceGather", .in = {"resource: resource", "indices: Tindices"}, .out = {"output: dtype"},
      .attr = {"validate_indices: bool = true", "dtype: type", "Tindices: " INDEX}, .shape = shape_resource_gather,
      .flags = TFG_OP_STATEFUL },
    { .name = "ResourceGatherNd", .in = {"resource: resource", "indices: Tindices"}, .out = {"output: dtype"}, .attr = {"dtype: type",
      "Tindices: " INDEX}, .shape = shape_resource_gather_nd, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceScatterAdd", .in = {"resource: resource", "indices: Tindices", "updates: dtype"}, .attr = {"dtype: " NUMBERS,
      "Tindices: " INDEX}, .shape = shape_resource_scatter, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceScatterDiv", .in = {"resource: resource", "indices: Tindices", "updates: dtype"}, .attr = {"dtype: " NUMBERS,
      "Tindices: " INDEX}, .shape = shape_resource_scatter, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceScatterMax", .in = {"resource: resource", "indices: Tindices", "updates: dtype"}, .attr = {"dtype: " NUMBERS,
      "Tindices: " INDEX}, .shape = shape_resource_scatter, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceScatterMin", .in = {"resource: resource", "indices: Tindices", "updates: dtype"}, .attr = {"dtype: " NUMBERS,
      "Tindices: " INDEX}, .shape = shape_resource_scatter, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceScatterMul", .in = {"resource: resource", "indices: Tindices", "updates: dtype"}, .attr = {"dtype: " NUMBERS,
      "Tindices: " INDEX}, .shape = shape_resource_scatter, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceScatterNdAdd", .in = {"ref: resource", "indices: Tindices", "updates: T"}, .attr = {"T: type",
      "Tindices: " INDEX, "use_locking: bool = true"}, .shape = tfg_shape_scatter_nd_update, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceScatterNdMax", .in = {"ref: resource", "indices: Tindices", "updates: T"}, .attr = {"T: type",
      "Tindices: " INDEX, "use_locking: bool = true", "bad_indices_policy: string = ''"}, .shape = tfg_shape_scatter_nd_update, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceScatterNdMin", .in = {"ref: resource", "indices: Tindices", "updates: T"}, .attr = {"T: type",
      "Tindices: " INDEX, "use_locking: bool = true", "bad_indices_policy: string = ''"}, .shape = tfg_shape_scatter_nd_update, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceScatterNdSub", .in = {"ref: resource", "indices: Tindices", "updates: T"}, .attr = {"T: type",
      "Tindices: " INDEX, "use_locking: bool = true", "bad_indices_policy: string = ''"}, .shape = tfg_shape_scatter_nd_update, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceScatterNdUpdate", .in = {"ref: resource", "indices: Tindices", "updates: T"}, .attr = {"T: type",
      "Tindices: " INDEX, "use_locking: bool = true"}, .shape = tfg_shape_scatter_nd_update, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceScatterSub", .in = {"resource: resource", "indices: Tindices", "updates: dtype"}, .attr = {"dtype: " NUMBERS,
      "Tindices: " INDEX}, .shape = shape_resource_scatter, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceScatterUpdate", .in = {"resource: resource", "indices: Tindices", "updates: dtype"}, .attr = {"dtype: type",
      "Tindices: " INDEX}, .shape = shape_resource_scatter, .flags = TFG_OP_STATEFUL },
    { .name = "ScatterAdd", .in = {"ref: Ref(T)", "indices: Tindices", "updates: T"}, .out = {"output_ref: Ref(T)"},
      .attr = {"T: " NUMBERS, "Tindices: " INDEX, "use_locking: bool = false"}, .shape = shape_scatter },
    { .name = "ScatterDiv", .in = {"ref: Ref(T)", "indices: Tindices", "updates: T"}, .out = {"output_ref: Ref(T)"},
      .attr = {"T: " NUMBERS, "Tindices: " INDEX, "use_locking: bool = false"}, .shape = shape_scatter },
    { .name = "ScatterMax", .in = {"ref: Ref(T)", "indices: Tindices", "updates: T"}, .out = {"output_ref: Ref(T)"},
      .attr = {"T: {half, bfloat16, float, double, int32, int64}", "Tindices: " INDEX, "use_locking: bool = false"},
      .shape = shape_scatter },
    { .name = "ScatterMin", .in = {"ref: Ref(T)", "indices: Tindices", "updates: T"}, .out = {"output_ref: Ref(T)"},
      .attr = {"T: {half, bfloat16, float, double, int32, int64}", "Tindices: " INDEX, "use_locking: bool = false"},
      .shape = shape_scatter },
    { .name = "ScatterMul", .in = {"ref: Ref(T)", "indices: Tindices", "updates: T"}, .out = {"output_ref: Ref(T)"},
      .attr = {"T: " NUMBERS, "Tindices: " INDEX, "use_locking: bool = false"}, .shape = shape_scatter },
    { .name = "ScatterNdAdd", .in = {"ref: Ref(T)", "indices: Tindices", "updates: T"}, .out = {"output_ref: Ref(T)"},
      .attr = {"T: " NUMBERS, "Tindices: " INDEX, "use_locking: bool = false"}, .shape = tfg_shape_scatter_nd_update },
    { .name = "ScatterNdSub", .in = {"ref: Ref(T)", "indices: Tindices", "updates: T"}, .out = {"output_ref: Ref(T)"},
      .attr = {"T: " NUMBERS, "Tindices: " INDEX, "use_locking: bool = false"}, .shape = tfg_shape_scatter_nd_update },
    { .name = "ScatterNdUpdate", .in = {"ref: Ref(T)", "indices: Tindices", "updates: T"}, .out = {"output_ref: Ref(T)"},
      .attr = {"T: type", "Tindices: " INDEX, "use_locking: bool = true"}, .shape = tfg_shape_scatter_nd_update },
    { .name = "ScatterSub", .in = {"ref: Ref(T)", "indices: Tindices", "updates: T"}, .out = {"output_ref: Ref(T)"},
      .attr = {"T: " NUMBERS, "Tindices: " INDEX, "use_locking: bool = false"}, .shape = shape_scatter },
    { .name = "ScatterUpdate", .in = {"ref: Ref(T)", "indices: Tindices", "updates: T"}, .out = {"output_ref: Ref(T)"},
      .attr = {"T: type", "Tindices: " INDEX, "use_locking: bool = true"}, .shape = shape_scatter },
    { .name = "TemporaryVariable", .out = {"ref: Ref(dtype)"}, .attr = {"shape: shape", "dtype: type", "var_name: string = ''"},
      .shape = tfg_shape_from_attr, .flags = TFG_OP_STATEFUL },
    { .name = "VarHandleOp", .out = {"resource: resource"}, .attr = {"container: string = ''", "shared_name: string = ''",
      "dtype: type", "shape: shape"}, .shape = shape_var_handle, .flags = TFG_OP_STATEFUL },
    { .name = "Variable", .out = {"ref: Ref(dtype)"}, .attr = {"shape: shape", "dtype: type", "container: string = ''",
      "shared_name: string = ''"}, .shape = shape_variable, .flags = TFG_OP_STATEFUL },
    { .name = "VariableShape", .in = {"input: resource"}, .out = {"output: out_type"}, .attr = {"out_type: " INDEX " = DT_INT32"},
      .shape = shape_variable_shape, .flags = TFG_OP_STATEFUL },
    { .name = "VariableV2", .out = {"ref: Ref(dtype)"}, .attr = {"shape: shape", "dtype: type", "container: string = ''",
      "shared_name: string = ''"}, .shape = tfg_shape_from_attr, .flags = TFG_OP_STATEFUL },
    { .name = "VarIsInitializedOp", .in = {"resource: resource"}, .out = {"is_initialized: bool"}, .shape = tfg_shape_scalar,
      .flags = TFG_OP_STATEFUL },
};
const int tfg_n_ops_state = sizeof tfg_ops_state / sizeof *tfg_ops_state;
