#include "runtime/stats.h"

#include <string.h>
#include <time.h>

#include "base/map.h"
#include "base/memory.h"
#include "io/wire.h"
#include "runtime/local.h"

typedef struct OutputNote { int slot; TfgDType dtype; int32_t rank; int64_t dims[8]; int64_t bytes; const void *data; bool shared; } OutputNote;
typedef struct Note { const TfgInstr *instr; int64_t start, end; size_t first; int n; } Note;       /* n outputs from `first` on */

struct TfgStepStats {
    Note *notes;
    OutputNote *outputs;
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
    OutputNote *o = &t->outputs[t->n_outputs++];
    *o = (OutputNote){.slot = slot, .dtype = out->dtype, .rank = out->rank, .bytes = (int64_t)tfg_tensor_nbytes(out), .data = out->data};
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

static void write_output(const OutputNote *o, TfgStr *out)
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

static void write_label(const TfgInstr *i, TfgStr *label)
{
    tfg_str_printf(label, "%s = %s(", i->name, i->type);
    for (int32_t k = 0; k < i->op->n_inputs; k++) {
        tfg_str_printf(label, "%s%s", k ? ", " : "", i->op->inputs[k].op->name);
        if (i->op->inputs[k].index > 0)
            tfg_str_printf(label, ":%d", i->op->inputs[k].index);
    }
    tfg_str_puts(label, ")");
}

static void write_note(const TfgStepStats *t, const Note *note, TfgStr *out)
{
    TfgStr label = TFG_STR_INIT;
    int64_t start = note->start + t->wall_offset, spent = note->end - note->start;
    size_t node = tfg_put_begin(out, 2, 200);
    tfg_put_text(out, 1, note->instr->name);
    tfg_put_int(out, 2, start / 1000);
    tfg_put_int(out, 4, spent / 1000);
    tfg_put_int(out, 5, spent / 1000 + 1);
    write_memory(t, note, out);
    for (int k = 0; k < note->n; k++)
        write_output(&t->outputs[note->first + (size_t)k], out);
    write_label(note->instr, &label);
    tfg_put_bytes(out, 8, tfg_str_text(&label), label.n);
    tfg_put_int(out, 9, start / 1000);
    tfg_put_int(out, 13, start);
    tfg_put_int(out, 15, spent);
    tfg_put_int(out, 16, spent);
    tfg_put_int(out, 17, start);
    tfg_put_end(out, node);
    tfg_str_fini(&label);
}

static void write_step_stats(const TfgStepStats *t, const TfgPlan *p, TfgStr *out)
{
    size_t step = tfg_put_begin(out, 1, 4096);
    for (int d = 0; d < p->session->n_devices; d++) {
        bool used = d == 0;
        for (size_t i = 0; i < t->n && !used; i++)
            used = t->notes[i].instr->device == d;
        if (!used)
            continue;
        size_t device = tfg_put_begin(out, 1, 4096);
        tfg_put_text(out, 1, p->session->devices[d].name);
        for (size_t i = 0; i < t->n; i++)
            if (t->notes[i].instr->device == d)
                write_note(t, &t->notes[i], out);
        tfg_put_end(out, device);
    }
    tfg_put_end(out, step);
}

/* What the plan runs, as a GraphDef: names, types, inputs and devices of its instructions. */
static void write_graph(const TfgPlan *p, TfgStr *out)
{
    size_t graph = tfg_put_begin(out, 3, 4096);
    for (int32_t k = 0; k < p->n_code; k++) {
        const TfgOp *op = p->code[k].op;
        size_t node = tfg_put_begin(out, 1, 200);
        tfg_put_text(out, 1, op->name);
        tfg_put_text(out, 2, op->def->name);
        for (int32_t i = 0; i < op->n_inputs; i++) {
            TfgStr input = TFG_STR_INIT;
            tfg_str_puts(&input, op->inputs[i].op->name);
            if (op->inputs[i].index > 0)
                tfg_str_printf(&input, ":%d", op->inputs[i].index);
            tfg_put_bytes(out, 3, tfg_str_text(&input), input.n);
            tfg_str_fini(&input);
        }
        tfg_put_text(out, 4, p->session->devices[p->code[k].device].name);
        tfg_put_end(out, node);
    }
    size_t versions = tfg_put_begin(out, 4, 4);
    tfg_put_int(out, 1, TFG_GRAPH_DEF_PRODUCER);
    tfg_put_end(out, versions);
    tfg_put_end(out, graph);
}

void tfg_stats_write(const TfgStepStats *t, const TfgPlan *p, const TfgRunOptions *options, TfgStr *out)
{
    if (t)
        write_step_stats(t, p, out);
    if (options->output_partition_graphs)
        write_graph(p, out);
}
