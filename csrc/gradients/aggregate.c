#include "gradients/aggregate.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "gradients/build.h"
#include "gradients/graph_backend.h"

static const char *device_of(TfgValue v)
{
    const TfgOp *op = v.a;
    return op->device ? op->device : "";
}

/* Order by device; what stood earlier stays earlier. */
typedef struct Item { TfgValue v; const char *device; int at; } Item;

static int compare_items(const void *a, const void *b)
{
    const Item *x = a, *y = b;
    int by_device = strcmp(x->device, y->device);
    return by_device ? by_device : x->at - y->at;
}

static TfgValue tree_sum(TfgBuild *b, const char *op_name, const TfgGrad *grads, int n)
{
    TfgStr scope = TFG_STR_INIT;
    tfg_str_puts(&scope, op_name);
    tfg_str_puts(&scope, "_gradient_sum");
    if (scope.failed) {
        tfg_fail_memory(b->s);
        b->failed = true;
    }
    bool in = tfg_b_enter(b, tfg_str_text(&scope));
    TfgValue sum = grads[0].value;
    for (int i = 1; i < n; i++)
        sum = B_OP(b, "AddN", sum, grads[i].value);
    tfg_b_leave(b, in);
    tfg_str_fini(&scope);
    return sum;
}

/* One AddN per device, beside its first summand, then one over them. */
static TfgValue add_by_device(TfgBuild *b, Item *items, TfgValue *values, int n)
{
    qsort(items, (size_t)n, sizeof *items, compare_items);
    int n_sums = 0;
    for (int i = 0; i < n && !b->failed;) {
        int m = 0;
        TfgValue first = items[i].v;
        const char *device = items[i].device;
        TfgValue *group = values + n_sums;      /* never further than what was read */
        for (; i < n && strcmp(items[i].device, device) == 0; i++)
            group[m++] = items[i].v;
        bool in = tfg_b_beside(b, first, true);
        values[n_sums] = m == 1 ? first : tfg_b_op(b, "AddN", NULL, group, m, NULL, 0);
        n_sums++;
        tfg_b_leave_beside(b, in);
    }
    return n_sums == 1 ? values[0] : tfg_b_op(b, "AddN", NULL, values, n_sums, NULL, 0);
}

static bool full_shape(TfgBuild *b, const TfgGrad *grads, int n, TfgShape *out)
{
    tfg_shape_set_unknown(out);
    for (int i = 0; i < n; i++) {
        TfgShape shape;
        tfg_b_static_shape(b, grads[i].value, &shape);
        if (tfg_shape_merge(out, &shape) < 0) {
            tfg_b_fail(b, TFG_VALUE_ERROR, "Gradients of one tensor have shapes that are not compatible");
            return false;
        }
    }
    return tfg_shape_is_full(out);
}

static TfgValue accumulate_n(TfgBuild *b, TfgValue *values, int n, const TfgShape *shape)
{
    TfgDims *dims = tfg_alloc(sizeof *dims + (size_t)shape->rank * sizeof dims->dims[0]);
    if (!dims) {
        tfg_b_fail(b, TFG_RESOURCE_EXHAUSTED, "out of memory");
        return TFG_NO_VALUE;
    }
    dims->rank = shape->rank;
    memcpy(dims->dims, shape->dims, (size_t)shape->rank * sizeof dims->dims[0]);
    TfgValue sum = tfg_b_op(b, "AccumulateNV2", NULL, values, n, B_ATTRS({"shape", TFG_A_SHAPE(dims)}));
    tfg_free(dims);
    return sum;
}

