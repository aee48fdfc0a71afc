/* Runs the shape function of an operation that is being added. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "graph/const_value.h"

enum { ASKED_VALUE = 1, TRIED_VALUE = 2, ASKED_SHAPE = 4, TRIED_SHAPE = 8 };

typedef struct ShapeRun {
    TfgShapeCall call;
    TfgGraph *g;
    TfgOp *op;
    TfgTensor **values;         /* counted; of inputs whose value was found */
    uint8_t *state;
    TfgShape **as_shapes;       /* in `scratch`; NULL until found */
    TfgArena scratch;
    bool outside;               /* it failed while a value was looked for, between two runs */
    bool lazy;                  /* values are looked for when asked for; else only those already found are given */
} ShapeRun;

/* ---- What a shape function may ask ---- */

static const TfgTensor *find_value(ShapeRun *r, int i)
{
    if (!(r->state[i] & TRIED_VALUE)) {
        r->state[i] |= TRIED_VALUE;
        r->values[i] = tfg_value_for_shapes(r->g, r->op->inputs[i]);
    }
    return r->values[i];
}

static int find_shape(ShapeRun *r, int i, TfgStatus *s)
{
    if (r->state[i] & TRIED_SHAPE)
        return 0;
    TfgShape *found = tfg_arena_alloc(&r->scratch, sizeof *found);
    if (!found)
        return tfg_fail_memory(s);
    if (tfg_constant_partial_shape(r->g, r->op->inputs[i], 0, found, s) < 0)
        return -1;
    r->state[i] |= TRIED_SHAPE;
    r->as_shapes[i] = found;
    return 0;
}

static const TfgTensor *give_constant(TfgShapeCall *c, int i)
{
    ShapeRun *r = c->backend;
    r->state[i] |= ASKED_VALUE;
    return r->lazy ? find_value(r, i) : r->values[i];
}

static int give_shape(TfgShapeCall *c, int i, TfgShape *out, TfgStatus *s)
{
    ShapeRun *r = c->backend;
    TfgShape vector;
    if (tfg_want_rank(&c->in[i], 1, &vector, s) < 0)
        return -1;
    r->state[i] |= ASKED_SHAPE;
    if (r->lazy && find_shape(r, i, s) < 0)
        return -1;
    if (r->as_shapes[i] && r->as_shapes[i]->rank >= 0) {
        tfg_shape_copy(out, r->as_shapes[i]);
        return 0;
    }
    return tfg_shape_from_tensor(give_constant(c, i), &vector, out, s);
}

static int give_shape_or_any(TfgShapeCall *c, int i, TfgShape *out, TfgStatus *s)
{
    ShapeRun *r = c->backend;
    if (tfg_want_rank_at_most(&c->in[i], 1, s) < 0)
        return -1;
    if (c->in[i].rank != 0)
        return c->constant_shape(c, i, out, s);
    r->state[i] |= ASKED_SHAPE | ASKED_VALUE;
    tfg_shape_set_unknown(out);
    return r->lazy ? find_shape(r, i, s) : 0;
}

/* ---- Failures, told as TensorFlow tells them ---- */

static void reset_outputs(ShapeRun *r)
{
    for (int i = 0; i < r->call.n_out; i++) {
        tfg_shape_set_unknown(&r->call.out[i]);
        r->call.out_handle[i] = NULL;
    }
}

static int run_once(ShapeRun *r, TfgStatus *s)
{
    reset_outputs(r);
    return r->call.def->shape(&r->call, s);
}

/* TensorFlow first runs a shape function without any value, then again with what it asked for.  Which of the runs fails decides
 * what the message says, so a failure is found again that way. */
