#include "runtime/stats.h"

#include <string.h>
#include <time.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/status.h"
#include "io/wire.h"
#include "runtime/local.h"
#include "runtime/metadata.h"

typedef struct Note { const TfgInstr *instr; int64_t start, end; size_t first; int n; } Note;       /* n outputs from `first` on */

struct TfgStepStats {
    Note *notes;
    TfgOutputStats *outputs;
    size_t n, capacity, n_outputs, outputs_capacity;
    TfgIdMap of_op;             /* an operation's last note, plus 1 */
    int64_t wall_offset;        /* real time minus monotonic time */
};

static int64_t clock_ns(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

TfgStepStats *tfg_stats_new(void)
{
    TfgStepStats *t = tfg_calloc(1, sizeof *t);
    if (t)
        t->wall_offset = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC);
    return t;
}

void tfg_stats_free(TfgStepStats *t)
{
    if (t) {
        tfg_free(t->notes);
        tfg_free(t->outputs);
        tfg_idmap_fini(&t->of_op);
    }
    tfg_free(t);
}

/* Whether an output is an input passed on, or what lives longer than the step: then this operation took no memory for it. */
static bool is_shared(const TfgStepStats *t, const TfgInstr *i, const void *data)
{
    if (strncmp(i->type, "Variable", 8) == 0 || strcmp(i->type, "Const") == 0)
        return true;
    for (int32_t k = 0; k < i->op->n_inputs; k++) {
        uint64_t at;
        if (!tfg_idmap_get(&t->of_op, (uint64_t)(uintptr_t)i->op->inputs[k].op, &at))
            continue;
        const Note *from = &t->notes[at - 1];
        for (int j = 0; j < from->n; j++)
            if (t->outputs[from->first + (size_t)j].data == data)
                return true;
    }
    return false;
}

static int add_output(TfgStepStats *t, const TfgInstr *i, int slot, const TfgTensor *out)
{
    if (tfg_grow((void **)&t->outputs, &t->outputs_capacity, t->n_outputs + 1, sizeof *t->outputs) < 0)
        return 0;
    TfgOutputStats *o = &t->outputs[t->n_outputs++];
    *o = (TfgOutputStats){.slot = slot, .dtype = out->dtype, .rank = out->rank, .bytes = (int64_t)tfg_tensor_nbytes(out), .data = out->data};
    memcpy(o->dims, out->dims, (size_t)out->rank * sizeof *o->dims);
    o->shared = is_shared(t, i, out->data);
    return 1;
}

void tfg_stats_add(TfgStepStats *t, const TfgInstr *i, int64_t start_ns, int64_t end_ns, TfgTensor *const *out)
{
    if (tfg_grow((void **)&t->notes, &t->capacity, t->n + 1, sizeof *t->notes) < 0)
        return;
    Note note = {.instr = i, .start = start_ns, .end = end_ns, .first = t->n_outputs};
    for (int k = 0; k < i->n_out; k++)
        if (out[k] && out[k]->dims && out[k]->rank <= 8)
            note.n += add_output(t, i, k, out[k]);
    t->notes[t->n++] = note;
    tfg_idmap_put(&t->of_op, (uint64_t)(uintptr_t)i->op, t->n);
}

static void write_output(const TfgOutputStats *o, TfgStr *out)
{
    size_t output = tfg_put_begin(out, 7, 64);
    tfg_put_int_unless_zero(out, 1, o->slot);
    size_t description = tfg_put_begin(out, 3, 60);
    tfg_put_int(out, 1, o->dtype);
    size_t shape = tfg_put_begin(out, 2, 40);
    for (int32_t d = 0; d < o->rank; d++) {
        size_t dim = tfg_put_begin(out, 2, 12);
        tfg_put_int(out, 1, o->dims[d]);
        tfg_put_end(out, dim);
    }
    tfg_put_end(out, shape);
    size_t allocation = tfg_put_begin(out, 4, 20);
    tfg_put_int(out, 1, o->bytes);
    if (!o->shared)
        tfg_put_int(out, 2, o->bytes);
    tfg_put_text(out, 3, "cpu");
    tfg_put_int(out, 6, (int64_t)(uintptr_t)o->data);
    tfg_put_end(out, allocation);
    tfg_put_end(out, description);
    tfg_put_end(out, output);
}