static int add_dense(TfgGradCall *g, const char *op_name, const TfgGrad *grads, int n, TfgAggregation how, TfgGrad *sum, TfgStatus *s)
{
    TfgBuild b = TFG_BUILD(g, s);
    TfgShape shape;
    bool full = full_shape(&b, grads, n, &shape);
    TfgValue *values = tfg_alloc((size_t)n * sizeof *values);
    Item *items = tfg_alloc((size_t)n * sizeof *items);
    int rc = -1;
    if (!values || !items) {
        tfg_fail_memory(s);
        goto done;
    }
    for (int i = 0; i < n; i++) {
        values[i] = grads[i].value;
        items[i] = (Item){grads[i].value, device_of(grads[i].value), i};
    }
    *sum = (TfgGrad){TFG_NO_VALUE, TFG_NO_VALUE, TFG_NO_VALUE};
    if (how == TFG_AGGREGATE_ACCUMULATE_N && n > 2 && full)
        sum->value = accumulate_n(&b, values, n, &shape);
    else if (how != TFG_AGGREGATE_ADD_N)
        sum->value = tree_sum(&b, op_name, grads, n);
    else
        sum->value = add_by_device(&b, items, values, n);
    rc = tfg_b_done(&b);
done:
    tfg_free(items);
    tfg_free(values);
    return rc;
}

/* A dense gradient as slices: all its rows. */
static TfgGrad as_slices(TfgBuild *b, TfgGrad grad)
{
    if (tfg_has_value(grad.indices))
        return grad;
    TfgValue shape = tfg_b_shape(b, grad.value), rows = tfg_b_item(b, shape, 0);
    return (TfgGrad){grad.value, tfg_b_range(b, TFG_NO_VALUE, rows, TFG_NO_VALUE), shape};
}

static TfgValue concat_rows(TfgBuild *b, TfgValue *values, int n)
{
    bool in = tfg_b_enter(b, "concat");
    values[n] = tfg_b_const(b, "axis", TFG_INT32, 0);
    TfgValue out = tfg_b_op(b, "ConcatV2", "/", values, n + 1, NULL, 0);
    tfg_b_leave(b, in);
    return out;
}

int tfg_join_slices(TfgGradCall *g, const TfgGrad *grads, int n, TfgGrad *sum, TfgStatus *s)
{
    TfgBuild b = TFG_BUILD(g, s);
    TfgGrad *all = tfg_alloc((size_t)n * sizeof *all);
    TfgValue *values = tfg_alloc((size_t)(n + 1) * sizeof *values);
    int rc = -1, n_int32 = 0;
    if (!all || !values) {
        tfg_fail_memory(s);
        goto done;
    }
    for (int i = 0; i < n; i++) {
        all[i] = as_slices(&b, grads[i]);
        n_int32 += tfg_b_dtype(&b, all[i].indices) == TFG_INT32;
    }
    for (int i = 0; i < n && n_int32 > 0 && n_int32 < n; i++)       /* some of int64: then all */
        all[i].indices = tfg_b_cast(&b, all[i].indices, TFG_INT64, NULL);
    for (int i = 0; i < n; i++)
        values[i] = all[i].value;
    TfgGrad out = {.dense_shape = all[0].dense_shape};
    out.value = concat_rows(&b, values, n);
    for (int i = 0; i < n; i++)
        values[i] = all[i].indices;
    out.indices = concat_rows(&b, values, n);
    if ((rc = tfg_b_done(&b)) == 0)
        *sum = out;
done:
    tfg_free(values);
    tfg_free(all);
    return rc;
}

int tfg_aggregate_gradients(TfgGradCall *g, const char *op_name, const TfgGrad *grads, int n, TfgAggregation how, TfgGrad *sum,
                            TfgStatus *s)
{
    for (int i = 0; i < n; i++)
        if (tfg_has_value(grads[i].indices))
            return tfg_join_slices(g, grads, n, sum, s);
    return add_dense(g, op_name, grads, n, how, sum, s);
}

/* ---- gates ---- */

