/* Dtypes: names, sizes and kinds of TensorFlow's element types.  The enumeration stands in tfgraph.h. */
#ifndef TFG_TENSOR_DTYPE_H
#define TFG_TENSOR_DTYPE_H

#include "tfgraph.h"

typedef enum TfgKind { TFG_KIND_NONE, TFG_KIND_BOOL, TFG_KIND_INT, TFG_KIND_UINT, TFG_KIND_FLOAT, TFG_KIND_COMPLEX, TFG_KIND_STRING,
                       TFG_KIND_QUANTIZED, TFG_KIND_HANDLE } TfgKind;

/* X(enumerator, "name", "enum name", C type, kind): "name" is both tf.float32's and the signature language's spelling is
 * in tfg_dtype_signature_name (float, double, half ...). */
#define TFG_DTYPES(X)                                                               \
    X(TFG_FLOAT, "float32", "DT_FLOAT", "float", float, TFG_KIND_FLOAT)             \
    X(TFG_DOUBLE, "float64", "DT_DOUBLE", "double", double, TFG_KIND_FLOAT)         \
    X(TFG_INT32, "int32", "DT_INT32", "int32", int32_t, TFG_KIND_INT)               \
    X(TFG_UINT8, "uint8", "DT_UINT8", "uint8", uint8_t, TFG_KIND_UINT)              \
    X(TFG_INT16, "int16", "DT_INT16", "int16", int16_t, TFG_KIND_INT)               \
    X(TFG_INT8, "int8", "DT_INT8", "int8", int8_t, TFG_KIND_INT)                    \
    X(TFG_STRING, "string", "DT_STRING", "string", TfgString, TFG_KIND_STRING)      \
    X(TFG_COMPLEX64, "complex64", "DT_COMPLEX64", "complex64", TfgComplex64, TFG_KIND_COMPLEX) \
    X(TFG_INT64, "int64", "DT_INT64", "int64", int64_t, TFG_KIND_INT)               \
    X(TFG_BOOL, "bool", "DT_BOOL", "bool", bool, TFG_KIND_BOOL)                     \
    X(TFG_QINT8, "qint8", "DT_QINT8", "qint8", int8_t, TFG_KIND_QUANTIZED)          \
    X(TFG_QUINT8, "quint8", "DT_QUINT8", "quint8", uint8_t, TFG_KIND_QUANTIZED)     \
    X(TFG_QINT32, "qint32", "DT_QINT32", "qint32", int32_t, TFG_KIND_QUANTIZED)     \
    X(TFG_BFLOAT16, "bfloat16", "DT_BFLOAT16", "bfloat16", uint16_t, TFG_KIND_FLOAT) \
    X(TFG_QINT16, "qint16", "DT_QINT16", "qint16", int16_t, TFG_KIND_QUANTIZED)     \
    X(TFG_QUINT16, "quint16", "DT_QUINT16", "quint16", uint16_t, TFG_KIND_QUANTIZED) \
    X(TFG_UINT16, "uint16", "DT_UINT16", "uint16", uint16_t, TFG_KIND_UINT)         \
    X(TFG_COMPLEX128, "complex128", "DT_COMPLEX128", "complex128", TfgComplex128, TFG_KIND_COMPLEX) \
    X(TFG_HALF, "float16", "DT_HALF", "half", uint16_t, TFG_KIND_FLOAT)             \
    X(TFG_RESOURCE, "resource", "DT_RESOURCE", "resource", TfgHandle *, TFG_KIND_HANDLE) \
    X(TFG_VARIANT, "variant", "DT_VARIANT", "variant", TfgHandle *, TFG_KIND_HANDLE) \
    X(TFG_UINT32, "uint32", "DT_UINT32", "uint32", uint32_t, TFG_KIND_UINT)         \
    X(TFG_UINT64, "uint64", "DT_UINT64", "uint64", uint64_t, TFG_KIND_UINT)

static inline TfgDType tfg_dtype_base(TfgDType d) { return d >= TFG_REF ? (TfgDType)(d - TFG_REF) : d; }
static inline bool tfg_dtype_is_ref(TfgDType d) { return d >= TFG_REF; }
bool tfg_dtype_is_valid(int number);                    /* a base or reference type that exists */
size_t tfg_dtype_size(TfgDType d);                      /* bytes of an element in memory (string: sizeof(TfgString)) */
TfgKind tfg_dtype_kind(TfgDType d);                     /* of the base */
bool tfg_dtype_is_plain(TfgDType d);                    /* elements are bytes: may be copied with memcpy */
const char *tfg_dtype_name(TfgDType d);                 /* "float32", "float32_ref" */
const char *tfg_dtype_enum_name(TfgDType d);            /* "DT_FLOAT", "DT_FLOAT_REF" */
const char *tfg_dtype_signature_name(TfgDType d);       /* "float", "half"; "float_ref" as DataTypeString prints it */
TfgDType tfg_dtype_parse(const char *name, size_t n);   /* any of the three spellings; TFG_INVALID where none fits */

#endif
