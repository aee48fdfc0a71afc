#include "kernels/tensor_array.h"

#include <pthread.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/util.h"

typedef struct Element {
    TfgTensor *value;           /* NULL: nothing, or zeros of `shape` */
    TfgDims *shape;             /* what value had that is forgotten, or a gradient's zeros have; NULL else */
    bool written, read, cleared;
} Element;

enum { PAGE = 64 };             /* elements come into being page by page: an index may be large where little is written */

typedef struct Gradient { char *source; TfgTensorArray *array; struct Gradient *next; } Gradient;

struct TfgTensorArray {
    TfgHandle base;
    pthread_mutex_t lock;
    Element **pages;
    size_t n_pages, pages_capacity;
    int64_t size, marked;
    TfgDType dtype;
    TfgShape element_shape;
    bool dynamic, clear_after_read, identical, is_grad, closed;
    Gradient *gradients;
    char *name;
};

TfgHandle *tfg_tensor_array_handle(TfgTensorArray *a) { return &a->base; }
const char *tfg_tensor_array_name(const TfgTensorArray *a) { return a->name; }
TfgDType tfg_tensor_array_dtype(const TfgTensorArray *a) { return a->dtype; }

/* ---- life ---- */

static void clear_elements(TfgTensorArray *a)
{
    for (size_t p = 0; p < a->n_pages; p++) {
        for (int i = 0; a->pages[p] && i < PAGE; i++) {
            tfg_tensor_unref(a->pages[p][i].value);
            tfg_free(a->pages[p][i].shape);
        }
        tfg_free(a->pages[p]);
    }
    tfg_free(a->pages);
    a->pages = NULL;
    a->n_pages = a->pages_capacity = 0;
}

static void array_free(TfgHandle *h)
{
    TfgTensorArray *a = (TfgTensorArray *)h;
    clear_elements(a);
    for (Gradient *g = a->gradients, *next; g; g = next) {
        next = g->next;
        tfg_handle_unref(&g->array->base);
        tfg_free(g->source);
        tfg_free(g);
    }
    pthread_mutex_destroy(&a->lock);
    tfg_free(a->name);
    tfg_free(a);
}

TfgTensorArray *tfg_tensor_array_new(const TfgTensorArraySpec *spec, TfgStatus *s)
{
    TfgTensorArray *a = tfg_calloc(1, sizeof *a);
    char *name = tfg_strdup(spec->name);
    if (!a || !name) {
        tfg_free(a);
        tfg_free(name);
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&a->base.refs, 1);
    a->base.free = array_free;
    a->base.type_name = TFG_TENSOR_ARRAY_TYPE;
    pthread_mutex_init(&a->lock, NULL);
    a->name = name;
    a->size = spec->size;
    a->dtype = spec->dtype;
    tfg_shape_copy(&a->element_shape, &spec->element_shape);
    a->dynamic = spec->dynamic_size;
    a->clear_after_read = spec->clear_after_read;
    a->identical = spec->identical_element_shapes;
    return a;
}

/* ---- elements ---- */

/* The element of an index below the size, made when it is first asked for. */
static Element *element(TfgTensorArray *a, int64_t i, TfgStatus *s)
{
    size_t p = (size_t)(i / PAGE);
    if (tfg_grow((void **)&a->pages, &a->pages_capacity, p + 1, sizeof *a->pages) < 0) {
        tfg_fail_memory(s);
        return NULL;
    }
    while (a->n_pages <= p)
        a->pages[a->n_pages++] = NULL;
    if (!a->pages[p] && !(a->pages[p] = tfg_calloc(PAGE, sizeof(Element)))) {
        tfg_fail_memory(s);
        return NULL;
    }
    return &a->pages[p][i % PAGE];
}

static const Element *known_element(const TfgTensorArray *a, int64_t i)
{
    size_t p = (size_t)(i / PAGE);
    return p < a->n_pages && a->pages[p] ? &a->pages[p][i % PAGE] : NULL;
}

static int check_open(const TfgTensorArray *a, TfgStatus *s)
{
    return a->closed ? tfg_fail(s, TFG_INVALID_ARGUMENT, "TensorArray %s has already been closed.", a->name) : 0;
}

typedef struct Text { TfgStr str; } Text;

/* Shapes as messages show them: "[2,?]", "<unknown>". */
static const char *shape_text(Text *t, const TfgShape *shape)
{
    t->str = (TfgStr)TFG_STR_INIT;
    if (shape->rank < 0)
        tfg_str_puts(&t->str, "<unknown>");
    else
        tfg_shape_format(shape, &t->str);
    return tfg_str_text(&t->str);
}

