/* Optionals: values that may be missing, as variants. */
#include "base/memory.h"
#include "base/status.h"
#include "kernels/dataset.h"
#include "kernels/variant.h"

/* ---- Optionals -------------------------------------------------------------------------------------------------------------------- */

static void optional_free(TfgHandle *h)
{
    TfgOptional *o = (TfgOptional *)h;
    for (int i = 0; i < o->n; i++)
        tfg_tensor_unref(o->t[i]);
    tfg_free(o);
}

TfgOptional *tfg_optional_new(int n, bool has_value, TfgStatus *s)
{
    TfgOptional *o = tfg_calloc(1, sizeof *o + (size_t)n * sizeof *o->t);
    if (!o) {
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&o->base.refs, 1);
    o->base.free = optional_free;
    o->base.type_name = TFG_OPTIONAL_TYPE;
    o->n = n;
    o->has_value = has_value;
    return o;
}

TfgTensor *tfg_optional_tensor_steal(TfgOptional *o, TfgStatus *s)
{
    TfgTensor *t = tfg_tensor_new(TFG_VARIANT, 0, NULL, s);
    if (t)
        *(TfgHandle **)t->data = &o->base;
    else
        tfg_handle_unref(&o->base);
    return t;
}

static const TfgOptional *optional_of(const TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *t = c->in[0];
    TfgHandle *h = t->count == 1 ? *(TfgHandle *const *)t->data : NULL;
    if (h && strcmp(h->type_name, TFG_OPTIONAL_TYPE) == 0)
        return (const TfgOptional *)h;
    tfg_fail(s, TFG_INVALID_ARGUMENT, "Input to OptionalHasValue must be an OptionalVariant object.");
    return NULL;
}

int tfg_optional_check(const TfgOptional *o, const TfgAttr *types, const TfgAttr *shapes, TfgStatus *s)
{
    if (o->n != types->n)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Number of components does not match: expected %d types but got %d.", types->n, o->n);
    for (int i = 0; i < o->n; i++) {
        TfgDType want = tfg_dtype_base(types->list_type[i]);
        TfgShape promised, real;
        if (o->t[i]->dtype != want)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "The given optional does not match the expected type for component %d. Expected: %s. Actual: %s.", i,
                            tfg_dtype_signature_name(want), tfg_dtype_signature_name(o->t[i]->dtype));
        tfg_shape_from_dims(&promised, i < shapes->n ? shapes->list_shape[i] : NULL);
        tfg_shape_set(&real, o->t[i]->rank, o->t[i]->dims);
        if (!tfg_shape_compatible(&promised, &real)) {
            TfgStr text = TFG_STR_INIT;
            TfgShapeText had;
            tfg_shape_format(&promised, &text);
            tfg_fail(s, TFG_INVALID_ARGUMENT, "The given optional does not match the expected shape for component %d. Expected: %s. Actual: %s.", i,
                     tfg_str_text(&text), tfg_shape_text(o->t[i], &had));
            tfg_str_fini(&text);
            return -1;
        }
    }
    return 0;
}

static int run_from_value(TfgKernelCall *c, TfgStatus *s)
{
    TfgOptional *o = tfg_optional_new(c->n_in, true, s);
    for (int i = 0; o && i < c->n_in; i++)
        if (!(o->t[i] = tfg_kernel_keep(c, i, s))) {
            tfg_handle_unref(&o->base);
            o = NULL;
        }
    c->out[0] = o ? tfg_optional_tensor_steal(o, s) : NULL;
    return c->out[0] ? 0 : -1;
}

static int run_none(TfgKernelCall *c, TfgStatus *s)
{
    TfgOptional *o = tfg_optional_new(0, false, s);
    c->out[0] = o ? tfg_optional_tensor_steal(o, s) : NULL;
    return c->out[0] ? 0 : -1;
}

static int run_has_value(TfgKernelCall *c, TfgStatus *s)
{
    if (c->in[0]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input to OptionalHasValue must be a scalar tensor containing an OptionalVariant object.");
    const TfgOptional *o = optional_of(c, s);
    TfgTensor *out = o ? tfg_kernel_output(c, 0, 0, NULL, s) : NULL;
    if (!out)
        return -1;
    *(bool *)out->data = o->has_value;
    return 0;
}

static int run_get_value(TfgKernelCall *c, TfgStatus *s)
{
    if (c->in[0]->rank != 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input to OptionalGetValue must be a scalar tensor containing an OptionalVariant object.");
    const TfgOptional *o = optional_of(c, s);
    if (!o)
        return -1;
    if (!o->has_value)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The given optional does not have a value.");
    if (o->n != c->n_out)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Number of components does not match: expected %d types but got %d.", c->n_out, o->n);
    if (tfg_optional_check(o, tfg_attrs_find(c->attrs, "output_types"), tfg_attrs_find(c->attrs, "output_shapes"), s) < 0)
        return -1;
    for (int i = 0; i < o->n; i++)
        c->out[i] = tfg_tensor_ref(o->t[i]);
    return 0;
}

static const TfgKernelRow rows[] = {
    {.op = "OptionalFromValue", .run = run_from_value}, {.op = "OptionalNone", .run = run_none},
    {.op = "OptionalHasValue", .run = run_has_value},
    {.op = "OptionalGetValue", .run = run_get_value, .flags = TFG_KERNEL_VALUE_SHAPE},
};

int tfg_register_optionals(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
