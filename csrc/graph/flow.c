/* The ops that loops are made of, over tensors and over slices: each part has an op of its own, named as TensorFlow 1.12 names it. */
#include "base/status.h"
#include "graph/graph_internal.h"

static bool is_ref(TfgOutput o) { return tfg_dtype_is_ref(tfg_output_dtype(o)); }

/* One op with one input and output; .op NULL after a failure, or where there is nothing to pass. */
static int make_one(TfgGraph *g, const char *type, const char *name, TfgOutput in, const TfgNamedAttr *attrs, int n_attrs, TfgOutput *out,
                    TfgStatus *s)
{
    *out = (TfgOutput){in.op ? tfg_graph_make(g, type, name, &in, 1, attrs, n_attrs, s) : NULL, 0};
    return in.op && !out->op ? -1 : 0;
}

typedef struct Types { const char *value, *ref; } Types;

/* The same op for each part: values named `name`, the others as given. */
static int each_part(TfgGraph *g, Types types, const TfgParts *in, const char *name, const char *shape_name, const TfgNamedAttr *attrs,
                     int n_attrs, TfgParts *out, TfgStatus *s)
{
    TfgParts from = *in;
    out->sparse = from.sparse;
    if (make_one(g, is_ref(from.values) ? types.ref : types.value, name, from.values, attrs, n_attrs, &out->values, s) < 0 ||
        make_one(g, types.value, "indices", from.indices, attrs, n_attrs, &out->indices, s) < 0)
        return -1;
    return make_one(g, types.value, shape_name, from.dense_shape, attrs, n_attrs, &out->dense_shape, s);
}

static int copy_shape(TfgOutput from, TfgOutput to, TfgStatus *s)
{
    TfgShape shape;
    if (!to.op)
        return 0;
    tfg_output_shape(from, &shape);
    return tfg_output_set_shape(to, &shape, s);
}

int tfg_flow_enter(TfgGraph *g, const TfgParts *in, const TfgEnterArgs *args, const char *name, TfgParts *out, TfgStatus *s)
{
    TfgNamedAttr attrs[] = {
        {"frame_name", TFG_A_STRING(args->frame)}, {"is_constant", TFG_A_BOOL(args->is_constant)},
        {"parallel_iterations", TFG_A_INT(args->parallel_iterations)},
    };
    TfgParts from = *in;
    if (each_part(g, (Types){"Enter", "RefEnter"}, in, name, "dense_shape", attrs, 3, out, s) < 0)
        return -1;
    if (!args->keep_shape)
        return 0;
    return copy_shape(from.values, out->values, s) < 0 || copy_shape(from.indices, out->indices, s) < 0 ||
           copy_shape(from.dense_shape, out->dense_shape, s) < 0 ? -1 : 0;
}

int tfg_flow_exit(TfgGraph *g, const TfgParts *in, const char *name, TfgParts *out, TfgStatus *s)
{
    return each_part(g, (Types){"Exit", "RefExit"}, in, name, name, NULL, 0, out, s);
}

int tfg_flow_next_iteration(TfgGraph *g, const TfgParts *in, TfgParts *out, TfgStatus *s)
{
    return each_part(g, (Types){"NextIteration", "RefNextIteration"}, in, NULL, "dense_shape", NULL, 0, out, s);
}

int tfg_flow_identity(TfgGraph *g, const TfgParts *in, TfgParts *out, TfgStatus *s)
{
    return each_part(g, (Types){"Identity", "RefIdentity"}, in, NULL, "dense_shape", NULL, 0, out, s);
}

/* ---- Merge and Switch have two of something, and a scope of their own where there are slices ---- */

static int make_two(TfgGraph *g, const char *type, const char *name, TfgOutput a, TfgOutput b, TfgOp **op, TfgStatus *s)
{
    TfgOutput in[2] = {a, b};
    *op = tfg_graph_make(g, type, name, in, 2, NULL, 0, s);
    return *op ? 0 : -1;
}

typedef struct Pair { TfgOutput a, b; } Pair;

/* ops[i] of pair i; a pair without a first has none.  One pair: named `name`; more: scope `name`, which is the first op's name. */
static int make_parts(TfgGraph *g, const char *type, const char *ref_type, const char *name, const Pair pairs[3], TfgOp *ops[3],
                      TfgStatus *s)
{
    static const char *const part_names[] = {NULL, "indices", "dense_shape"};
    const char *saved, *first = is_ref(pairs[0].a) && is_ref(pairs[0].b) ? ref_type : type;
    if (!pairs[1].a.op)
        return make_two(g, first, name, pairs[0].a, pairs[0].b, &ops[0], s);
    const char *scope = tfg_graph_enter_scope(g, name, &saved, s);
    if (!scope)
        return -1;
    int rc = make_two(g, first, scope, pairs[0].a, pairs[0].b, &ops[0], s);
    for (int i = 1; i < 3 && rc == 0; i++)
        if (pairs[i].a.op)
            rc = make_two(g, type, part_names[i], pairs[i].a, pairs[i].b, &ops[i], s);
    tfg_graph_leave_scope(g, saved);
    return rc;
}

static void give(TfgOp *const ops[3], int output, bool sparse, TfgParts *out)
{
    *out = (TfgParts){{ops[0], output}, {ops[1], output}, {ops[2], output}, sparse};
}

int tfg_flow_merge(TfgGraph *g, const TfgParts *a, const TfgParts *b, const char *name, TfgParts *out, TfgStatus *s)
{
    Pair pairs[3] = {{a->values, b->values}, {a->indices, b->indices}, {a->dense_shape, b->dense_shape}};
    TfgOp *ops[3] = {NULL, NULL, NULL};
    if (make_parts(g, "Merge", "RefMerge", name ? name : "Merge", pairs, ops, s) < 0)
        return -1;
    give(ops, 0, a->sparse, out);
    return 0;
}

int tfg_flow_switch(TfgGraph *g, const TfgParts *in, TfgOutput pred, const char *name, TfgParts out[2], TfgStatus *s)
{
    TfgParts from = *in;
    TfgOp *ops[3] = {NULL, NULL, NULL};
    bool ref = is_ref(from.values);
    Pair pairs[3] = {{from.values, pred}, {from.indices, pred}, {from.dense_shape, pred}};
    if (tfg_graph_enter_colocation(g, from.values.op, true, s) < 0)
        return -1;
    int rc = ref && !from.indices.op ? make_two(g, "RefSwitch", name ? name : "Switch", from.values, pred, &ops[0], s)
                                     : make_parts(g, "Switch", "Switch", name ? name : "Switch", pairs, ops, s);
    tfg_graph_leave_colocation(g);
    if (rc < 0)
        return -1;
    give(ops, 0, from.sparse, &out[0]);
    give(ops, 1, from.sparse, &out[1]);
    return 0;
}