static const char *tensor_text(Text *t, const TfgTensor *value)
{
    TfgShape shape;
    tfg_tensor_shape(value, &shape);
    return shape_text(t, &shape);
}

/* ---- size ---- */

int64_t tfg_tensor_array_size(TfgTensorArray *a)
{
    pthread_mutex_lock(&a->lock);
    int64_t size = a->size;
    pthread_mutex_unlock(&a->lock);
    return size;
}

bool tfg_tensor_array_is_dynamic(TfgTensorArray *a)
{
    pthread_mutex_lock(&a->lock);
    bool dynamic = a->dynamic;
    pthread_mutex_unlock(&a->lock);
    return dynamic;
}

int64_t tfg_tensor_array_concat_size(TfgTensorArray *a)
{
    pthread_mutex_lock(&a->lock);
    int64_t size = a->is_grad ? a->marked : a->size;
    pthread_mutex_unlock(&a->lock);
    return size;
}

void tfg_tensor_array_mark_size(TfgTensorArray *a, int64_t size)
{
    pthread_mutex_lock(&a->lock);
    if (!a->is_grad)
        a->marked = size;
    pthread_mutex_unlock(&a->lock);
}

int tfg_tensor_array_merge_shape(TfgTensorArray *a, const TfgShape *shape, TfgStatus *s)
{
    pthread_mutex_lock(&a->lock);
    int rc = 0;
    if (tfg_shape_merge(&a->element_shape, shape) < 0) {
        Text before, after;
        rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "PartialTensorShape: Incompatible shapes during merge: %s vs. %s",
                      shape_text(&before, &a->element_shape), shape_text(&after, shape));
        tfg_str_fini(&before.str);
        tfg_str_fini(&after.str);
    }
    pthread_mutex_unlock(&a->lock);
    return rc;
}

void tfg_tensor_array_close(TfgTensorArray *a)
{
    pthread_mutex_lock(&a->lock);
    a->closed = true;
    clear_elements(a);
    pthread_mutex_unlock(&a->lock);
}

/* ---- writing ---- */

static bool has_shape(const TfgShape *shape, const TfgTensor *t)
{
    if (shape->rank != t->rank)
        return false;
    for (int i = 0; i < t->rank; i++)
        if (shape->dims[i] != t->dims[i])
            return false;
    return true;
}

static int fail_aggregate(const TfgTensorArray *a, int64_t i, const TfgShape *there, const TfgTensor *value, TfgStatus *s)
{
    Text before, after;
    tfg_fail(s, TFG_INVALID_ARGUMENT, "TensorArray %s: Could not aggregate to TensorArray index %lld because the existing shape is %s but "
             "the new input shape is %s.", a->name, (long long)i, shape_text(&before, there), tensor_text(&after, value));
    tfg_str_fini(&before.str);
    tfg_str_fini(&after.str);
    return -1;
}

/* x + y, a new tensor: the kernel of AddN does it. */
static TfgTensor *sum(TfgTensorArray *a, TfgTensor *x, TfgTensor *y, TfgStatus *s)
{
    TfgNamedAttr items[] = {{"N", TFG_A_INT(2)}, {"T", TFG_A_TYPE(a->dtype)}};
    TfgAttrs attrs = {.items = items, .n = 2};
    TfgTensor *in[2] = {x, y}, *out = NULL;
    const TfgOpDef *def = tfg_load_op_def("AddN", s);
    if (!def || tfg_kernel_run_once(def, a->name, &attrs, in, 2, &out, 1, s) < 0)
        return NULL;
    return out;
}

static int aggregate_steal(TfgTensorArray *a, Element *e, int64_t i, TfgTensor *value, TfgStatus *s)
{
    TfgShape there;
    int rc = -1;
    if (e->value)
        tfg_tensor_shape(e->value, &there);
    else
        tfg_shape_from_dims(&there, e->shape);
    if (!has_shape(&there, value)) {
        fail_aggregate(a, i, &there, value, s);
    } else if (!e->value || e->value->count == 0) {     /* zeros so far */
        tfg_tensor_unref(e->value);
        e->value = value;
        return 0;
    } else {
        TfgTensor *total = sum(a, e->value, value, s);
        if (total) {
            tfg_tensor_unref(e->value);
            e->value = total;
            rc = 0;
        }
    }
    tfg_tensor_unref(value);
    return rc;
}

