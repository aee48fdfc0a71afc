#include "tensor/tensor.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "tensor/half.h"

/* ---- Buffers --------------------------------------------------------------------------------------------------------------- */

/* A small buffer's header stands in front of its bytes, in one block; a big one's is a block of its own, so that a power of two
 * stays one. */
#define HEADER ((size_t)64)
#define SMALL_BYTES ((size_t)4096)

_Static_assert(sizeof(TfgBuffer) <= HEADER, "the header of a small buffer fits before its bytes");

static void free_bytes(TfgBuffer *b)
{
    if (b->nbytes <= SMALL_BYTES) {
        tfg_free_data(b, HEADER + b->nbytes);
        return;
    }
    tfg_free_data(b->data, b->nbytes);
    tfg_free(b);
}

static void free_strings(TfgBuffer *b)
{
    TfgString *e = b->data;
    for (size_t i = 0; i < b->nbytes / sizeof *e; i++)
        tfg_string_clear(&e[i]);
    free_bytes(b);
}

static void free_handles(TfgBuffer *b)
{
    TfgHandle **h = b->data;
    for (size_t i = 0; i < b->nbytes / sizeof(TfgHandle *); i++)
        tfg_handle_unref(h[i]);
    free_bytes(b);
}

/* NULL without memory. */
static TfgBuffer *new_bytes(size_t nbytes)
{
    TfgBuffer *b;
    void *data;
    if (nbytes <= SMALL_BYTES) {
        b = tfg_alloc_data(HEADER + nbytes);
        if (!b)
            return NULL;
        data = (char *)b + HEADER;
    } else {
        b = tfg_alloc(sizeof *b);
        data = b ? tfg_alloc_data(nbytes) : NULL;
        if (!data) {
            tfg_free(b);
            return NULL;
        }
    }
    atomic_init(&b->refs, 1);
    b->data = data;
    b->nbytes = nbytes;
    b->free = free_bytes;
    b->owner = NULL;
    b->device = 0;
    return b;
}

TfgBuffer *tfg_buffer_new(size_t nbytes, TfgStatus *s)
{
    TfgBuffer *b = new_bytes(nbytes);
    if (!b)
        tfg_fail_memory(s);
    return b;
}

TfgBuffer *tfg_buffer_ref(TfgBuffer *b)
{
    if (b)
        atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
    return b;
}

void tfg_buffer_unref(TfgBuffer *b)
{
    if (b && atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) == 1)
        b->free(b);
}

/* The buffer of a new tensor: strings start empty, handles NULL. */
static TfgBuffer *new_elements(TfgDType dtype, size_t nbytes)
{
    TfgBuffer *b = new_bytes(nbytes);
    if (!b || tfg_dtype_is_plain(dtype))
        return b;
    memset(b->data, 0, nbytes);
    b->free = tfg_dtype_kind(dtype) == TFG_KIND_STRING ? free_strings : free_handles;
    return b;
}

/* ---- Handles --------------------------------------------------------------------------------------------------------------- */

TfgHandle *tfg_handle_ref(TfgHandle *h)
{
    if (h)
        atomic_fetch_add_explicit(&h->refs, 1, memory_order_relaxed);
    return h;
}

void tfg_handle_unref(TfgHandle *h)
{
    if (h && atomic_fetch_sub_explicit(&h->refs, 1, memory_order_acq_rel) == 1)
        h->free(h);
}

/* ---- Making tensors ---------------------------------------------------------------------------------------------------------- */

size_t tfg_tensor_size(TfgDType dtype, int64_t count)
{
    return (size_t)count * tfg_dtype_size(dtype);
}

static void format_dims(int rank, const int64_t *dims, TfgStr *out)
{
    tfg_str_putc(out, '[');
    for (int i = 0; i < rank; i++)
        tfg_str_printf(out, "%s%" PRId64, i ? "," : "", dims[i]);
    tfg_str_putc(out, ']');
}

static int fail_oom(TfgDType dtype, int rank, const int64_t *dims, TfgStatus *s)
{
    TfgStr shape = TFG_STR_INIT;
    format_dims(rank, dims, &shape);
    tfg_fail(s, TFG_RESOURCE_EXHAUSTED,
             "OOM when allocating tensor with shape%s and type %s on /job:localhost/replica:0/task:0/device:CPU:0 by allocator cpu",
             tfg_str_text(&shape), tfg_dtype_signature_name(dtype));
    tfg_str_fini(&shape);
    return -1;
}