/* A NoOp on `device` that waits for ops[0..n). */
static TfgValue group_on_device(TfgBuild *b, const char *device, const TfgValue *ops, int n, const char *name)
{
    TfgGradCall *g = b->g;
    TfgValue none[1] = {TFG_NO_VALUE};
    if (b->failed || g->backend->enter_controls(g, ops, n, b->s) < 0) {
        b->failed = true;
        return none[0];
    }
    if (g->backend->enter_device(g, device, b->s) < 0) {
        b->failed = true;
    } else {
        TfgGraph *graph = ((TfgGraphBackend *)g->context)->graph;
        TfgStr full = TFG_STR_INIT;
        if (name && strcmp(name, "/") == 0)
            tfg_str_printf(&full, "%s/", tfg_graph_name_scope(graph));
        if (full.failed)
            tfg_fail_memory(b->s);
        else
            none[0].a = tfg_graph_make(graph, "NoOp", full.n ? full.data : name, NULL, 0, NULL, 0, b->s);
        b->failed = !none[0].a;
        tfg_str_fini(&full);
        g->backend->leave_device(g);
    }
    g->backend->leave_controls(g);
    return none[0];
}

/* group(): one NoOp, or one per device and one that waits for those.  `ops` are distinct, by age. */
static TfgValue group(TfgBuild *b, Item *items, TfgValue *values, int n)
{
    bool in = tfg_b_enter(b, "group_deps");
    int n_devices = 0;
    TfgValue out = TFG_NO_VALUE;
    bool one = true;
    for (int i = 1; i < n; i++)
        one = one && strcmp(items[i].device, items[0].device) == 0;
    if (one) {
        for (int i = 0; i < n; i++)
            values[i] = items[i].v;
        out = group_on_device(b, items[0].device, values, n, "/");
    } else {
        qsort(items, (size_t)n, sizeof *items, compare_items);
        for (int i = 0; i < n && !b->failed;) {
            int m = 0;
            const char *device = items[i].device;
            TfgValue *each = values + n_devices;
            for (; i < n && strcmp(items[i].device, device) == 0; i++)
                each[m++] = items[i].v;
            values[n_devices] = group_on_device(b, device, each, m, NULL);
            n_devices++;
        }
        out = group_on_device(b, "", values, n_devices, "/");
    }
    tfg_b_leave(b, in);
    return out;
}

static int compare_age(const void *a, const void *b)
{
    const TfgOp *x = ((const Item *)a)->v.a, *y = ((const Item *)b)->v.a;
    return x->id < y->id ? -1 : x->id > y->id;
}

static void wait_for(TfgBuild *b, TfgValue gate, TfgGrad *grad)
{
    bool beside = tfg_b_beside(b, grad->value, false), after = tfg_b_after(b, gate);
    TfgValue out = B_NAMED(b, "Identity", "control_dependency", grad->value);
    tfg_b_leave_after(b, after);
    tfg_b_leave_beside(b, beside);
    if (!b->failed)
        grad->value = out;
}

int tfg_gate_gradients(TfgGradCall *g, TfgGrad *grads, int n, TfgStatus *s)
{
    TfgBuild b = TFG_BUILD(g, s);
    TfgValue *values = tfg_alloc((size_t)n * sizeof *values);
    Item *items = tfg_alloc((size_t)n * sizeof *items);
    int rc = -1, n_ops = 0, n_distinct = 0;
    if (!values || !items) {
        tfg_fail_memory(s);
        goto done;
    }
    for (int i = 0; i < n; i++)
        if (tfg_has_value(grads[i].value)) {
            items[n_ops] = (Item){grads[i].value, device_of(grads[i].value), n_ops};
            n_ops++;
        }
    qsort(items, (size_t)n_ops, sizeof *items, compare_age);
    for (int i = 0; i < n_ops; i++)
        if (n_distinct == 0 || items[i].v.a != items[n_distinct - 1].v.a) {
            items[n_distinct] = items[i];
            items[n_distinct].at = n_distinct;
            n_distinct++;
        }
    bool in = tfg_b_enter(&b, "tuple");
    TfgValue gate = group(&b, items, values, n_distinct);
    for (int i = 0; i < n; i++)
        if (tfg_has_value(grads[i].value))
            wait_for(&b, gate, &grads[i]);
    tfg_b_leave(&b, in);
    rc = tfg_b_done(&b);
done:
    tfg_free(items);
    tfg_free(values);
    return rc;
}