static int run_stepwise(ShapeRun *r, TfgStatus *s)
{
    r->lazy = false;
    for (int i = 0; i < r->call.n_in; i++) {
        tfg_tensor_unref(r->values[i]);
        r->values[i] = NULL;
        r->state[i] = 0;
        r->as_shapes[i] = NULL;
    }
    for (bool again = true; again;) {
        if (run_once(r, s) < 0)
            return -1;
        again = false;
        for (int i = 0; i < r->call.n_in; i++) {
            if (!(r->state[i] & ASKED_VALUE))
                continue;
            if (!(r->state[i] & TRIED_VALUE))
                again = find_value(r, i) != NULL || again;
            if ((r->state[i] & ASKED_SHAPE) && !(r->state[i] & TRIED_SHAPE)) {
                if (find_shape(r, i, s) < 0) {      /* not the shape function's failure: nothing is told besides */
                    r->outside = true;
                    return -1;
                }
                again = true;
            }
        }
    }
    return 0;
}

static void describe_values(const ShapeRun *r, TfgStr *out)
{
    TfgStr values = TFG_STR_INIT, shapes = TFG_STR_INIT;
    for (int i = 0; i < r->call.n_in; i++) {
        if ((r->state[i] & ASKED_SHAPE) && r->as_shapes[i] && r->as_shapes[i]->rank >= 0) {
            tfg_str_printf(&shapes, "%sinput[%d] = ", shapes.n ? "," : "", i);
            tfg_shape_format(r->as_shapes[i], &shapes);
        } else if ((r->state[i] & ASKED_VALUE) && r->values[i]) {
            tfg_str_printf(&values, "%sinput[%d] = <", values.n ? ", " : "", i);
            tfg_tensor_summarize(r->values[i], 256, &values);
            tfg_str_putc(&values, '>');
        }
    }
    if (values.n)
        tfg_str_printf(out, " and with computed input tensors: %s", tfg_str_text(&values));
    if (shapes.n)
        tfg_str_printf(out, " and with input tensors computed as partial shapes: %s", tfg_str_text(&shapes));
    tfg_str_fini(&values);
    tfg_str_fini(&shapes);
}

static int tell_where(const ShapeRun *r, TfgStatus *s)
{
    if (s->code == TFG_RESOURCE_EXHAUSTED)
        return -1;
    if (r->outside) {
        if (s->code == TFG_INVALID_ARGUMENT)
            s->code = TFG_VALUE_ERROR;
        return -1;
    }
    TfgStr text = TFG_STR_INIT;
    tfg_str_printf(&text, " for '%s' (op: '%s') with input shapes: ", r->call.name, r->call.def->name);
    for (int i = 0; i < r->call.n_in; i++) {
        tfg_str_puts(&text, i ? ", " : "");
        tfg_shape_format(&r->call.in[i], &text);
    }
    describe_values(r, &text);
    tfg_status_append(s, "%s.", tfg_str_text(&text));
    tfg_str_fini(&text);
    if (s->code == TFG_INVALID_ARGUMENT)
        s->code = TFG_VALUE_ERROR;
    return -1;
}

static int run_function(ShapeRun *r, TfgStatus *s)
{
    r->lazy = true;
    if (!r->call.def->shape || run_once(r, s) == 0)
        return 0;
    if (s->code == TFG_RESOURCE_EXHAUSTED)
        return -1;
    tfg_status_fini(s);
    return run_stepwise(r, s) < 0 ? tell_where(r, s) : 0;
}

/* ---- Results ---- */

static bool is_dims(const TfgDims *d, const TfgShape *shape)
{
    return d && d->rank == shape->rank && (d->rank == 0 || memcmp(d->dims, shape->dims, (size_t)d->rank * sizeof d->dims[0]) == 0);
}

/* An input's dims where they are the same: most outputs look like an input. */
static const TfgDims *make_dims(ShapeRun *r, const TfgShape *shape)
{
    for (int i = 0; i < r->op->n_inputs && i < 2; i++) {
        const TfgDims *d = r->op->inputs[i].op->outputs[r->op->inputs[i].index].shape;
        if (is_dims(d, shape))
            return d;
    }
    if (shape->rank == 0 && r->g->scalar)
        return r->g->scalar;
    const TfgDims *d = tfg_dims_new(&r->g->arena, shape);
    if (shape->rank == 0)
        r->g->scalar = d;
    return d;
}