static int check_value(const TfgTensorArray *a, int64_t i, const TfgTensor *value, TfgStatus *s)
{
    TfgShape shape;
    Text given, wanted;
    if (value->dtype != a->dtype)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "TensorArray %s: Could not write to TensorArray index %lld because the value dtype is %s but "
                        "TensorArray dtype is %s.", a->name, (long long)i, tfg_dtype_signature_name(value->dtype),
                        tfg_dtype_signature_name(a->dtype));
    tfg_tensor_shape(value, &shape);
    if (tfg_shape_compatible(&a->element_shape, &shape))
        return 0;
    tfg_fail(s, TFG_INVALID_ARGUMENT, "TensorArray %s: Could not write to TensorArray index %lld because the value shape is %s which is "
             "incompatible with the TensorArray's inferred element shape: %s (consider setting infer_shape=False).", a->name, (long long)i,
             shape_text(&given, &shape), shape_text(&wanted, &a->element_shape));
    tfg_str_fini(&given.str);
    tfg_str_fini(&wanted.str);
    return -1;
}

/* The element to be written; NULL with the reason. */
static Element *writable(TfgTensorArray *a, int64_t i, const TfgTensor *value, TfgStatus *s)
{
    if (check_open(a, s) < 0)
        return NULL;
    if (i < 0 || (!a->dynamic && i >= a->size)) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "TensorArray %s: Tried to write to index %lld but array is not resizeable and size is: %lld", a->name,
                 (long long)i, (long long)a->size);
        return NULL;
    }
    if (check_value(a, i, value, s) < 0)
        return NULL;
    Element *e = element(a, i, s);
    if (e && e->read)
        tfg_fail(s, TFG_INVALID_ARGUMENT, "TensorArray %s: Could not write to TensorArray index %lld because it has already been read.", a->name,
                 (long long)i);
    else if (e && e->written && !a->is_grad)
        tfg_fail(s, TFG_INVALID_ARGUMENT, "TensorArray %s: Could not write to TensorArray index %lld because it has already been written to.",
                 a->name, (long long)i);
    return s->code ? NULL : e;
}

int tfg_tensor_array_write_steal(TfgTensorArray *a, int64_t i, TfgTensor *value, TfgStatus *s)
{
    int rc = 0;
    pthread_mutex_lock(&a->lock);
    Element *e = writable(a, i, value, s);
    if (!e) {
        tfg_tensor_unref(value);
        rc = -1;
    } else if (e->written) {
        rc = aggregate_steal(a, e, i, value, s);
    } else {
        e->value = value;
        e->written = true;
        if (a->identical)
            tfg_tensor_shape(value, &a->element_shape);
        if (i >= a->size)
            a->size = i + 1;
    }
    pthread_mutex_unlock(&a->lock);
    return rc;
}

/* ---- reading ---- */

static TfgTensor *zeros(const TfgTensorArray *a, const TfgDims *known, TfgStatus *s)
{
    TfgShape shape;
    tfg_shape_copy(&shape, &a->element_shape);
    if (known)
        tfg_shape_from_dims(&shape, known);
    return tfg_tensor_new_zeros(a->dtype, shape.rank, shape.dims, s);
}

static TfgDims *keep_dims(int rank, const int64_t *dims)
{
    TfgDims *d = tfg_alloc(sizeof *d + (size_t)rank * sizeof d->dims[0]);
    if (!d)
        return NULL;
    d->rank = rank;
    for (int i = 0; i < rank; i++)
        d->dims[i] = dims[i];
    return d;
}

static TfgTensor *read_element(TfgTensorArray *a, int64_t i, TfgStatus *s)
{
    if (check_open(a, s) < 0)
        return NULL;
    if (i < 0 || i >= a->size) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Tried to read from index %lld but array size is: %lld", (long long)i, (long long)a->size);
        return NULL;
    }
    Element *e = element(a, i, s);
    if (!e)
        return NULL;
    if (e->cleared) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "TensorArray %s: Could not read index %lld twice because it was cleared after a previous read "
                 "(perhaps try setting clear_after_read = false?).", a->name, (long long)i);
        return NULL;
    }
    if (!e->written && !tfg_shape_is_full(&a->element_shape)) {
        Text text;
        tfg_fail(s, TFG_INVALID_ARGUMENT, "TensorArray %s: Could not read from TensorArray index %lld.  Furthermore, the element shape is not "
                 "fully defined: %s.  It is possible you are working with a resizeable TensorArray and stop_gradients is not allowing the "
                 "gradients to be written.  If you set the full element_shape property on the forward TensorArray, the proper all-zeros "
                 "tensor will be returned instead of incurring this error.", a->name, (long long)i, shape_text(&text, &a->element_shape));
        tfg_str_fini(&text.str);
        return NULL;
    }
    TfgTensor *t = e->value ? tfg_tensor_ref(e->value) : zeros(a, e->shape, s);
    if (!t)
        return NULL;
    if (a->clear_after_read && !e->shape && !(e->shape = keep_dims(t->rank, t->dims))) {       /* a gradient will ask for it */
        tfg_tensor_unref(t);
        tfg_fail_memory(s);
        return NULL;
    }
    e->read = e->written = true;
    if (a->clear_after_read) {
        e->cleared = true;
        tfg_tensor_unref(e->value);
        e->value = NULL;
    } else if (!e->value) {
        e->value = tfg_tensor_ref(t);
    }
    return t;
}

