/* The line with which TensorFlow shows the node that failed: [[{{node x}} = Op[T=DT_FLOAT, ...](a, b)]]. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "runtime/local.h"

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const TfgNamedAttr *const *)a)->name, (*(const TfgNamedAttr *const *)b)->name);
}

static void format_attrs(const TfgOp *op, const char *device, TfgStr *out)
{
    const char *comma = "";
    const TfgNamedAttr **sorted = tfg_alloc(((size_t)op->attrs.n + 1) * sizeof *sorted);
    int32_t n = sorted ? op->attrs.n : 0;
    for (int32_t i = 0; i < n; i++)
        sorted[i] = &op->attrs.items[i];
    if (n > 1)
        qsort(sorted, (size_t)n, sizeof *sorted, by_name);
    for (int32_t i = 0; i < n; i++) {
        tfg_str_printf(out, "%s%s=", comma, sorted[i]->name);
        tfg_attr_format(&sorted[i]->value, out);
        comma = ", ";
    }
    if (device && *device)
        tfg_str_printf(out, "%s_device=\"%s\"", comma, device);
    tfg_free(sorted);
}

static int compare_outputs(TfgOutput a, TfgOutput b)
{
    int by_text = strcmp(a.op->name, b.op->name);
    return by_text ? by_text : a.index - b.index;
}

/* A fed input shows as the argument that TensorFlow puts in its place, numbered by name; others as what they are. */
static void format_input(const TfgPlan *p, TfgOutput in, TfgStr *out)
{
    bool fed = false;
    int number = 0;
    for (int i = 0; p && i < p->n_feeds; i++) {
        int order = compare_outputs(p->feeds[i], in);
        fed |= order == 0;
        number += order < 0;
    }
    if (fed)
        tfg_str_printf(out, "_arg_%s_%d_%d", in.op->name, in.index, number);
    else if (in.index > 0)
        tfg_str_printf(out, "%s:%d", in.op->name, in.index);
    else
        tfg_str_puts(out, in.op->name);
}

void tfg_format_node(const TfgOp *op, const char *device, const TfgPlan *p, TfgStr *out)
{
    tfg_str_printf(out, "{{node %s}} = %s[", op->name, op->def->name);
    format_attrs(op, device, out);
    tfg_str_puts(out, "](");
    for (int32_t i = 0; i < op->n_inputs; i++) {
        tfg_str_puts(out, i ? ", " : "");
        format_input(p, op->inputs[i], out);
    }
    for (int32_t i = 0; i < op->n_controls; i++)
        tfg_str_printf(out, "%s^%s", i || op->n_inputs ? ", " : "", op->controls[i]->name);
    tfg_str_puts(out, ")");
}

/* Puts the name of the first input where the message wants it. */
static void name_input(TfgStatus *s, const TfgOp *op, const TfgPlan *p)
{
    const char *mark = strstr(s->message ? s->message : "", TFG_INPUT_MARK);
    if (!mark || op->n_inputs == 0)
        return;
    TfgStr text = TFG_STR_INIT;
    tfg_str_append(&text, s->message, (size_t)(mark - s->message));
    format_input(p, op->inputs[0], &text);
    tfg_str_puts(&text, mark + strlen(TFG_INPUT_MARK));
    if (!text.failed)
        tfg_fail(s, s->code, "%s", tfg_str_text(&text));
    tfg_str_fini(&text);
    s->op = op;
}

void tfg_append_node_of(TfgStatus *s, const char *device, const TfgPlan *p)
{
    TfgStr text = TFG_STR_INIT;
    const TfgOp *op = s->op;
    if (!op)
        return;
    name_input(s, op, p);
    tfg_format_node(op, device, p, &text);
    tfg_status_append(s, "\n\t [[%s]]", tfg_str_text(&text));
    tfg_str_fini(&text);
    s->op = op;
}

void tfg_append_node(TfgStatus *s, const char *device)
{
    tfg_append_node_of(s, device, NULL);
}
