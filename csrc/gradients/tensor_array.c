/* Gradients of TensorArrays.  Each call of gradients has arrays of its own, found by the scope its nodes are in: what is read from an
 * array is written to its gradient's, and the other way round; flows carry the order. */
#include <string.h>

#include "base/status.h"
#include "base/str.h"
#include "gradients/rows.h"

/* Everything up to the last part of the name that begins with "gradients". */
static int find_source(TfgBuild *b, TfgValue v, TfgStr *source)
{
    const TfgGradBackend *backend = b->g->backend;
    const char *name = backend->op_name ? backend->op_name(b->g, v) : "gradients", *end = NULL;
    for (const char *part = name; part;) {
        const char *next = strchr(part, '/');
        if (strncmp(part, "gradients", 9) == 0)
            end = next ? next : part + strlen(part);
        part = next ? next + 1 : NULL;
    }
    if (!end)
        return tfg_b_fail(b, TFG_VALUE_ERROR, "Expected op/tensor name to start with gradients (excluding scope), got: %s:%lld", name,
                          (long long)v.b);
    tfg_str_append(source, name, (size_t)(end - name));
    return source->failed ? tfg_b_fail(b, TFG_RESOURCE_EXHAUSTED, "out of memory") : 0;
}

typedef struct Array { TfgValue handle, flow; } Array;

/* The gradient's array for `handle`, once `flow` is there.  `named` tells by its name which call of gradients this is. */
static Array gradient_array(TfgBuild *b, TfgValue handle, TfgValue flow, TfgValue named)
{
    TfgStr source = TFG_STR_INIT;
    TfgValue out[2] = {TFG_NO_VALUE, TFG_NO_VALUE};
    Array a = {TFG_NO_VALUE, TFG_NO_VALUE};
    if (!b->failed && find_source(b, named, &source) == 0) {
        tfg_b_leave(b, tfg_b_enter(b, "TensorArray"));      /* the name is taken, though nothing is made under it */
        bool in = tfg_b_enter(b, "TensorArrayGrad"), beside = tfg_b_beside(b, handle, false);
        tfg_b_op_n(b, "TensorArrayGradV3", NULL, B_LIST(handle, flow), B_ATTRS({"source", TFG_A_STRING(tfg_str_text(&source))}), out, 2);
        bool after = tfg_b_after(b, out[0]);
        a = (Array){out[0], B_NAMED(b, "Identity", "gradient_flow", flow)};
        tfg_b_leave_after(b, after);
        tfg_b_leave(b, tfg_b_enter(b, "TensorArray"));
        tfg_b_leave_beside(b, beside);
        tfg_b_leave(b, in);
    }
    tfg_str_fini(&source);
    return a;
}

static TfgDType dtype_attr(const TfgBuild *b, const char *name) { return tfg_attrs_type(b->g->attrs, name); }

/* dy as it was given: its name is asked for. */
static TfgValue raw_dy(const TfgBuild *b) { return b->g->dy[0].value; }

static int grad_read(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    Array a = gradient_array(b, tfg_b_x(b, 0), tfg_b_x(b, 2), raw_dy(b));
    bool in = tfg_b_enter(b, "TensorArrayWrite");
    TfgValue value = tfg_b_converted(b, tfg_b_dy(b), "value");
    tfg_b_dx(b, 2, B_OP(b, "TensorArrayWriteV3", a.handle, tfg_b_x(b, 1), value, a.flow));
    tfg_b_leave(b, in);
    return tfg_b_done(b);
}

static int grad_write(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue flow = tfg_b_dy(b);
    Array a = gradient_array(b, tfg_b_x(b, 0), flow, raw_dy(b));
    tfg_b_dx(b, 2, tfg_b_op(b, "TensorArrayReadV3", NULL, B_LIST(a.handle, tfg_b_x(b, 1), a.flow), B_ATTRS({"dtype", TFG_A_TYPE(dtype_attr(b, "T"))})));
    tfg_b_dx(b, 3, flow);
    return tfg_b_done(b);
}

static int grad_gather(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    Array a = gradient_array(b, tfg_b_x(b, 0), tfg_b_x(b, 2), raw_dy(b));
    bool in = tfg_b_enter(b, "TensorArrayScatter");
    TfgValue value = tfg_b_converted(b, tfg_b_dy(b), "value");
    tfg_b_dx(b, 2, B_OP(b, "TensorArrayScatterV3", a.handle, tfg_b_x(b, 1), value, a.flow));
    tfg_b_leave(b, in);
    return tfg_b_done(b);
}

static int grad_scatter(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue flow = tfg_b_dy(b);
    Array a = gradient_array(b, tfg_b_x(b, 0), flow, raw_dy(b));
    tfg_b_dx(b, 2, tfg_b_op(b, "TensorArrayGatherV3", NULL, B_LIST(a.handle, tfg_b_x(b, 1), a.flow), B_ATTRS({"dtype", TFG_A_TYPE(dtype_attr(b, "T"))})));
    tfg_b_dx(b, 3, flow);
    return tfg_b_done(b);
}

static int grad_concat(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    Array a = gradient_array(b, tfg_b_x(b, 0), tfg_b_x(b, 1), raw_dy(b));
    bool in = tfg_b_enter(b, "TensorArraySplit");
    TfgValue value = tfg_b_converted(b, tfg_b_dy(b), "value");
    tfg_b_dx(b, 1, B_OP(b, "TensorArraySplitV3", a.handle, value, tfg_b_y(b, 1), a.flow));
    tfg_b_leave(b, in);
    return tfg_b_done(b);
}

static int grad_split(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue flow = tfg_b_dy(b), out[2];
    Array a = gradient_array(b, tfg_b_x(b, 0), flow, raw_dy(b));
    tfg_b_op_n(b, "TensorArrayConcatV3", NULL, B_LIST(a.handle, a.flow), B_ATTRS({"dtype", TFG_A_TYPE(dtype_attr(b, "T"))}), out, 2);
    tfg_b_dx(b, 1, out[0]);
    tfg_b_dx(b, 3, flow);
    return tfg_b_done(b);
}

#define VERSIONS(verb, fn, uses) GRAD("TensorArray" verb, fn, uses), GRAD("TensorArray" verb "V2", fn, uses), GRAD("TensorArray" verb "V3", fn, uses)
#define NO_VERSION(verb) NONE("TensorArray" verb), NONE("TensorArray" verb "V2"), NONE("TensorArray" verb "V3")

const TfgGradRow tfg_gradients_tensor_array[] = {
    NO_VERSION(""), NO_VERSION("Grad"), NO_VERSION("Size"), NO_VERSION("Close"), NONE("TensorArrayGradWithShape"),
    VERSIONS("Read", grad_read, TFG_USES_X), VERSIONS("Write", grad_write, TFG_USES_X), VERSIONS("Gather", grad_gather, TFG_USES_X),
    VERSIONS("Scatter", grad_scatter, TFG_USES_X), VERSIONS("Concat", grad_concat, TFG_USES_X | TFG_USES_Y),
    VERSIONS("Split", grad_split, TFG_USES_X),
};
const int tfg_n_gradients_tensor_array = sizeof tfg_gradients_tensor_array / sizeof *tfg_gradients_tensor_array;
