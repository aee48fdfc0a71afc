/* Updates of optimizers, dense and sparse, on references and on resources: signatures and shapes.
 *
 * One shape function serves all of them, because their arguments' names say what they are: references and resources are the
 * variable and its slots, which share one shape; grad or delta has it too, or holds rows of it where indices follow; everything
 * else is a scalar. */
#include <string.h>

#include "ops/common.h"

/* Versions after 1.12 count two more types among the numbers. */
#define LATER_NUMBERS "{float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, qint16, quint16, uint16, " \
                      "complex128, half, uint32, uint64}"

static int merge_into(TfgShape *shape, const TfgShape *other, TfgStatus *s)
{
    TfgShape merged;
    if (tfg_merge_shape(shape, other, &merged, s) < 0)
        return -1;
    tfg_shape_copy(shape, &merged);
    return 0;
}

static int merge_grad(TfgShapeCall *c, int i, TfgShape *shape, TfgStatus *s)
{
    const TfgShape *grad = &c->in[i];
    bool sparse = i + 1 < c->n_in && strcmp(c->def->in[i + 1].name, "indices") == 0;
    TfgShape indices, rows;
    int64_t n;
    if (!sparse)
        return merge_into(shape, grad, s);
    if (tfg_want_rank(&c->in[i + 1], 1, &indices, s) < 0 ||
        tfg_merge_dim(indices.dims[0], grad->rank > 0 ? grad->dims[0] : -1, &n, s) < 0)
        return -1;
    tfg_shape_copy(&rows, grad);
    if (rows.rank > 0)
        rows.dims[0] = -1;
    return merge_into(shape, &rows, s);
}

static int shape_apply(TfgShapeCall *c, TfgStatus *s)
{
    TfgShape shape, slot;
    tfg_shape_set_unknown(&shape);
    for (int i = 0; i < c->n_in; i++) {
        const TfgArgDef *arg = &c->def->in[i];
        TfgDType dtype;
        int rc = 0;
        if (arg->type == TFG_RESOURCE) {
            tfg_handle_value(c, i, &slot, &dtype);
            rc = merge_into(&shape, &slot, s);
        } else if (arg->is_ref) {
            rc = merge_into(&shape, &c->in[i], s);
        } else if (strcmp(arg->name, "grad") == 0 || strcmp(arg->name, "delta") == 0) {
            rc = merge_grad(c, i, &shape, s);
        } else if (strcmp(arg->name, "indices") != 0) {
            rc = tfg_want_scalar(c, i, s);
        }
        if (rc < 0)
            return -1;
    }
    if (c->n_out > 0)
        tfg_shape_copy(&c->out[0], &shape);
    return 0;
}