/* What the operation took for its outputs, as an AllocatorMemoryUsed. */
static void write_memory(const TfgStepStats *t, const Note *note, TfgStr *out)
{
    int64_t bytes = 0;
    for (int k = 0; k < note->n; k++)
        if (!t->outputs[note->first + (size_t)k].shared)
            bytes += t->outputs[note->first + (size_t)k].bytes;
    if (!bytes)
        return;
    size_t memory = tfg_put_begin(out, 6, 24);
    tfg_put_text(out, 1, "cpu");
    tfg_put_int(out, 2, bytes);
    tfg_put_int(out, 3, bytes);
    tfg_put_int(out, 4, bytes);
    tfg_put_end(out, memory);
}

static void write_label(const TfgNeeded *needed, const char *name, const char *type, const TfgOp *op, TfgStr *label)
{
    tfg_str_printf(label, "%s = %s(", name, type);
    for (int32_t k = 0; k < op->n_inputs; k++) {
        tfg_str_puts(label, k ? ", " : "");
        tfg_needed_input(needed, op, k, label);
    }
    for (int32_t k = 0; op->n_inputs == 0 && k < op->n_controls; k++)
        tfg_str_printf(label, "%s^%s", k ? ", " : "", op->controls[k]->name);
    tfg_str_puts(label, ")");
}

/* What every node tells; `label` is taken. */
static void write_times(const char *name, int64_t start, int64_t spent, TfgStr *label, TfgStr *out)
{
    tfg_put_text(out, 1, name);
    tfg_put_int(out, 2, start / 1000);
    tfg_put_int(out, 4, spent / 1000);
    tfg_put_int(out, 5, spent / 1000 + 1);
    tfg_put_bytes(out, 8, tfg_str_text(label), label->n);
    tfg_put_int(out, 9, start / 1000);
    tfg_put_end(out, tfg_put_begin(out, 12, 0));
    tfg_put_int(out, 13, start);
    tfg_put_int(out, 15, spent);
    tfg_put_int(out, 16, spent);
    tfg_put_int(out, 17, start);
    tfg_str_fini(label);
}

static void write_note(const TfgStepStats *t, const TfgNeeded *needed, const Note *note, TfgStr *out)
{
    TfgStr label = TFG_STR_INIT;
    size_t node = tfg_put_begin(out, 2, 200);
    write_memory(t, note, out);
    for (int k = 0; k < note->n; k++)
        write_output(&t->outputs[note->first + (size_t)k], out);
    write_label(needed, note->instr->name, note->instr->type, note->instr->op, &label);
    write_times(note->instr->name, note->start + t->wall_offset, note->end - note->start, &label, out);
    tfg_put_end(out, node);
}

/* An op that took no time of its own: a constant, a variable, a member of a fused group, what a rewrite took out. */
static void write_without_note(const TfgNeeded *needed, const TfgOp *op, int64_t start, TfgStr *out)
{
    TfgStr label = TFG_STR_INIT;
    size_t node = tfg_put_begin(out, 2, 200);
    const TfgAttr *value = strcmp(op->def->name, "Const") == 0 ? tfg_attrs_find(&op->attrs, "value") : NULL;
    if (value && value->kind == TFG_ATTR_TENSOR && value->tensor->rank <= 8) {
        const TfgTensor *c = value->tensor;
        TfgOutputStats o = {.dtype = c->dtype, .rank = c->rank, .bytes = (int64_t)tfg_tensor_nbytes(c), .data = c->data, .shared = true};
        memcpy(o.dims, c->dims, (size_t)c->rank * sizeof *o.dims);
        write_output(&o, out);
    }
    write_label(needed, op->name, op->def->name, op, &label);
    write_times(op->name, start, 0, &label, out);
    tfg_put_end(out, node);
}

static void write_end(const TfgNeededEnd *e, bool is_arg, int64_t start, TfgStr *out)
{
    TfgStr label = TFG_STR_INIT;
    size_t node = tfg_put_begin(out, 2, 100);
    if (is_arg)
        tfg_str_printf(&label, "%s = _Arg()", e->name);
    else if (e->at.index > 0)
        tfg_str_printf(&label, "%s = _Retval(%s:%d)", e->name, e->at.op->name, e->at.index);
    else
        tfg_str_printf(&label, "%s = _Retval(%s)", e->name, e->at.op->name);
    write_times(e->name, start, 0, &label, out);
    tfg_put_end(out, node);
}

static void write_source(int64_t start, TfgStr *out)
{
    TfgStr label = TFG_STR_INIT;
    size_t node = tfg_put_begin(out, 2, 60);
    tfg_str_puts(&label, "_SOURCE = NoOp()");
    write_times("_SOURCE", start, 0, &label, out);
    tfg_put_end(out, node);
}

