/* Tensors: a dtype, a known shape and a reference-counted buffer.  A tensor never changes its dtype or shape; its elements are
 * written only by whoever made it, before it is shared, or by a variable's owner (runtime/variable.h). */
#ifndef TFG_TENSOR_TENSOR_H
#define TFG_TENSOR_TENSOR_H

#include <stdatomic.h>

#include "base/str.h"
#include "tensor/dtype.h"
#include "tensor/shape.h"
#include "tfgraph.h"

typedef struct { float re, im; } TfgComplex64;
typedef struct { double re, im; } TfgComplex128;

typedef struct TfgString {      /* an element of a string tensor; NULL when n is 0, else bytes of its own (tfg_alloc) or of a slab */
    char *data;
    size_t n;
} TfgString;

/* An element of a resource or variant tensor: something counted with a type of its own. */
typedef struct TfgHandle TfgHandle;
struct TfgHandle {
    _Atomic int64_t refs;
    void (*free)(TfgHandle *h);
    const char *type_name;      /* static text: "Var", "TensorList" ... */
};
TfgHandle *tfg_handle_ref(TfgHandle *h);
void tfg_handle_unref(TfgHandle *h);

typedef struct TfgBuffer TfgBuffer;
struct TfgBuffer {
    _Atomic int64_t refs;
    void *data;
    size_t nbytes;
    void (*free)(TfgBuffer *b); /* frees data and b */
    void *owner;                /* whatever free needs, for example a NumPy array */
    int device;                 /* 0: host memory */
};

#define TFG_INLINE_DIMS 6
struct TfgTensor {
    _Atomic int64_t refs;
    TfgDType dtype;             /* never a reference type */
    int32_t rank;
    int64_t count;              /* elements */
    int64_t *dims;              /* points at small, or to memory of its own */
    void *data;
    TfgBuffer *buffer;          /* keeps data alive; NULL: data is borrowed for one step (a fed array, a plan's arena) */
    int64_t small[TFG_INLINE_DIMS];
};

size_t tfg_tensor_size(TfgDType dtype, int64_t count);      /* bytes; callers have checked count */
/* Checks dims (>= 0, product below 2^63 bytes): INVALID_ARGUMENT or RESOURCE_EXHAUSTED ("OOM when allocating tensor with
 * shape[...] and type float ..."), then allocates.  Zeroed for strings and handles. */
/* TfgTensor *tfg_tensor_new(dtype, rank, dims, s) is public. */
TfgTensor *tfg_tensor_new_scalar(TfgDType dtype, const void *value, TfgStatus *s);     /* plain types: copies one element */
TfgTensor *tfg_tensor_new_zeros(TfgDType dtype, int rank, const int64_t *dims, TfgStatus *s);
/* A tensor over memory that somebody else keeps: `buffer` is stolen (NULL: borrowed for as long as the caller says). */
TfgTensor *tfg_tensor_wrap_steal(TfgDType dtype, int rank, const int64_t *dims, void *data, TfgBuffer *buffer, TfgStatus *s);
/* The same buffer under other dims with the same count (Reshape, Squeeze); dtype sizes equal (Bitcast). New. */
TfgTensor *tfg_tensor_view(const TfgTensor *t, TfgDType dtype, int rank, const int64_t *dims, TfgStatus *s);
TfgTensor *tfg_tensor_copy(const TfgTensor *t, TfgStatus *s);           /* deep, owned buffer. New */
/* True when nobody else holds the elements, so a kernel may overwrite them in place.  Never for borrowed or foreign memory. */
bool tfg_tensor_is_exclusive(const TfgTensor *t);
void tfg_tensor_shape(const TfgTensor *t, TfgShape *shape);
bool tfg_tensor_same_shape(const TfgTensor *a, const TfgTensor *b);
/* Bitwise equal dtype, shape and elements (NaN equals itself). */
bool tfg_tensor_equal(const TfgTensor *a, const TfgTensor *b);

TfgBuffer *tfg_buffer_new(size_t nbytes, TfgStatus *s);
TfgBuffer *tfg_buffer_ref(TfgBuffer *b);
void tfg_buffer_unref(TfgBuffer *b);

int tfg_string_set(TfgString *e, const char *data, size_t n);           /* replaces; -1 without memory */
void tfg_tensor_format_element(const TfgTensor *t, int64_t i, TfgStr *out);     /* as C++ prints it, strings escaped; "?" for what has no text */
void tfg_string_clear(TfgString *e);
/* Between these two, short strings that the calling thread sets lie side by side in slabs, about n of them: one allocation for many.
 * A slab lives as long as any string in it, so they should be elements of one tensor.  Pairs may nest. */
void tfg_strings_begin(int64_t n);
void tfg_strings_end(void);

/* Elements as numbers, for shapes, axes and such: int32 and int64 (and smaller integers). */
int64_t tfg_tensor_int(const TfgTensor *t, int64_t i);
double tfg_tensor_double(const TfgTensor *t, int64_t i);                /* any real type */
/* "[1 2][3 4]" with at most `max` elements (< 0: all), "..." behind where there are more, as TensorFlow's SummarizeValue; Print and
 * Assert put "[" and "]" around it. */
void tfg_tensor_summarize(const TfgTensor *t, int64_t max, TfgStr *out);
void tfg_tensor_format_shape(const TfgTensor *t, TfgStr *out);          /* "[2,3]" */

#endif