const TfgOpRow tfg_ops_training[] = {
    { .name = "ApplyAdaMax", .in = {"var: Ref(T)", "m: Ref(T)", "v: Ref(T)", "beta1_power: T", "lr: T", "beta1: T", "beta2: T",
      "epsilon: T", "grad: T"}, .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS, "use_locking: bool = false"},
      .shape = shape_apply },
    { .name = "ApplyAdadelta", .in = {"var: Ref(T)", "accum: Ref(T)", "accum_update: Ref(T)", "lr: T", "rho: T", "epsilon: T",
      "grad: T"}, .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS, "use_locking: bool = false"}, .shape = shape_apply },
    { .name = "ApplyAdagrad", .in = {"var: Ref(T)", "accum: Ref(T)", "lr: T", "grad: T"}, .out = {"out: Ref(T)"},
      .attr = {"T: " NUMBERS, "use_locking: bool = false", "update_slots: bool = true"}, .shape = shape_apply },
    { .name = "ApplyAdagradDA", .in = {"var: Ref(T)", "gradient_accumulator: Ref(T)", "gradient_squared_accumulator: Ref(T)",
      "grad: T", "lr: T", "l1: T", "l2: T", "global_step: int64"}, .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS,
      "use_locking: bool = false"}, .shape = shape_apply },
    { .name = "ApplyAdam", .in = {"var: Ref(T)", "m: Ref(T)", "v: Ref(T)", "beta1_power: T", "beta2_power: T", "lr: T", "beta1: T",
      "beta2: T", "epsilon: T", "grad: T"}, .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS, "use_locking: bool = false",
      "use_nesterov: bool = false"}, .shape = shape_apply },
    { .name = "ApplyAddSign", .in = {"var: Ref(T)", "m: Ref(T)", "lr: T", "alpha: T", "sign_decay: T", "beta: T", "grad: T"},
      .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS, "use_locking: bool = false"}, .shape = shape_apply },
    { .name = "ApplyCenteredRMSProp", .in = {"var: Ref(T)", "mg: Ref(T)", "ms: Ref(T)", "mom: Ref(T)", "lr: T", "rho: T",
      "momentum: T", "epsilon: T", "grad: T"}, .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS, "use_locking: bool = false"},
      .shape = shape_apply },
    { .name = "ApplyFtrl", .in = {"var: Ref(T)", "accum: Ref(T)", "linear: Ref(T)", "grad: T", "lr: T", "l1: T", "l2: T",
      "lr_power: T"}, .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS, "use_locking: bool = false"}, .shape = shape_apply },
    { .name = "ApplyFtrlV2", .in = {"var: Ref(T)", "accum: Ref(T)", "linear: Ref(T)", "grad: T", "lr: T", "l1: T", "l2: T",
      "l2_shrinkage: T", "lr_power: T"}, .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS, "use_locking: bool = false"},
      .shape = shape_apply },
    { .name = "ApplyGradientDescent", .in = {"var: Ref(T)", "alpha: T", "delta: T"}, .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS,
      "use_locking: bool = false"}, .shape = shape_apply },
    { .name = "ApplyMomentum", .in = {"var: Ref(T)", "accum: Ref(T)", "lr: T", "grad: T", "momentum: T"}, .out = {"out: Ref(T)"},
      .attr = {"T: " NUMBERS, "use_locking: bool = false", "use_nesterov: bool = false"}, .shape = shape_apply },
    { .name = "ApplyPowerSign", .in = {"var: Ref(T)", "m: Ref(T)", "lr: T", "logbase: T", "sign_decay: T", "beta: T", "grad: T"},
      .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS, "use_locking: bool = false"}, .shape = shape_apply },
    { .name = "ApplyProximalAdagrad", .in = {"var: Ref(T)", "accum: Ref(T)", "lr: T", "l1: T", "l2: T", "grad: T"},
      .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS, "use_locking: bool = false"}, .shape = shape_apply },
    { .name = "ApplyProximalGradientDescent", .in = {"var: Ref(T)", "alpha: T", "l1: T", "l2: T", "delta: T"},
      .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS, "use_locking: bool = false"}, .shape = shape_apply },
    { .name = "ApplyRMSProp", .in = {"var: Ref(T)", "ms: Ref(T)", "mom: Ref(T)", "lr: T", "rho: T", "momentum: T", "epsilon: T",
      "grad: T"}, .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS, "use_locking: bool = false"}, .shape = shape_apply },
    { .name = "SparseApplyAdadelta", .in = {"var: Ref(T)", "accum: Ref(T)", "accum_update: Ref(T)", "lr: T", "rho: T", "epsilon: T",
      "grad: T", "indices: Tindices"}, .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS, "Tindices: " INDEX,
      "use_locking: bool = false"}, .shape = shape_apply },
    { .name = "SparseApplyAdagrad", .in = {"var: Ref(T)", "accum: Ref(T)", "lr: T", "grad: T", "indices: Tindices"},
      .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS, "Tindices: " INDEX, "use_locking: bool = false", "update_slots: bool = true"},
      .shape = shape_apply },
    { .name = "SparseApplyAdagradDA", .in = {"var: Ref(T)", "gradient_accumulator: Ref(T)", "gradient_squared_accumulator: Ref(T)",
      "grad: T", "indices: Tindices", "lr: T", "l1: T", "l2: T", "global_step: int64"}, .out = {"out: Ref(T)"},
      .attr = {"T: " NUMBERS, "Tindices: " INDEX, "use_locking: bool = false"}, .shape = shape_apply },
    { .name = "SparseApplyCenteredRMSProp", .in = {"var: Ref(T)", "mg: Ref(T)", "ms: Ref(T)", "mom: Ref(T)", "lr: T", "rho: T",
      "momentum: T", "epsilon: T", "grad: T", "indices: Tindices"}, .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS,
      "Tindices: " INDEX, "use_locking: bool = false"}, .shape = shape_apply },
    { .name = "SparseApplyFtrl", .in = {"var: Ref(T)", "accum: Ref(T)", "linear: Ref(T)", "grad: T", "indices: Tindices", "lr: T",
      "l1: T", "l2: T", "lr_power: T"}, .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS, "Tindices: " INDEX,
      "use_locking: bool = false"}, .shape = shape_apply },
    { .name = "SparseApplyFtrlV2", .in = {"var: Ref(T)", "accum: Ref(T)", "linear: Ref(T)", "grad: T", "indices: Tindices", "lr: T",
      "l1: T", "l2: T", "l2_shrinkage: T", "lr_power: T"}, .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS, "Tindices: " INDEX,
      "use_locking: bool = false"}, .shape = shape_apply },
    { .name = "SparseApplyMomentum", .in = {"var: Ref(T)", "accum: Ref(T)", "lr: T", "grad: T", "indices: Tindices", "momentum: T"},
      .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS, "Tindices: " INDEX, "use_locking: bool = false",
      "use_nesterov: bool = false"}, .shape = shape_apply },
    { .name = "SparseApplyProximalAdagrad", .in = {"var: Ref(T)", "accum: Ref(T)", "lr: T", "l1: T", "l2: T", "grad: T",
      "indices: Tindices"}, .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS, "Tindices: " INDEX, "use_locking: bool = false"},
      .shape = shape_apply },
    { .name = "SparseApplyProximalGradientDescent", .in = {"var: Ref(T)", "alpha: T", "l1: T", "l2: T", "grad: T",
      "indices: Tindices"}, .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS, "Tindices: " INDEX, "use_locking: bool = false"},
      .shape = shape_apply },
    { .name = "SparseApplyRMSProp", .in = {"var: Ref(T)", "ms: Ref(T)", "mom: Ref(T)", "lr: T", "rho: T", "momentum: T",
      "epsilon: T", "grad: T", "indices: Tindices"}, .out = {"out: Ref(T)"}, .attr = {"T: " NUMBERS, "Tindices: " INDEX,
      "use_locking: bool = false"}, .shape = shape_apply },
    { .name = "ResourceApplyAdaMax", .in = {"var: resource", "m: resource", "v: resource", "beta1_power: T", "lr: T", "beta1: T",
      "beta2: T", "epsilon: T", "grad: T"}, .attr = {"T: " NUMBERS, "use_locking: bool = false"}, .shape = shape_apply,
      .flags = TFG_OP_STATEFUL },
    { .name = "ResourceApplyAdadelta", .in = {"var: resource", "accum: resource", "accum_update: resource", "lr: T", "rho: T",
      "epsilon: T", "grad: T"}, .attr = {"T: " NUMBERS, "use_locking: bool = false"}, .shape = shape_apply,
      .flags = TFG_OP_STATEFUL },
    { .name = "ResourceApplyAdagrad", .in = {"var: resource", "accum: resource", "lr: T", "grad: T"}, .attr = {"T: " NUMBERS,
      "use_locking: bool = false", "update_slots: bool = true"}, .shape = shape_apply, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceApplyAdagradDA", .in = {"var: resource", "gradient_accumulator: resource",
      "gradient_squared_accumulator: resource", "grad: T", "lr: T", "l1: T", "l2: T", "global_step: int64"}, .attr = {"T: " NUMBERS,
      "use_locking: bool = false"}, .shape = shape_apply, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceApplyAdam", .in = {"var: resource", "m: resource", "v: resource", "beta1_power: T", "beta2_power: T",
      "lr: T", "beta1: T", "beta2: T", "epsilon: T", "grad: T"}, .attr = {"T: " NUMBERS, "use_locking: bool = false",
      "use_nesterov: bool = false"}, .shape = shape_apply, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceApplyAddSign", .in = {"var: resource", "m: resource", "lr: T", "alpha: T", "sign_decay: T", "beta: T",
      "grad: T"}, .attr = {"T: " NUMBERS, "use_locking: bool = false"}, .shape = shape_apply, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceApplyCenteredRMSProp", .in = {"var: resource", "mg: resource", "ms: resource", "mom: resource", "lr: T",
      "rho: T", "momentum: T", "epsilon: T", "grad: T"}, .attr = {"T: " NUMBERS, "use_locking: bool = false"}, .shape = shape_apply,
      .flags = TFG_OP_STATEFUL },
    { .name = "ResourceApplyFtrl", .in = {"var: resource", "accum: resource", "linear: resource", "grad: T", "lr: T", "l1: T",
      "l2: T", "lr_power: T"}, .attr = {"T: " NUMBERS, "use_locking: bool = false"}, .shape = shape_apply,
      .flags = TFG_OP_STATEFUL },
    { .name = "ResourceApplyFtrlV2", .in = {"var: resource", "accum: resource", "linear: resource", "grad: T", "lr: T", "l1: T",
      "l2: T", "l2_shrinkage: T", "lr_power: T"}, .attr = {"T: " NUMBERS, "use_locking: bool = false"}, .shape = shape_apply,
      .flags = TFG_OP_STATEFUL },
    { .name = "ResourceApplyGradientDescent", .in = {"var: resource", "alpha: T", "delta: T"}, .attr = {"T: " NUMBERS,
      "use_locking: bool = false"}, .shape = shape_apply, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceApplyMomentum", .in = {"var: resource", "accum: resource", "lr: T", "grad: T", "momentum: T"},
      .attr = {"T: " NUMBERS, "use_locking: bool = false", "use_nesterov: bool = false"}, .shape = shape_apply,
      .flags = TFG_OP_STATEFUL },
    { .name = "ResourceApplyPowerSign", .in = {"var: resource", "m: resource", "lr: T", "logbase: T", "sign_decay: T", "beta: T",
      "grad: T"}, .attr = {"T: " NUMBERS, "use_locking: bool = false"}, .shape = shape_apply, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceApplyProximalAdagrad", .in = {"var: resource", "accum: resource", "lr: T", "l1: T", "l2: T", "grad: T"},
      .attr = {"T: " NUMBERS, "use_locking: bool = false"}, .shape = shape_apply, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceApplyProximalGradientDescent", .in = {"var: resource", "alpha: T", "l1: T", "l2: T", "delta: T"},
      .attr = {"T: " NUMBERS, "use_locking: bool = false"}, .shape = shape_apply, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceApplyRMSProp", .in = {"var: resource", "ms: resource", "mom: resource", "lr: T", "rho: T", "momentum: T",
      "epsilon: T", "grad: T"}, .attr = {"T: " NUMBERS, "use_locking: bool = false"}, .shape = shape_apply,
      .flags = TFG_OP_STATEFUL },
    { .name = "ResourceSparseApplyAdadelta", .in = {"var: resource", "accum: resource", "accum_update: resource", "lr: T", "rho: T",
      "epsilon: T", "grad: T", "indices: Tindices"}, .attr = {"T: " NUMBERS, "Tindices: " INDEX, "use_locking: bool = false"},
      .shape = shape_apply, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceSparseApplyAdagrad", .in = {"var: resource", "accum: resource", "lr: T", "grad: T", "indices: Tindices"},
      .attr = {"T: " NUMBERS, "Tindices: " INDEX, "use_locking: bool = false", "update_slots: bool = true"}, .shape = shape_apply,
      .flags = TFG_OP_STATEFUL },
    { .name = "ResourceSparseApplyAdagradDA", .in = {"var: resource", "gradient_accumulator: resource",
      "gradient_squared_accumulator: resource", "grad: T", "indices: Tindices", "lr: T", "l1: T", "l2: T", "global_step: int64"},
      .attr = {"T: " NUMBERS, "Tindices: " INDEX, "use_locking: bool = false"}, .shape = shape_apply, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceSparseApplyCenteredRMSProp", .in = {"var: resource", "mg: resource", "ms: resource", "mom: resource",
      "lr: T", "rho: T", "momentum: T", "epsilon: T", "grad: T", "indices: Tindices"}, .attr = {"T: " NUMBERS, "Tindices: " INDEX,
      "use_locking: bool = false"}, .shape = shape_apply, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceSparseApplyFtrl", .in = {"var: resource", "accum: resource", "linear: resource", "grad: T",
      "indices: Tindices", "lr: T", "l1: T", "l2: T", "lr_power: T"}, .attr = {"T: " NUMBERS, "Tindices: " INDEX,
      "use_locking: bool = false"}, .shape = shape_apply, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceSparseApplyFtrlV2", .in = {"var: resource", "accum: resource", "linear: resource", "grad: T",
      "indices: Tindices", "lr: T", "l1: T", "l2: T", "l2_shrinkage: T", "lr_power: T"}, .attr = {"T: " NUMBERS, "Tindices: " INDEX,
      "use_locking: bool = false"}, .shape = shape_apply, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceSparseApplyMomentum", .in = {"var: resource", "accum: resource", "lr: T", "grad: T", "indices: Tindices",
      "momentum: T"}, .attr = {"T: " NUMBERS, "Tindices: " INDEX, "use_locking: bool = false", "use_nesterov: bool = false"},
      .shape = shape_apply, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceSparseApplyProximalAdagrad", .in = {"var: resource", "accum: resource", "lr: T", "l1: T", "l2: T", "grad: T",
      "indices: Tindices"}, .attr = {"T: " NUMBERS, "Tindices: " INDEX, "use_locking: bool = false"}, .shape = shape_apply,
      .flags = TFG_OP_STATEFUL },
    { .name = "ResourceSparseApplyProximalGradientDescent", .in = {"var: resource", "alpha: T", "l1: T", "l2: T", "grad: T",
      "indices: Tindices"}, .attr = {"T: " NUMBERS, "Tindices: " INDEX, "use_locking: bool = false"}, .shape = shape_apply,
      .flags = TFG_OP_STATEFUL },
    { .name = "ResourceSparseApplyRMSProp", .in = {"var: resource", "ms: resource", "mom: resource", "lr: T", "rho: T",
      "momentum: T", "epsilon: T", "grad: T", "indices: Tindices"}, .attr = {"T: " NUMBERS, "Tindices: " INDEX,
      "use_locking: bool = false"}, .shape = shape_apply, .flags = TFG_OP_STATEFUL },
    /* Of 1.13 and later. */
    { .name = "ApplyAdagradV2", .in = {"var: Ref(T)", "accum: Ref(T)", "lr: T", "epsilon: T", "grad: T"}, .out = {"out: Ref(T)"},
      .attr = {"T: " LATER_NUMBERS, "use_locking: bool = false", "update_slots: bool = true"}, .shape = shape_apply },
    { .name = "SparseApplyAdagradV2", .in = {"var: Ref(T)", "accum: Ref(T)", "lr: T", "epsilon: T", "grad: T", "indices: Tindices"},
      .out = {"out: Ref(T)"}, .attr = {"T: " LATER_NUMBERS, "Tindices: " INDEX, "use_locking: bool = false", "update_slots: bool = true"},
      .shape = shape_apply },
    { .name = "ResourceApplyAdagradV2", .in = {"var: resource", "accum: resource", "lr: T", "epsilon: T", "grad: T"}, .attr = {"T: " LATER_NUMBERS,
      "use_locking: bool = false", "update_slots: bool = true"}, .shape = shape_apply, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceSparseApplyAdagradV2", .in = {"var: resource", "accum: resource", "lr: T", "epsilon: T", "grad: T", "indices: Tindices"},
      .attr = {"T: " LATER_NUMBERS, "Tindices: " INDEX, "use_locking: bool = false", "update_slots: bool = true"}, .shape = shape_apply,
      .flags = TFG_OP_STATEFUL },
    { .name = "ResourceApplyAdamWithAmsgrad", .in = {"var: resource", "m: resource", "v: resource", "vhat: resource", "beta1_power: T",
      "beta2_power: T", "lr: T", "beta1: T", "beta2: T", "epsilon: T", "grad: T"}, .attr = {"T: " LATER_NUMBERS, "use_locking: bool = false"},
      .shape = shape_apply, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceApplyKerasMomentum", .in = {"var: resource", "accum: resource", "lr: T", "grad: T", "momentum: T"},
      .attr = {"T: " LATER_NUMBERS, "use_locking: bool = false", "use_nesterov: bool = false"}, .shape = shape_apply, .flags = TFG_OP_STATEFUL },
    { .name = "ResourceSparseApplyKerasMomentum", .in = {"var: resource", "accum: resource", "lr: T", "grad: T", "indices: Tindices",
      "momentum: T"}, .attr = {"T: " LATER_NUMBERS, "Tindices: " INDEX, "use_locking: bool = false", "use_nesterov: bool = false"},
      .shape = shape_apply, .flags = TFG_OP_STATEFUL },
};
const int tfg_n_ops_training = sizeof tfg_ops_training / sizeof *tfg_ops_training;