/* The number of elements, checked so that their bytes can be counted. */
static int count_elements(TfgDType dtype, int rank, const int64_t *dims, int64_t *count, TfgStatus *s)
{
    if (dtype <= TFG_INVALID || dtype >= TFG_N_DTYPES)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Invalid data type for a tensor: %d", (int)dtype);
    if (rank < 0 || rank > TFG_MAX_RANK)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape has too many dimensions: %d, at most %d are possible", rank, TFG_MAX_RANK);
    int64_t n = 1, bytes;
    bool empty = false, overflow = false;
    for (int i = 0; i < rank; i++) {
        if (dims[i] < 0)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Dimension %" PRId64 " must be >= 0", dims[i]);
        empty = empty || dims[i] == 0;
        overflow = overflow || __builtin_mul_overflow(n, dims[i], &n);
    }
    if (empty)
        n = 0;
    else if (overflow || __builtin_mul_overflow(n, (int64_t)tfg_dtype_size(dtype), &bytes))
        return fail_oom(dtype, rank, dims, s);
    *count = n;
    return 0;
}

/* The tensor without its elements.  NULL without memory. */
static TfgTensor *new_header(TfgDType dtype, int rank, const int64_t *dims, int64_t count)
{
    TfgTensor *t = tfg_alloc(sizeof *t);
    if (!t)
        return NULL;
    t->dims = rank <= TFG_INLINE_DIMS ? t->small : tfg_alloc((size_t)rank * sizeof *t->dims);
    if (!t->dims) {
        tfg_free(t);
        return NULL;
    }
    atomic_init(&t->refs, 1);
    t->dtype = dtype;
    t->rank = rank;
    t->count = count;
    t->data = NULL;
    t->buffer = NULL;
    for (int i = 0; i < rank; i++)
        t->dims[i] = dims[i];
    return t;
}

TfgTensor *tfg_tensor_new(TfgDType dtype, int rank, const int64_t *dims, TfgStatus *s)
{
    int64_t count;
    if (count_elements(dtype, rank, dims, &count, s) < 0)
        return NULL;
    TfgTensor *t = new_header(dtype, rank, dims, count);
    TfgBuffer *b = t ? new_elements(dtype, tfg_tensor_size(dtype, count)) : NULL;
    if (!b) {
        fail_oom(dtype, rank, dims, s);
        tfg_tensor_unref(t);
        return NULL;
    }
    t->buffer = b;
    t->data = b->data;
    return t;
}

TfgTensor *tfg_tensor_new_scalar(TfgDType dtype, const void *value, TfgStatus *s)
{
    TfgTensor *t = tfg_tensor_new(dtype, 0, NULL, s);
    if (t)
        memcpy(t->data, value, tfg_dtype_size(dtype));
    return t;
}

TfgTensor *tfg_tensor_new_zeros(TfgDType dtype, int rank, const int64_t *dims, TfgStatus *s)
{
    TfgTensor *t = tfg_tensor_new(dtype, rank, dims, s);
    if (t)
        memset(t->data, 0, tfg_tensor_nbytes(t));
    return t;
}

TfgTensor *tfg_tensor_wrap_steal(TfgDType dtype, int rank, const int64_t *dims, void *data, TfgBuffer *buffer, TfgStatus *s)
{
    int64_t count;
    TfgTensor *t = NULL;
    if (count_elements(dtype, rank, dims, &count, s) == 0) {
        t = new_header(dtype, rank, dims, count);
        if (!t)
            tfg_fail_memory(s);
    }
    if (!t) {
        tfg_buffer_unref(buffer);
        return NULL;
    }
    t->data = data;
    t->buffer = buffer;
    return t;
}

TfgTensor *tfg_tensor_view(const TfgTensor *t, TfgDType dtype, int rank, const int64_t *dims, TfgStatus *s)
{
    return tfg_tensor_wrap_steal(dtype, rank, dims, t->data, tfg_buffer_ref(t->buffer), s);
}

static int copy_strings(TfgTensor *to, const TfgTensor *from)
{
    const TfgString *src = from->data;
    TfgString *dst = to->data;
    int rc = 0;
    if (from->count > 1)
        tfg_strings_begin(from->count);
    for (int64_t i = 0; i < from->count && rc == 0; i++)
        rc = tfg_string_set(&dst[i], src[i].data, src[i].n);
    if (from->count > 1)
        tfg_strings_end();
    return rc;
}

TfgTensor *tfg_tensor_copy(const TfgTensor *t, TfgStatus *s)
{
    TfgTensor *c = tfg_tensor_new(t->dtype, t->rank, t->dims, s);
    if (!c)
        return NULL;
    if (t->dtype == TFG_STRING) {
        if (copy_strings(c, t) < 0) {
            tfg_fail_memory(s);
            tfg_tensor_unref(c);
            return NULL;
        }
    } else if (t->count) {
        memcpy(c->data, t->data, tfg_tensor_nbytes(t));
        if (!tfg_dtype_is_plain(t->dtype))
            for (int64_t i = 0; i < t->count; i++)
                tfg_handle_ref(((TfgHandle **)c->data)[i]);
    }
    return c;
}

