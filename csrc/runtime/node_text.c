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

void tfg_format_node(const TfgOp *op, const char *device, TfgStr *out)
{
    tfg_str_printf(out, "{{node %s}} = %s[", op->name, op->def->name);
    format_attrs(op, device, out);
    tfg_str_puts(out, "](");
    for (int32_t i = 0; i < op->n_inputs; i++) {
        tfg_str_printf(out, "%s%s", i ? ", " : "", op->inputs[i].op->name);
        if (op->inputs[i].index > 0)
            tfg_str_printf(out, ":%d", op->inputs[i].index);
    }
    for (int32_t i = 0; i < op->n_controls; i++)
        tfg_str_printf(out, "%s^%s", i || op->n_inputs ? ", " : "", op->controls[i]->name);
    tfg_str_puts(out, ")");
}

void tfg_append_node(TfgStatus *s, const char *device)
{
    TfgStr text = TFG_STR_INIT;
    const TfgOp *op = s->op;
    if (!op)
        return;
    tfg_format_node(op, device, &text);
    tfg_status_append(s, "\n\t [[%s]]", tfg_str_text(&text));
    tfg_str_fini(&text);
    s->op = op;
}
