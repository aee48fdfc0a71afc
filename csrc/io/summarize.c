/* Nodes and definitions as TensorFlow's error messages show them. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "io/graph_def.h"

static void summarize_args(const TfgArgDef *args, int n, TfgStr *out)
{
    for (int i = 0; i < n; i++) {
        const TfgArgDef *a = &args[i];
        tfg_str_printf(out, "%s%s:", i > 0 ? ", " : "", a->name);
        if (a->is_ref)
            tfg_str_puts(out, "Ref(");
        if (a->number_attr)
            tfg_str_printf(out, "%s*", a->number_attr);
        if (a->type != TFG_INVALID)
            tfg_str_puts(out, tfg_dtype_signature_name(a->type));
        else if (a->type_attr)
            tfg_str_puts(out, a->type_attr);
        if (a->is_ref)
            tfg_str_putc(out, ')');
    }
}

static void summarize_attr_def(const TfgAttrDef *a, TfgStr *out)
{
    tfg_str_printf(out, "; attr=%s:%s", a->name, a->type);
    if (a->has_default) {
        tfg_str_puts(out, ",default=");
        tfg_attr_format(&a->default_value, out);
    }
    if (a->has_minimum)
        tfg_str_printf(out, ",min=%lld", (long long)a->minimum);
    TfgAttr allowed = {.is_list = true};
    if (a->n_allowed_types > 0) {
        allowed.kind = TFG_ATTR_TYPE;
        allowed.n = a->n_allowed_types;
        allowed.list_type = a->allowed_order;
    } else if (a->n_allowed_strings > 0) {
        allowed.kind = TFG_ATTR_STRING;
        allowed.n = a->n_allowed_strings;
        allowed.list_s = a->allowed_strings;
    } else {
        return;
    }
    tfg_str_puts(out, ",allowed=");
    tfg_attr_format(&allowed, out);
}

void tfg_op_def_summarize(const TfgOpDef *def, TfgStr *out)
{
    tfg_str_printf(out, "Op<name=%s; signature=", def->name);
    summarize_args(def->in, def->n_in, out);
    tfg_str_puts(out, " -> ");
    summarize_args(def->out, def->n_out, out);
    for (int i = 0; i < def->n_attr; i++)
        summarize_attr_def(&def->attr[i], out);
    if (def->flags & TFG_OP_COMMUTATIVE)
        tfg_str_puts(out, "; is_commutative=true");
    if (def->flags & TFG_OP_AGGREGATE)
        tfg_str_puts(out, "; is_aggregate=true");
    if (def->flags & TFG_OP_STATEFUL)
        tfg_str_puts(out, "; is_stateful=true");
    if (def->flags & TFG_OP_ALLOWS_UNINITIALIZED)
        tfg_str_puts(out, "; allows_uninitialized_input=true");
    tfg_str_putc(out, '>');
}

static int by_name(const void *a, const void *b)
{
    const TfgNamedAttr *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static void summarize_attrs(const TfgNodeDef *node, TfgStr *out)
{
    const char *separator = "";
    const TfgNamedAttr **order = tfg_alloc(((size_t)node->attrs.n + 1) * sizeof *order);
    if (!order) {
        out->failed = true;
        return;
    }
    for (int32_t i = 0; i < node->attrs.n; i++)
        order[i] = &node->attrs.items[i];
    qsort(order, (size_t)node->attrs.n, sizeof *order, by_name);
    for (int32_t i = 0; i < node->attrs.n; i++) {
        tfg_str_printf(out, "%s%s=", separator, order[i]->name);
        tfg_attr_format(&order[i]->value, out);
        separator = ", ";
    }
    if (*node->device)
        tfg_str_printf(out, "%s_device=\"%s\"", separator, node->device);
    tfg_free(order);
}

void tfg_node_def_summarize(const TfgNodeDef *node, TfgStr *out)
{
    tfg_str_printf(out, "{{node %s}} = %s[", node->name, node->op);
    summarize_attrs(node, out);
    tfg_str_puts(out, "](");
    for (int32_t i = 0; i < node->n_inputs; i++)
        tfg_str_printf(out, "%s%s", i > 0 ? ", " : "", node->inputs[i]);
    tfg_str_putc(out, ')');
}
