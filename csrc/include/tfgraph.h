/* tfgraph.h: the public C API of libtfgraph, a dataflow-graph engine that speaks TensorFlow 1.x.
 *
 * Conventions.  Structs are opaque but for the few a caller allocates (TfgStatus, TfgShape, TfgOutput).  A function that can
 * fail takes a TfgStatus last and returns 0 / -1 or a pointer / NULL.  new: you own one reference; ref/unref: take or drop one;
 * every argument and getter is a borrow, valid while its owner lives; names ending in _steal take your reference.
 * Operations and their names live as long as their graph. */
#ifndef TFG_TFGRAPH_H
#define TFG_TFGRAPH_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TFG_API __attribute__((visibility("default")))
#define TFG_ABI_VERSION 1

#if defined(__GNUC__)
#define TFG_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define TFG_PRINTF(fmt, args)
#endif

/* ---- Status ---------------------------------------------------------------------------------------------------------- */

/* Codes are google.rpc's, as tf.errors uses them.  The TYPE_ERROR and VALUE_ERROR codes name errors that TensorFlow's Python
 * layer raises while a graph is built; they never leave a session. */
typedef enum TfgCode {
    TFG_OK = 0, TFG_CANCELLED = 1, TFG_UNKNOWN = 2, TFG_INVALID_ARGUMENT = 3, TFG_DEADLINE_EXCEEDED = 4, TFG_NOT_FOUND = 5,
    TFG_ALREADY_EXISTS = 6, TFG_PERMISSION_DENIED = 7, TFG_RESOURCE_EXHAUSTED = 8, TFG_FAILED_PRECONDITION = 9, TFG_ABORTED = 10,
    TFG_OUT_OF_RANGE = 11, TFG_UNIMPLEMENTED = 12, TFG_INTERNAL = 13, TFG_UNAVAILABLE = 14, TFG_DATA_LOSS = 15,
    TFG_UNAUTHENTICATED = 16,
    TFG_TYPE_ERROR = 100, TFG_VALUE_ERROR = 101, TFG_KEY_ERROR = 102, TFG_RUNTIME_ERROR = 103, TFG_LOOKUP_ERROR = 104,
    TFG_PYTHON_ERROR = 199      /* a Python exception is already set in the calling thread */
} TfgCode;

typedef struct TfgOp TfgOp;
typedef struct TfgGraph TfgGraph;
typedef struct TfgSession TfgSession;
typedef struct TfgTensor TfgTensor;

/* The caller's; zero-initialised (TFG_STATUS_INIT) before first use, finished with tfg_status_fini. */
typedef struct TfgStatus {
    TfgCode code;
    char *message;              /* owned; NULL while OK; a static text when memory ran out while failing */
    const TfgOp *op;            /* borrowed: the operation that failed, where one did */
} TfgStatus;
#define TFG_STATUS_INIT {TFG_OK, NULL, NULL}

TFG_API void tfg_status_fini(TfgStatus *s);                       /* frees the message, sets OK */
TFG_API int tfg_fail(TfgStatus *s, TfgCode code, const char *format, ...) TFG_PRINTF(3, 4);     /* replaces what was there; returns -1 */
TFG_API int tfg_failv(TfgStatus *s, TfgCode code, const char *format, va_list args);

/* ---- Dtypes, shapes, tensors ------------------------------------------------------------------------------------------ */

/* The numbers are DataType's in tensorflow/core/framework/types.proto; a reference type is its base + 100. */
typedef enum TfgDType {
    TFG_INVALID = 0, TFG_FLOAT = 1, TFG_DOUBLE = 2, TFG_INT32 = 3, TFG_UINT8 = 4, TFG_INT16 = 5, TFG_INT8 = 6, TFG_STRING = 7,
    TFG_COMPLEX64 = 8, TFG_INT64 = 9, TFG_BOOL = 10, TFG_QINT8 = 11, TFG_QUINT8 = 12, TFG_QINT32 = 13, TFG_BFLOAT16 = 14,
    TFG_QINT16 = 15, TFG_QUINT16 = 16, TFG_UINT16 = 17, TFG_COMPLEX128 = 18, TFG_HALF = 19, TFG_RESOURCE = 20, TFG_VARIANT = 21,
    TFG_UINT32 = 22, TFG_UINT64 = 23,
    TFG_N_DTYPES = 24,
    TFG_REF = 100               /* added to a base type */
} TfgDType;

#define TFG_MAX_RANK 64         /* NumPy 2's own limit */

/* rank -1: nothing is known.  dims[i] -1: that size is not known. */
typedef struct TfgShape {
    int32_t rank;
    int64_t dims[TFG_MAX_RANK];
} TfgShape;

typedef struct TfgOutput {      /* output `index` of `op` */
    TfgOp *op;
    int index;
} TfgOutput;