static int store_outputs(ShapeRun *r, TfgStatus *s)
{
    for (int i = 0; i < r->call.n_out; i++) {
        const TfgShape *shape = &r->call.out[i];
        r->op->outputs[i].handle = r->call.out_handle[i];
        r->op->outputs[i].shape = NULL;
        if (shape->rank >= 0 && !(r->op->outputs[i].shape = make_dims(r, shape)))
            return tfg_fail_memory(s);
    }
    return 0;
}

/* ---- Frame: arrays on the stack for a few inputs and outputs, else in one block ---- */

#define FEW 4

static void load_inputs(ShapeRun *r, TfgShape *in, TfgDType *dtypes, const TfgHandleInfo **handles)
{
    for (int i = 0; i < r->op->n_inputs; i++) {
        const TfgOutputInfo *info = &r->op->inputs[i].op->outputs[r->op->inputs[i].index];
        tfg_shape_from_dims(&in[i], info->shape);
        dtypes[i] = tfg_dtype_base(info->dtype);
        handles[i] = info->handle;
        r->values[i] = NULL;
        r->state[i] = 0;
        r->as_shapes[i] = NULL;
    }
}

static int run_with(ShapeRun *r, TfgShape *shapes, void **pointers, TfgDType *dtypes, TfgStatus *s)
{
    size_t n_in = (size_t)r->op->n_inputs;
    TfgShape *in = shapes;
    const TfgHandleInfo **handles = (const TfgHandleInfo **)pointers;
    r->values = (TfgTensor **)(pointers + n_in);
    r->as_shapes = (TfgShape **)(pointers + 2 * n_in);
    load_inputs(r, in, dtypes, handles);
    r->call = (TfgShapeCall){
        .def = r->op->def, .name = r->op->name, .attrs = &r->op->attrs, .n_in = r->op->n_inputs, .n_out = r->op->n_outputs,
        .in = in, .in_dtype = dtypes, .out = shapes + n_in, .in_handle = handles,
        .out_handle = (const TfgHandleInfo **)(pointers + 3 * n_in), .arena = &r->g->arena, .producer = r->g->producer,
        .constant = give_constant, .constant_shape = give_shape, .constant_shape_or_any = give_shape_or_any, .backend = r,
    };
    reset_outputs(r);
    int rc = run_function(r, s);
    if (rc == 0)
        rc = store_outputs(r, s);
    for (size_t i = 0; i < n_in; i++)
        tfg_tensor_unref(r->values[i]);
    tfg_arena_fini(&r->scratch);
    return rc;
}

int tfg_infer_op_shapes(TfgGraph *g, TfgOp *op, TfgStatus *s)
{
    ShapeRun r = {.g = g, .op = op};
    size_t n_in = (size_t)op->n_inputs, n_out = (size_t)op->n_outputs;
    tfg_arena_init(&r.scratch);
    if (n_in <= FEW && n_out <= FEW) {
        TfgShape shapes[2 * FEW];
        void *pointers[4 * FEW];
        TfgDType dtypes[FEW];
        uint8_t state[FEW];
        r.state = state;
        return run_with(&r, shapes, pointers, dtypes, s);
    }
    size_t shapes = (n_in + n_out) * sizeof(TfgShape), pointers = (3 * n_in + n_out) * sizeof(void *);
    char *block = tfg_alloc(shapes + pointers + n_in * (sizeof(TfgDType) + 1));
    if (!block)
        return tfg_fail_memory(s);
    r.state = (uint8_t *)(block + shapes + pointers + n_in * sizeof(TfgDType));
    int rc = run_with(&r, (TfgShape *)(void *)block, (void **)(void *)(block + shapes), (TfgDType *)(void *)(block + shapes + pointers), s);
    tfg_free(block);
    return rc;
}
