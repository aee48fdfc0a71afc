/* Parsed Examples: each element, a vector of serialised Examples, becomes what the kernel of ParseExample makes of it.  Components are in
 * the order of their keys, sparse ones as variants. */
#include <stdlib.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/dataset.h"
#include "kernels/dataset_state.h"
#include "kernels/variant.h"

typedef struct Parse {
    TfgDataset base;
    int n_sparse, n_dense;
    TfgTensor **in;             /* of the kernel: the serialised Examples' place, names, sparse keys, dense keys, defaults; counted */
    int n_in, n_out;
    int *place;                 /* component of each sparse key, then of each dense key */
    TfgNamedAttr attrs[5];
    const TfgOpDef *def;
} Parse;

typedef struct ParseWalk {
    TfgWalk base;
    TfgTensor **element, **in, **out;
} ParseWalk;

static void parse_fini(TfgDataset *d)
{
    Parse *p = (Parse *)d;
    for (int i = 0; p->in && i < p->n_in; i++)
        tfg_tensor_unref(p->in[i]);
}

static int parse_begin(TfgWalk *walk, TfgStatus *s)
{
    ParseWalk *w = (ParseWalk *)walk;
    const Parse *d = (const Parse *)walk->dataset;
    w->element = tfg_calloc((size_t)d->base.input->n + 1, sizeof *w->element);
    w->in = tfg_calloc((size_t)d->n_in + 1, sizeof *w->in);
    w->out = tfg_calloc((size_t)d->n_out + 1, sizeof *w->out);
    return w->element && w->in && w->out ? tfg_walk_open_input(walk, s) : tfg_fail_memory(s);
}

static void parse_end(TfgWalk *walk)
{
    ParseWalk *w = (ParseWalk *)walk;
    tfg_free(w->element);
    tfg_free(w->in);
    tfg_free(w->out);
}

/* Indices, values and shape of sparse key i as a vector of variants. */
static TfgTensor *join_sparse(const Parse *d, TfgTensor *const *out, int i, TfgStatus *s)
{
    static const int64_t three = 3;
    TfgTensor *t = tfg_tensor_new(TFG_VARIANT, 1, &three, s);
    for (int k = 0; t && k < 3; k++) {
        TfgHandle *h = tfg_boxed_new_steal(tfg_tensor_ref(out[k * d->n_sparse + i]), s);
        ((TfgHandle **)t->data)[k] = h;
        if (!h) {
            tfg_tensor_unref(t);
            t = NULL;
        }
    }
    return t;
}

