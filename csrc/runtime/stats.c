#include "runtime/stats.h"

#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "io/wire.h"
#include "runtime/local.h"

typedef struct Note { const TfgInstr *instr; int64_t start, end; TfgDType dtype; int32_t rank; int64_t dims[8]; int64_t bytes; } Note;

struct TfgStepStats {
    Note *notes;
    size_t n, capacity;
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
    if (t)
        tfg_free(t->notes);
    tfg_free(t);
}

void tfg_stats_add(TfgStepStats *t, const TfgInstr *i, int64_t start_ns, int64_t end_ns, TfgTensor *const *out)
{
    if (tfg_grow((void **)&t->notes, &t->capacity, t->n + 1, sizeof *t->notes) < 0)
        return;
    Note *note = &t->notes[t->n++];
    *note = (Note){.instr = i, .start = start_ns, .end = end_ns};
    const TfgTensor *first = i->n_out > 0 ? out[0] : NULL;
    if (first && first->dims && first->rank <= 8) {
        note->dtype = first->dtype;
        note->rank = first->rank;
        note->bytes = (int64_t)tfg_tensor_nbytes(first);
        memcpy(note->dims, first->dims, (size_t)first->rank * sizeof *note->dims);
    }
}

static void write_output(const Note *note, TfgStr *out)
{
    size_t output = tfg_put_begin(out, 7, 64);
    size_t description = tfg_put_begin(out, 3, 60);
    tfg_put_int(out, 1, note->dtype);
    size_t shape = tfg_put_begin(out, 2, 40);
    for (int32_t d = 0; d < note->rank; d++) {
        size_t dim = tfg_put_begin(out, 2, 12);
        tfg_put_int(out, 1, note->dims[d]);
        tfg_put_end(out, dim);
    }
    tfg_put_end(out, shape);
    size_t allocation = tfg_put_begin(out, 4, 20);
    tfg_put_int(out, 1, note->bytes);
    tfg_put_text(out, 3, "cpu");
    tfg_put_end(out, allocation);
    tfg_put_end(out, description);
    tfg_put_end(out, output);
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
    if (note->dtype != TFG_INVALID)
        write_output(note, out);
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