TfgTensor *tfg_tensor_ref(TfgTensor *t)
{
    if (t)
        atomic_fetch_add_explicit(&t->refs, 1, memory_order_relaxed);
    return t;
}

void tfg_tensor_unref(TfgTensor *t)
{
    if (!t || atomic_fetch_sub_explicit(&t->refs, 1, memory_order_acq_rel) != 1)
        return;
    tfg_buffer_unref(t->buffer);
    if (t->dims != t->small)
        tfg_free(t->dims);
    tfg_free(t);
}

/* ---- Looking at tensors ------------------------------------------------------------------------------------------------------ */

TfgDType tfg_tensor_dtype(const TfgTensor *t) { return t->dtype; }
int tfg_tensor_rank(const TfgTensor *t) { return t->rank; }
int64_t tfg_tensor_dim(const TfgTensor *t, int i) { return t->dims[i]; }
int64_t tfg_tensor_count(const TfgTensor *t) { return t->count; }
size_t tfg_tensor_nbytes(const TfgTensor *t) { return tfg_tensor_size(t->dtype, t->count); }
void *tfg_tensor_data(const TfgTensor *t) { return t->data; }

bool tfg_tensor_is_exclusive(const TfgTensor *t)
{
    return t->buffer && !t->buffer->owner && atomic_load_explicit(&t->refs, memory_order_acquire) == 1 &&
           atomic_load_explicit(&t->buffer->refs, memory_order_acquire) == 1;
}

void tfg_tensor_shape(const TfgTensor *t, TfgShape *shape)
{
    tfg_shape_set(shape, t->rank, t->dims);
}

bool tfg_tensor_same_shape(const TfgTensor *a, const TfgTensor *b)
{
    if (a->rank != b->rank)
        return false;
    for (int i = 0; i < a->rank; i++)
        if (a->dims[i] != b->dims[i])
            return false;
    return true;
}

static bool strings_equal(const TfgString *a, const TfgString *b, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (a[i].n != b[i].n || (a[i].n && memcmp(a[i].data, b[i].data, a[i].n) != 0))
            return false;
    return true;
}

bool tfg_tensor_equal(const TfgTensor *a, const TfgTensor *b)
{
    if (a->dtype != b->dtype || !tfg_tensor_same_shape(a, b))
        return false;
    if (a->dtype == TFG_STRING)
        return strings_equal(a->data, b->data, a->count);
    return a->count == 0 || memcmp(a->data, b->data, tfg_tensor_nbytes(a)) == 0;
}

int64_t tfg_tensor_int(const TfgTensor *t, int64_t i)
{
    const void *p = t->data;
    switch (t->dtype) {
    case TFG_INT64: return ((const int64_t *)p)[i];
    case TFG_INT32: case TFG_QINT32: return ((const int32_t *)p)[i];
    case TFG_INT16: case TFG_QINT16: return ((const int16_t *)p)[i];
    case TFG_INT8: case TFG_QINT8: return ((const int8_t *)p)[i];
    case TFG_UINT8: case TFG_QUINT8: return ((const uint8_t *)p)[i];
    case TFG_UINT16: case TFG_QUINT16: return ((const uint16_t *)p)[i];
    case TFG_UINT32: return ((const uint32_t *)p)[i];
    case TFG_UINT64: return (int64_t)((const uint64_t *)p)[i];
    case TFG_BOOL: return ((const bool *)p)[i];
    default: return (int64_t)tfg_tensor_double(t, i);
    }
}

double tfg_tensor_double(const TfgTensor *t, int64_t i)
{
    const void *p = t->data;
    switch (t->dtype) {
    case TFG_FLOAT: return (double)((const float *)p)[i];
    case TFG_DOUBLE: return ((const double *)p)[i];
    case TFG_HALF: return (double)tfg_half_to_float(((const uint16_t *)p)[i]);
    case TFG_BFLOAT16: return (double)tfg_bfloat16_to_float(((const uint16_t *)p)[i]);
    case TFG_COMPLEX64: return (double)((const TfgComplex64 *)p)[i].re;
    case TFG_COMPLEX128: return ((const TfgComplex128 *)p)[i].re;
    case TFG_UINT64: return (double)((const uint64_t *)p)[i];
    case TFG_STRING: case TFG_RESOURCE: case TFG_VARIANT: return 0;
    default: return (double)tfg_tensor_int(t, i);
    }
}

void tfg_tensor_format_shape(const TfgTensor *t, TfgStr *out)
{
    format_dims(t->rank, t->dims, out);
}