static int parse(ParseWalk *w, TfgTensor **out, TfgStatus *s)
{
    const Parse *d = (const Parse *)w->base.dataset;
    TfgAttrs attrs = {.items = (TfgNamedAttr *)(uintptr_t)d->attrs, .n = 5};
    if (w->element[0]->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Elements must be vectors of serialized Examples");
    memcpy(w->in, d->in, (size_t)d->n_in * sizeof *w->in);
    w->in[0] = w->element[0];
    if (tfg_kernel_run_once(d->def, "ParseExample", &attrs, w->in, d->n_in, w->out, d->n_out, s) < 0)
        return -1;
    int rc = 1;
    for (int i = 0; i < d->n_sparse && rc == 1; i++)
        if (!(out[d->place[i]] = join_sparse(d, w->out, i, s)))
            rc = -1;
    for (int i = 0; i < d->n_dense; i++)
        out[d->place[d->n_sparse + i]] = tfg_tensor_ref(w->out[3 * d->n_sparse + i]);
    tfg_tensors_drop(w->out, d->n_out);
    return rc;
}

static int parse_next(TfgWalk *walk, TfgTensor **out, TfgCancel *cancel, TfgStatus *s)
{
    ParseWalk *w = (ParseWalk *)walk;
    int rc = tfg_walk_next(walk->input, w->element, cancel, s);
    if (rc == 1)
        rc = parse(w, out, s);
    tfg_tensors_drop(w->element, walk->dataset->input->n);
    return rc;
}

static const TfgDatasetKind parse_kind = {"ParseExample", sizeof(Parse), sizeof(ParseWalk), parse_fini, parse_begin, parse_next, parse_end, tfg_state_pass};

/* ---- Kernel --------------------------------------------------------------------------------------------------------------------------- */

static TfgTensor *text_tensor(TfgBytes text, TfgStatus *s)
{
    TfgTensor *t = tfg_tensor_new(TFG_STRING, 0, NULL, s);
    if (t && tfg_string_set(t->data, text.data ? text.data : "", text.n) < 0) {
        tfg_tensor_unref(t);
        tfg_fail_memory(s);
        return NULL;
    }
    return t;
}

static int compare_keys(const TfgTensor *a, const TfgTensor *b)
{
    const TfgString *x = a->data, *y = b->data;
    size_t n = x->n < y->n ? x->n : y->n;
    int c = n ? memcmp(x->data, y->data, n) : 0;
    return c ? c : x->n < y->n ? -1 : x->n > y->n;
}

/* The component of a key is the number of keys before it. */
static int place_keys(Parse *d, TfgStatus *s)
{
    int n = d->n_sparse + d->n_dense;
    TfgTensor *const *keys = d->in + 2;
    d->place = tfg_arena_alloc(&d->base.arena, (size_t)n * sizeof *d->place + 1);
    if (!d->place)
        return tfg_fail_memory(s);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++) {
            int c = compare_keys(keys[k], keys[i]);
            d->place[i] += c < 0;
            if (c == 0 && k != i)
                return tfg_fail(s, TFG_INVALID_ARGUMENT, "Duplicate key in ParseExampleDataset");
        }
    return 0;
}

static int copy_attr(Parse *d, int i, const char *name, const TfgAttr *value, TfgStatus *s)
{
    d->attrs[i].name = name;
    return tfg_attr_copy(&d->attrs[i].value, value, &d->base.arena) < 0 ? tfg_fail_memory(s) : 0;
}

static int check_declared(const Parse *d, const TfgAttrs *attrs, TfgStatus *s)
{
    const TfgAttr *sparse = tfg_attrs_find(attrs, "sparse_types"), *dense = tfg_attrs_find(attrs, "Tdense");
    if (d->base.n != d->n_sparse + d->n_dense)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected len(output_types) == len(sparse_keys) + len(dense_keys) but got: %d vs. %d", d->base.n,
                        d->n_sparse + d->n_dense);
    if (sparse->n != d->n_sparse || dense->n != d->n_dense || tfg_attrs_find(attrs, "dense_shapes")->n != d->n_dense)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Every key needs a type, and every dense one a shape and a default");
    for (int i = 0; i < d->base.n; i++) {
        TfgDType want = i < d->n_sparse ? TFG_VARIANT : dense->list_type[i - d->n_sparse];
        if (d->base.dtypes[d->place[i]] != want)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Component %d is %s, but is declared as %s", d->place[i], tfg_dtype_signature_name(want),
                            tfg_dtype_signature_name(d->base.dtypes[d->place[i]]));
    }
    return 0;
}

/* A default is a whole value, nothing, or where the first dimension is open, what values are filled up with. */
static int check_default(const TfgTensor *t, const TfgDims *shape, int i, TfgStatus *s)
{
    TfgShape promised, real;
    TfgShapeText had;
    tfg_shape_from_dims(&promised, shape);
    tfg_shape_set(&real, t->rank, t->dims);
    bool open = shape && shape->rank > 0 && shape->dims[0] < 0;
    if (open ? t->count == 1 : t->count == 0 || tfg_shape_compatible(&promised, &real))
        return 0;
    TfgStr text = TFG_STR_INIT;
    tfg_shape_format(&promised, &text);
    if (open)
        tfg_fail(s, TFG_INVALID_ARGUMENT, "dense_shape[%d] is a variable length shape: %s, therefore def_value[%d] must contain a single element (the padding "
                 "element).  But its shape is: %s", i, tfg_str_text(&text), i, tfg_shape_text(t, &had));
    else
        tfg_fail(s, TFG_INVALID_ARGUMENT, "def_value[%d].shape() == %s is not compatible with dense_shapes_[%d] == %s", i, tfg_shape_text(t, &had), i,
                 tfg_str_text(&text));
    tfg_str_fini(&text);
    return -1;
}

