/* Layout: OpDef is 1 name, 2 input_arg, 3 output_arg, 4 attr, 8 deprecation, 16 is_aggregate, 17 is_stateful, 18 is_commutative,
 * 19 allows_uninitialized_input; ArgDef 1 name, 3 type, 4 type_attr, 5 number_attr, 6 type_list_attr, 16 is_ref;
 * AttrDef 1 name, 2 type, 3 default_value, 5 has_minimum, 6 minimum, 7 allowed_values. */
#include "base/status.h"
#include "io/attr_value.h"

static void write_arg(const TfgArgDef *arg, uint32_t field, TfgStr *out)
{
    size_t mark = tfg_put_begin(out, field, 0);
    tfg_put_text_unless_empty(out, 1, arg->name);
    tfg_put_int_unless_zero(out, 3, (int64_t)arg->type);
    tfg_put_text_unless_empty(out, 4, arg->type_attr);
    tfg_put_text_unless_empty(out, 5, arg->number_attr);
    tfg_put_text_unless_empty(out, 6, arg->type_list_attr);
    tfg_put_int_unless_zero(out, 16, arg->is_ref);
    tfg_put_end(out, mark);
}

static int write_allowed(const TfgAttrDef *a, TfgStr *out, TfgStatus *s)
{
    TfgAttr list = {.is_list = true};
    if (a->n_allowed_types > 0) {
        list.kind = TFG_ATTR_TYPE;
        list.n = a->n_allowed_types;
        list.list_type = a->allowed_order;
    } else if (a->n_allowed_strings > 0) {
        list.kind = TFG_ATTR_STRING;
        list.n = a->n_allowed_strings;
        list.list_s = a->allowed_strings;
    } else {
        return 0;
    }
    size_t mark = tfg_put_begin(out, 7, 0);
    int rc = tfg_attr_write(&list, out, s);
    tfg_put_end(out, mark);
    return rc;
}

static int write_attr_def(const TfgAttrDef *a, TfgStr *out, TfgStatus *s)
{
    int rc = 0;
    size_t attr = tfg_put_begin(out, 4, 0);
    tfg_put_text_unless_empty(out, 1, a->name);
    tfg_put_text_unless_empty(out, 2, a->type);
    if (a->has_default) {
        size_t value = tfg_put_begin(out, 3, 0);
        rc = tfg_attr_write(&a->default_value, out, s);
        tfg_put_end(out, value);
    }
    if (a->has_minimum) {
        tfg_put_int(out, 5, 1);
        tfg_put_int_unless_zero(out, 6, a->minimum);
    }
    if (rc == 0)
        rc = write_allowed(a, out, s);
    tfg_put_end(out, attr);
    return rc;
}

int tfg_op_def_write(const TfgOpDef *def, TfgStr *out, TfgStatus *s)
{
    tfg_put_text_unless_empty(out, 1, def->name);
    for (int i = 0; i < def->n_in; i++)
        write_arg(&def->in[i], 2, out);
    for (int i = 0; i < def->n_out; i++)
        write_arg(&def->out[i], 3, out);
    for (int i = 0; i < def->n_attr; i++)
        if (write_attr_def(&def->attr[i], out, s) < 0)
            return -1;
    if (def->deprecated_since > 0) {
        size_t mark = tfg_put_begin(out, 8, 0);
        tfg_put_int(out, 1, def->deprecated_since);
        tfg_put_text_unless_empty(out, 2, def->deprecation);
        tfg_put_end(out, mark);
    }
    tfg_put_int_unless_zero(out, 16, (def->flags & TFG_OP_AGGREGATE) != 0);
    tfg_put_int_unless_zero(out, 17, (def->flags & TFG_OP_STATEFUL) != 0);
    tfg_put_int_unless_zero(out, 18, (def->flags & TFG_OP_COMMUTATIVE) != 0);
    tfg_put_int_unless_zero(out, 19, (def->flags & TFG_OP_ALLOWS_UNINITIALIZED) != 0);
    return out->failed ? tfg_fail_memory(s) : 0;
}