/* Members of a fused group ran with the one that is noted; of loops, whose nodes are noted one by one, nothing is known that did not run. */
static bool is_untold(const TfgStepStats *t, const TfgOp *op)
{
    uint64_t at;
    return !tfg_idmap_get(&t->of_op, (uint64_t)(uintptr_t)op, &at);
}

/* Nodes that a dead branch leaves out are not told: what Switch and Merge decide about is in the notes alone. */
static bool is_behind_switch(const TfgOp *op)
{
    return op->context != NULL;
}

static void write_device(const TfgStepStats *t, const TfgNeeded *needed, int d, TfgStr *out)
{
    int64_t start = (t->n ? t->notes[0].start : clock_ns(CLOCK_MONOTONIC)) + t->wall_offset;
    if (d == 0)
        write_source(start, out);
    for (int i = 0; i < needed->n_args; i++)
        if (tfg_needed_device(needed, needed->args[i].at.op) == d)
            write_end(&needed->args[i], true, start, out);
    for (size_t i = 0; i < needed->n; i++) {
        const TfgOp *op = needed->ops[i];
        if (is_untold(t, op) && !is_behind_switch(op) && tfg_needed_device(needed, op) == d)
            write_without_note(needed, op, start, out);
    }
    for (size_t i = 0; i < t->n; i++)
        if (t->notes[i].instr->device == d)
            write_note(t, needed, &t->notes[i], out);
    for (int i = 0; i < needed->n_results; i++)
        if (tfg_needed_device(needed, needed->results[i].at.op) == d)
            write_end(&needed->results[i], false, (t->n ? t->notes[t->n - 1].end + t->wall_offset : start), out);
}

static bool is_used(const TfgStepStats *t, const TfgNeeded *needed, int d)
{
    bool used = d == 0;
    for (size_t i = 0; i < t->n && !used; i++)
        used = t->notes[i].instr->device == d;
    for (size_t i = 0; i < needed->n && !used; i++)
        used = tfg_needed_device(needed, needed->ops[i]) == d;
    return used;
}

static void write_step_stats(const TfgStepStats *t, const TfgNeeded *needed, TfgStr *out)
{
    const TfgSession *session = needed->plan->session;
    size_t step = tfg_put_begin(out, 1, 4096);
    for (int d = 0; d < session->n_devices; d++) {
        if (!is_used(t, needed, d))
            continue;
        size_t device = tfg_put_begin(out, 1, 4096);
        tfg_put_text(out, 1, session->devices[d].name);
        write_device(t, needed, d, out);
        tfg_put_end(out, device);
    }
    tfg_put_end(out, step);
}

static const Note *last_note(const TfgStepStats *t, const TfgOp *op)
{
    uint64_t at;
    return t && tfg_idmap_get(&t->of_op, (uint64_t)(uintptr_t)op, &at) ? &t->notes[at - 1] : NULL;
}

int64_t tfg_stats_spent(const TfgStepStats *t, const TfgOp *op)
{
    const Note *note = last_note(t, op);
    return note ? note->end - note->start : 0;
}

const TfgOutputStats *tfg_stats_output(const TfgStepStats *t, const TfgOp *op, int slot)
{
    const Note *note = last_note(t, op);
    for (int k = 0; note && k < note->n; k++)
        if (t->outputs[note->first + (size_t)k].slot == slot)
            return &t->outputs[note->first + (size_t)k];
    return NULL;
}

static int write_parts(const TfgStepStats *t, const TfgPlan *p, const TfgRunOptions *options, bool costs, TfgStr *out, TfgStatus *s)
{
    TfgNeeded needed;
    int rc = tfg_needed_init(&needed, p, s);
    if (rc == 0 && t && options->trace_level > 0)
        write_step_stats(t, &needed, out);
    if (rc == 0 && costs)
        tfg_metadata_write_costs(&needed, t, out);
    if (rc == 0 && options->output_partition_graphs)
        rc = tfg_metadata_write_graph(&needed, out, s);
    tfg_needed_fini(&needed);
    return rc < 0 || !out->failed ? rc : tfg_fail_memory(s);
}

int tfg_stats_write(const TfgStepStats *t, const TfgPlan *p, const TfgRunOptions *options, bool costs, TfgStr *out, TfgStatus *s)
{
    tfg_graph_lock(p->session->graph);
    int rc = write_parts(t, p, options, costs, out, s);
    tfg_graph_unlock(p->session->graph);
    return rc;
}
