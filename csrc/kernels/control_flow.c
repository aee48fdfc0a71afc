/* Kernels of control flow.  The executors run Switch, Merge and the loop ops themselves; their rows say what dtypes there are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/util.h"

static int run_nothing(TfgKernelCall *c, TfgStatus *s)
{
    (void)c;
    (void)s;
    return 0;
}

static int run_forward(TfgKernelCall *c, TfgStatus *s)
{
    return tfg_kernel_forward(c, 0, 0, s);
}

static int run_by_executor(TfgKernelCall *c, TfgStatus *s)
{
    return tfg_fail(s, TFG_UNIMPLEMENTED, "%s runs only inside a graph", c->type);
}

static int run_ref_identity(TfgKernelCall *c, TfgStatus *s)
{
    if (!c->ref || !c->ref[0])
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "%s needs a reference", c->type);
    c->ref_out[0] = tfg_variable_ref(c->ref[0]);
    return 0;
}

static int run_ref_select(TfgKernelCall *c, TfgStatus *s)
{
    if (c->in[0]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Index must be a scalar, but it has rank %d", c->in[0]->rank);
    int64_t i = *(const int32_t *)c->in[0]->data;
    if (i < 0 || i >= c->n_in - 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Index must be in the range [0, %d) but got %lld", c->n_in - 1, (long long)i);
    c->ref_out[0] = tfg_variable_ref(c->ref[i + 1]);
    return 0;
}

/* The one op that is there to end the process. */
static int run_abort(TfgKernelCall *c, TfgStatus *s)
{
    (void)s;
    TfgBytes message = tfg_attrs_string(c->attrs, "error_msg");
    if (tfg_attrs_bool(c->attrs, "exit_without_error"))
        exit(0);
    fprintf(stderr, "Abort_op intentional failure; %.*s\n", (int)message.n, message.data ? message.data : "");
    abort();
}

/* ---- Assert and Print ---------------------------------------------------------------------------------------------------------- */

static void summarize(TfgKernelCall *c, int first, const char *between, TfgStr *out)
{
    int64_t most = tfg_attrs_int(c->attrs, "summarize");
    for (int i = first; i < c->n_in; i++) {
        tfg_str_puts(out, i > first ? between : "");
        tfg_str_puts(out, "[");
        tfg_tensor_summarize(c->in[i], most, out);
        tfg_str_puts(out, "]");
    }
}

static int run_assert(TfgKernelCall *c, TfgStatus *s)
{
    if (c->in[0]->rank != 0) {
        TfgShapeText text;
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "In[0] should be a scalar: %s", tfg_shape_text(c->in[0], &text));
    }
    if (*(const bool *)c->in[0]->data)
        return 0;
    TfgStr message = TFG_STR_INIT;
    summarize(c, 1, " ", &message);
    tfg_fail(s, TFG_INVALID_ARGUMENT, "assertion failed: %s", tfg_str_text(&message));
    tfg_str_fini(&message);
    return -1;
}

typedef struct Printed { _Atomic int64_t n; } Printed;  /* how often a Print node has spoken, in its session */

static int prepare_print(const TfgPrepare *p, void **state, TfgStatus *s)
{
    (void)p;
    *state = tfg_calloc(1, sizeof(Printed));
    return *state ? 0 : tfg_fail_memory(s);
}

static int run_print(TfgKernelCall *c, TfgStatus *s)
{
    Printed *printed = c->state;
    int64_t first_n = tfg_attrs_int(c->attrs, "first_n");
    if (first_n < 0 || !printed || printed->n++ < first_n) {
        TfgStr line = TFG_STR_INIT;
        TfgBytes message = tfg_attrs_string(c->attrs, "message");
        tfg_str_append(&line, message.data ? message.data : "", message.n);
        summarize(c, 1, "", &line);
        tfg_str_puts(&line, "\n");
        fwrite(tfg_str_text(&line), 1, line.n, stderr);
        tfg_str_fini(&line);
    }
    return tfg_kernel_forward(c, 0, 0, s);
}

/* A line to a stream; logs begin with the level, as TensorFlow's do. */
static int run_print_v2(TfgKernelCall *c, TfgStatus *s)
{
    static const char *const logs[][2] = {{"log(info)", "I"}, {"log(warning)", "W"}, {"log(error)", "E"}};
    if (c->in[0]->rank != 0) {
        TfgShapeText text;
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input is expected to be scalar, but got %s", tfg_shape_text(c->in[0], &text));
    }
    const TfgString *line = c->in[0]->data;
    FILE *to = tfg_attrs_string_is(c->attrs, "output_stream", "stdout") ? stdout : stderr;
    flockfile(to);
    for (int i = 0; i < 3; i++)
        if (tfg_attrs_string_is(c->attrs, "output_stream", logs[i][0]))
            fprintf(to, "%s ", logs[i][1]);
    fwrite(line->n ? line->data : "", 1, line->n, to);
    const TfgAttr *end = tfg_attrs_find(c->attrs, "end");
    fwrite(end && end->s.n ? end->s.data : "\n", 1, end ? end->s.n : 1, to);
    fflush(to);
    funlockfile(to);
    return 0;
}

static const TfgKernelRow rows[] = {
    {.op = "NoOp", .run = run_nothing},
    {.op = "ControlTrigger", .run = run_nothing},
    {.op = "Switch", .run = run_by_executor, .host_in = 2},
    {.op = "RefSwitch", .run = run_by_executor, .host_in = 2, .flags = TFG_KERNEL_UNINITIALIZED_REF | TFG_KERNEL_READS_REF},
    {.op = "Merge", .run = run_by_executor, .host_out = 2},
    {.op = "RefMerge", .run = run_by_executor, .host_out = 2, .flags = TFG_KERNEL_READS_REF},
    {.op = "Enter", .run = run_forward},
    {.op = "RefEnter", .run = run_ref_identity, .flags = TFG_KERNEL_READS_REF},
    {.op = "Exit", .run = run_forward},
    {.op = "RefExit", .run = run_ref_identity, .flags = TFG_KERNEL_READS_REF},
    {.op = "NextIteration", .run = run_forward},
    {.op = "RefNextIteration", .run = run_ref_identity, .flags = TFG_KERNEL_READS_REF},
    {.op = "LoopCond", .run = run_forward, .host_in = 1, .host_out = 1},
    {.op = "RefIdentity", .run = run_ref_identity, .flags = TFG_KERNEL_UNINITIALIZED_REF | TFG_KERNEL_READS_REF},
    {.op = "RefSelect", .run = run_ref_select, .host_in = 1, .flags = TFG_KERNEL_READS_REF},
    {.op = "Abort", .run = run_abort},
    {.op = "Assert", .run = run_assert, .host_in = 1},
    {.op = "PrintV2", .run = run_print_v2, .host_in = 1},
    {.op = "Print", .run = run_print, .prepare = prepare_print, .release = tfg_free, .flags = TFG_KERNEL_KEEPS_STATE},
};

int tfg_register_kernels_control_flow(TfgStatus *s);
int tfg_register_kernels_control_flow(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
