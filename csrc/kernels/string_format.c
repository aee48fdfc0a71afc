/* StringFormat: tensors written into a template. */
#include "kernels/string.h"

/* ---- a tensor as text, with the first and last elements of each dimension ------------------------------------------------------------ */

typedef struct Writer {
    const TfgTensor *t;
    int64_t ends;               /* elements shown at either end */
    TfgStr *out;
} Writer;

static void put_spacing(const Writer *w, int d)
{
    if (d == w->t->rank - 1) {
        tfg_str_putc(w->out, ' ');
        return;
    }
    for (int i = 0; i < w->t->rank - d - 1; i++)
        tfg_str_putc(w->out, '\n');
    for (int i = 0; i <= d; i++)
        tfg_str_putc(w->out, ' ');
}

/* One element is written as a scalar tensor is. */
static void put_element(const Writer *w, int64_t i)
{
    TfgTensor one = *w->t;
    one.rank = 0;
    one.count = 1;
    one.data = tfg_at_mut(&one, i);
    tfg_tensor_summarize(&one, 1, w->out);
}

static void put_dimension(const Writer *w, int d, int64_t at)
{
    if (d == w->t->rank) {
        put_element(w, at);
        return;
    }
    int64_t n = w->t->dims[d], step = tfg_dims_product(w->t->rank - d - 1, w->t->dims + d + 1);
    int64_t last = n - w->ends > w->ends ? n - w->ends : w->ends;
    tfg_str_putc(w->out, '[');
    for (int64_t i = 0; i < n && i < w->ends; i++) {
        if (i)
            put_spacing(w, d);
        put_dimension(w, d + 1, at + i * step);
    }
    if (n / 2 >= w->ends && n > 2 * w->ends) {
        put_spacing(w, d);
        tfg_str_puts(w->out, "...");
    }
    for (int64_t i = last; i < n; i++) {
        put_spacing(w, d);
        put_dimension(w, d + 1, at + i * step);
    }
    tfg_str_putc(w->out, ']');
}

/* Types that TensorFlow's C++ prints one after the other, whatever their shape. */
static bool is_flat(TfgDType d)
{
    return d == TFG_STRING || d == TFG_BFLOAT16 || d == TFG_QINT32 || d == TFG_RESOURCE || d == TFG_VARIANT || d == TFG_COMPLEX64 || d == TFG_COMPLEX128;
}

static void put_tensor(const TfgTensor *t, int64_t summarize, TfgStr *out)
{
    if (is_flat(t->dtype)) {
        tfg_str_putc(out, '[');
        tfg_tensor_summarize(t, summarize, out);
        tfg_str_putc(out, ']');
        return;
    }
    if (t->rank == 0) {
        tfg_tensor_summarize(t, summarize, out);
        return;
    }
    Writer w = {t, summarize < 0 || summarize > t->count ? t->count : summarize, out};
    put_dimension(&w, 0, 0);
}

/* ---- the operation ------------------------------------------------------------------------------------------------------------------------ */

static int run_format(TfgKernelCall *c, TfgStatus *s)
{
    TfgBytes template = tfg_attrs_string(c->attrs, "template"), place = tfg_attrs_string(c->attrs, "placeholder");
    int64_t summarize = tfg_attrs_int(c->attrs, "summarize");
    TfgTensor *out = tfg_kernel_output(c, 0, 0, NULL, s);
    if (!out)
        return -1;
    TfgStr text = TFG_STR_INIT;
    int used = 0;
    for (size_t i = 0; i < template.n;)
        if (used < c->n_in && place.n > 0 && template.n - i >= place.n && memcmp(template.data + i, place.data, place.n) == 0) {
            put_tensor(c->in[used++], summarize, &text);
            i += place.n;
        } else
            tfg_str_putc(&text, template.data[i++]);
    int rc = tfg_string_take(tfg_strings_mut(out), &text, s);
    tfg_str_fini(&text);
    return rc;
}

static const TfgKernelRow rows[] = {
    {.op = "StringFormat", .run = run_format},
};

int tfg_register_string_format(TfgStatus *s) { return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s); }
