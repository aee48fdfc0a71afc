/* Strings. */
#include "base/memory.h"
#include "base/status.h"
#include "kernels/util.h"

static int join_shape(TfgKernelCall *c, const TfgTensor **like, TfgStatus *s)
{
    TfgShapeText a, b;
    *like = c->in[0];
    for (int i = 0; i < c->n_in; i++) {
        if (tfg_is_scalar(c->in[i]))
            continue;
        if (tfg_is_scalar(*like))
            *like = c->in[i];
        else if (!tfg_tensor_same_shape(*like, c->in[i]))
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Input shapes do not match: %s vs. %s", tfg_shape_text(*like, &a),
                            tfg_shape_text(c->in[i], &b));
    }
    return 0;
}

static int run_join(TfgKernelCall *c, TfgStatus *s)
{
    TfgBytes separator = tfg_attrs_string(c->attrs, "separator");
    const TfgTensor *like;
    TfgStr text = TFG_STR_INIT;
    TfgTensor *out = join_shape(c, &like, s) < 0 ? NULL : tfg_kernel_output_like(c, 0, like, s);
    int rc = out ? 0 : -1;
    for (int64_t i = 0; rc == 0 && i < out->count; i++) {
        tfg_str_clear(&text);
        for (int k = 0; k < c->n_in; k++) {
            const TfgString *part = (const TfgString *)c->in[k]->data + (tfg_is_scalar(c->in[k]) ? 0 : i);
            if (k)
                tfg_str_append(&text, separator.data, separator.n);
            tfg_str_append(&text, part->data, part->n);
        }
        if (text.failed || tfg_string_set((TfgString *)out->data + i, tfg_str_text(&text), text.n) < 0)
            rc = tfg_fail_memory(s);
    }
    tfg_str_fini(&text);
    return rc;
}

static const TfgKernelRow rows[] = {
    {.op = "StringJoin", .run = run_join},
};

int tfg_register_kernels_string(TfgStatus *s);
int tfg_register_kernels_string(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