/* New tensor with uninitialised elements (strings: all empty). */
TFG_API TfgTensor *tfg_tensor_new(TfgDType dtype, int rank, const int64_t *dims, TfgStatus *s);
TFG_API TfgTensor *tfg_tensor_ref(TfgTensor *t);
TFG_API void tfg_tensor_unref(TfgTensor *t);                      /* NULL is fine */
TFG_API TfgDType tfg_tensor_dtype(const TfgTensor *t);
TFG_API int tfg_tensor_rank(const TfgTensor *t);
TFG_API int64_t tfg_tensor_dim(const TfgTensor *t, int i);
TFG_API int64_t tfg_tensor_count(const TfgTensor *t);             /* elements */
TFG_API size_t tfg_tensor_nbytes(const TfgTensor *t);
TFG_API void *tfg_tensor_data(const TfgTensor *t);                /* 64-byte aligned, row-major; borrowed from t */

/* ---- Graphs ------------------------------------------------------------------------------------------------------------ */

TFG_API TfgGraph *tfg_graph_new(TfgStatus *s);
TFG_API TfgGraph *tfg_graph_ref(TfgGraph *g);
TFG_API void tfg_graph_unref(TfgGraph *g);
TFG_API TfgOp *tfg_graph_find_op(const TfgGraph *g, const char *name);        /* NULL where there is none */

TFG_API const char *tfg_op_name(const TfgOp *op);
TFG_API const char *tfg_op_type(const TfgOp *op);
TFG_API int tfg_op_n_inputs(const TfgOp *op);
TFG_API TfgOutput tfg_op_input(const TfgOp *op, int i);
TFG_API int tfg_op_n_outputs(const TfgOp *op);
TFG_API TfgDType tfg_output_dtype(TfgOutput o);                                /* with TFG_REF where it is a reference */
TFG_API void tfg_output_shape(TfgOutput o, TfgShape *shape);

/* Building one operation.  begin, then inputs in order and attributes in any order, then finish, which validates, infers
 * shapes, names and publishes it; after a failure the builder is finished too and the graph is as it was. */
typedef struct TfgOpBuilder TfgOpBuilder;
TFG_API TfgOpBuilder *tfg_op_begin(TfgGraph *g, const char *type, const char *name /* NULL: the type */, TfgStatus *s);
TFG_API void tfg_op_add_input(TfgOpBuilder *b, TfgOutput in);
TFG_API void tfg_op_add_input_list(TfgOpBuilder *b, const TfgOutput *in, int n);
TFG_API void tfg_op_add_control_input(TfgOpBuilder *b, TfgOp *op);
TFG_API void tfg_op_set_device(TfgOpBuilder *b, const char *device);
TFG_API void tfg_op_set_attr_int(TfgOpBuilder *b, const char *name, int64_t value);
TFG_API void tfg_op_set_attr_float(TfgOpBuilder *b, const char *name, float value);
TFG_API void tfg_op_set_attr_bool(TfgOpBuilder *b, const char *name, bool value);
TFG_API void tfg_op_set_attr_string(TfgOpBuilder *b, const char *name, const char *value, size_t n);
TFG_API void tfg_op_set_attr_type(TfgOpBuilder *b, const char *name, TfgDType value);
TFG_API void tfg_op_set_attr_shape(TfgOpBuilder *b, const char *name, const TfgShape *value);
TFG_API void tfg_op_set_attr_tensor(TfgOpBuilder *b, const char *name, TfgTensor *value);
TFG_API void tfg_op_set_attr_int_list(TfgOpBuilder *b, const char *name, const int64_t *values, int n);
TFG_API void tfg_op_set_attr_type_list(TfgOpBuilder *b, const char *name, const TfgDType *values, int n);
TFG_API TfgOp *tfg_op_finish(TfgOpBuilder *b, TfgStatus *s);      /* frees b */

/* Adds gradients of sum(ys) with respect to each x.  grad_ys may be NULL.  dx[i].op is NULL where y does not depend on x. */
TFG_API int tfg_add_gradients(TfgGraph *g, const TfgOutput *ys, int n_ys, const TfgOutput *xs, int n_xs,
                              const TfgOutput *grad_ys, TfgOutput *dx, TfgStatus *s);

/* ---- Sessions ---------------------------------------------------------------------------------------------------------- */

/* config: a serialised tensorflow.ConfigProto, or NULL.  target: "" runs here. */
TFG_API TfgSession *tfg_session_new(TfgGraph *g, const char *target, const void *config, size_t config_n, TfgStatus *s);
TFG_API int tfg_session_close(TfgSession *session, TfgStatus *s);
TFG_API void tfg_session_unref(TfgSession *session);
/* Runs `targets` and everything `fetches` need, with `feed_values` in place of `feeds`.  values[i] is new on success. */
TFG_API int tfg_session_run(TfgSession *session, const TfgOutput *feeds, TfgTensor *const *feed_values, int n_feeds,
                            const TfgOutput *fetches, TfgTensor **values, int n_fetches,
                            TfgOp *const *targets, int n_targets, TfgStatus *s);

/* Prepares the process: registers the built-in families.  Called by tfg_graph_new; calling it again is free. */
TFG_API int tfg_init(TfgStatus *s);

#ifdef __cplusplus
}
#endif
#endif