TfgTensor *tfg_tensor_array_read(TfgTensorArray *a, int64_t i, TfgStatus *s)
{
    pthread_mutex_lock(&a->lock);
    TfgTensor *t = read_element(a, i, s);
    pthread_mutex_unlock(&a->lock);
    return t;
}

/* ---- the gradient's array ---- */

static int join(const TfgShape *prepend, const TfgShape *shape, TfgShape *out, TfgStatus *s)
{
    if (shape->rank < 0) {
        tfg_shape_set_unknown(out);
        return 0;
    }
    if (prepend->rank + shape->rank > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Too many dimensions: %d and %d", prepend->rank, shape->rank);
    tfg_shape_copy(out, prepend);
    for (int i = 0; i < shape->rank; i++)
        out->dims[out->rank++] = shape->dims[i];
    return 0;
}

/* What was written has zeros of its shape for a gradient. */
static int copy_shapes(TfgTensorArray *grad, const TfgTensorArray *a, const TfgShape *prepend, TfgStatus *s)
{
    for (int64_t i = 0; i < (int64_t)a->n_pages * PAGE && i < a->size; i++) {
        const Element *from = known_element(a, i);
        if (!from || !from->written)
            continue;
        Element *to = element(grad, i, s);
        TfgShape shape, joined;
        if (!to)
            return -1;
        if (from->value)
            tfg_tensor_shape(from->value, &shape);
        else
            tfg_shape_from_dims(&shape, from->shape);
        if (join(prepend, &shape, &joined, s) < 0)
            return -1;
        if (!(to->shape = keep_dims(joined.rank, joined.dims)))
            return tfg_fail_memory(s);
        to->written = true;
    }
    return 0;
}

static TfgTensorArray *new_gradient(TfgTensorArray *a, const char *source, const TfgShape *prepend, TfgStatus *s)
{
    TfgTensorArraySpec spec = {.dtype = a->dtype, .size = a->size, .clear_after_read = true, .identical_element_shapes = a->identical};
    TfgStr name = TFG_STR_INIT;
    tfg_str_printf(&name, "%s@%s", a->name, source);
    spec.name = tfg_str_text(&name);
    TfgTensorArray *grad = join(prepend, &a->element_shape, &spec.element_shape, s) < 0 ? NULL
                           : name.failed ? (tfg_fail_memory(s), NULL) : tfg_tensor_array_new(&spec, s);
    tfg_str_fini(&name);
    if (!grad)
        return NULL;
    grad->is_grad = true;
    grad->marked = a->marked;
    if (copy_shapes(grad, a, prepend, s) == 0)
        return grad;
    tfg_handle_unref(&grad->base);
    return NULL;
}

static TfgTensorArray *find_or_make_gradient(TfgTensorArray *a, const char *source, const TfgShape *prepend, TfgStatus *s)
{
    if (check_open(a, s) < 0)
        return NULL;
    if (a->is_grad) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Wrong input container. _tensor_array_grads%s", a->name);
        return NULL;
    }
    a->dynamic = false;
    for (Gradient *g = a->gradients; g; g = g->next)
        if (strcmp(g->source, source) == 0)
            return g->array;
    Gradient *g = tfg_calloc(1, sizeof *g);
    char *text = tfg_strdup(source);
    TfgTensorArray *grad = g && text ? new_gradient(a, source, prepend, s) : NULL;
    if (!grad) {
        tfg_free(g);
        tfg_free(text);
        if (s->code == TFG_OK)
            tfg_fail_memory(s);
        return NULL;
    }
    *g = (Gradient){text, grad, a->gradients};
    a->gradients = g;
    return grad;
}

TfgTensorArray *tfg_tensor_array_grad(TfgTensorArray *a, const char *source, const TfgShape *prepend, TfgStatus *s)
{
    pthread_mutex_lock(&a->lock);
    TfgTensorArray *grad = find_or_make_gradient(a, source, prepend, s);
    if (grad)
        tfg_handle_ref(&grad->base);
    pthread_mutex_unlock(&a->lock);
    return grad;
}