static int read_parse(Parse *d, TfgKernelCall *c, TfgStatus *s)
{
    const TfgAttr *sparse = tfg_attrs_find(c->attrs, "sparse_keys"), *dense = tfg_attrs_find(c->attrs, "dense_keys");
    static const int64_t none = 0;
    d->n_sparse = sparse->n;
    d->n_dense = dense->n;
    if (c->n_in - 2 != d->n_dense)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Expected len(dense_defaults) == len(dense_keys) but got: %d vs. %d", c->n_in - 2, d->n_dense);
    const TfgAttr *shapes = tfg_attrs_find(c->attrs, "dense_shapes");
    for (int i = 0; i < d->n_dense && i < shapes->n; i++)
        if (check_default(c->in[2 + i], shapes->list_shape[i], i, s) < 0)
            return -1;
    d->n_in = 2 + d->n_sparse + 2 * d->n_dense;
    d->n_out = 3 * d->n_sparse + d->n_dense;
    d->in = tfg_arena_alloc(&d->base.arena, (size_t)d->n_in * sizeof *d->in);
    if (!d->in)
        return tfg_fail_memory(s);
    d->in[1] = tfg_tensor_new(TFG_STRING, 1, &none, s);
    bool failed = !d->in[1];
    for (int i = 0; i < d->n_sparse && !failed; i++)
        failed = !(d->in[2 + i] = text_tensor(sparse->list_s[i], s));
    for (int i = 0; i < d->n_dense && !failed; i++)
        failed = !(d->in[2 + d->n_sparse + i] = text_tensor(dense->list_s[i], s)) ||
                 !(d->in[2 + d->n_sparse + d->n_dense + i] = tfg_kernel_keep(c, 2 + i, s));
    TfgAttr n_sparse = TFG_A_INT(d->n_sparse), n_dense = TFG_A_INT(d->n_dense);
    if (failed || place_keys(d, s) < 0 || copy_attr(d, 0, "Nsparse", &n_sparse, s) < 0 || copy_attr(d, 1, "Ndense", &n_dense, s) < 0 ||
        copy_attr(d, 2, "sparse_types", tfg_attrs_find(c->attrs, "sparse_types"), s) < 0 ||
        copy_attr(d, 3, "Tdense", tfg_attrs_find(c->attrs, "Tdense"), s) < 0 ||
        copy_attr(d, 4, "dense_shapes", tfg_attrs_find(c->attrs, "dense_shapes"), s) < 0)
        return -1;
    d->def = tfg_load_op_def("ParseExample", s);
    if (!d->def || tfg_dataset_declare_attrs(&d->base, c->attrs, "output_types", s) < 0)
        return -1;
    return check_declared(d, c->attrs, s);
}

static int run_parse(TfgKernelCall *c, TfgStatus *s)
{
    int64_t parallel;
    TfgDataset *input = tfg_dataset_of(c->in[0], s);
    if (!input || tfg_scalar_argument(c, 1, "num_parallel_calls", &parallel, s) < 0)
        return -1;
    if (parallel <= 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "num_parallel_calls must be greater than zero.");
    if (input->n != 1 || input->dtypes[0] != TFG_STRING)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "The input must be a dataset of vectors of strings");
    Parse *d = tfg_dataset_new(&parse_kind, input, s);
    if (!d || read_parse(d, c, s) < 0) {
        tfg_dataset_unref(d);
        return -1;
    }
    return tfg_dataset_give_steal(c, d, s);
}

static const TfgKernelRow rows[] = {{.op = "ParseExampleDataset", .run = run_parse}};

int tfg_register_datasets_parse(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
