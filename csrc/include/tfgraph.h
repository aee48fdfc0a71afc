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

/* ---- Own operations ------------------------------------------------------------------------------------------------------- */

/* A shared library that exports
 *
 *     int tfg_op_library_init(TfgRegistrar *r, int abi_version, TfgStatus *s);
 *
 * adds operations, kernels and gradients in it, and is loaded with tfg_load_op_library or tf.load_op_library.  Structs and texts that it
 * hands over live as long as the process; the library is never closed.  docs/own-ops.md builds one from the beginning. */
typedef struct TfgRegistrar TfgRegistrar;
typedef int (*TfgOpLibraryInit)(TfgRegistrar *r, int abi_version, TfgStatus *s);
TFG_API int tfg_load_op_library(const char *path, TfgStatus *s);

typedef struct TfgAttrs TfgAttrs;               /* attributes of a node: those of the signature, with values, are always there */
TFG_API int64_t tfg_attrs_int(const TfgAttrs *a, const char *name);
TFG_API float tfg_attrs_float(const TfgAttrs *a, const char *name);
TFG_API bool tfg_attrs_bool(const TfgAttrs *a, const char *name);
TFG_API TfgDType tfg_attrs_type(const TfgAttrs *a, const char *name);
TFG_API const int64_t *tfg_attrs_ints(const TfgAttrs *a, const char *name, int *n);

/* A signature, in the words of TensorFlow's REGISTER_OP: .inputs = {"x: T", "n: int32"}, .outputs = {"y: T"},
 * .attrs = {"T: {float, double}", "scale: float = 1.0"}.  Lists end at NULL. */
typedef struct TfgShapeCall TfgShapeCall;
typedef struct TfgUserOp {
    const char *name;
    const char *inputs[16], *outputs[12], *attrs[24];
    int (*shape)(TfgShapeCall *c, TfgStatus *s);        /* NULL: shapes of all outputs are unknown */
    bool is_stateful;                                   /* runs give different answers: never merged, folded or left out */
} TfgUserOp;
TFG_API int tfg_registrar_add_op(TfgRegistrar *r, const TfgUserOp *op, TfgStatus *s);

/* What a shape function sees: shapes as far as they are known (rank -1, sizes -1 where not). */
TFG_API int tfg_shape_call_n_inputs(const TfgShapeCall *c);
TFG_API int tfg_shape_call_n_outputs(const TfgShapeCall *c);
TFG_API const TfgAttrs *tfg_shape_call_attrs(const TfgShapeCall *c);
TFG_API void tfg_shape_call_input(const TfgShapeCall *c, int i, TfgShape *shape);
TFG_API const TfgTensor *tfg_shape_call_constant(TfgShapeCall *c, int i);       /* borrowed; NULL where the value is not known now */
TFG_API int tfg_shape_call_set_output(TfgShapeCall *c, int i, const TfgShape *shape, TfgStatus *s);

/* A kernel for the CPU.  All of `types` must hold: attribute `attr` is one of `dtypes`; ends at the first without attr. */
typedef struct TfgKernelCall TfgKernelCall;
typedef struct TfgUserKernel {
    const char *op;
    struct { const char *attr; const TfgDType *dtypes; int n; } types[4];
    int (*run)(TfgKernelCall *c, TfgStatus *s);         /* called from any thread, from several at once */
} TfgUserKernel;
TFG_API int tfg_registrar_add_kernel(TfgRegistrar *r, const TfgUserKernel *kernel, TfgStatus *s);

TFG_API int tfg_kernel_n_inputs(const TfgKernelCall *c);
TFG_API int tfg_kernel_n_outputs(const TfgKernelCall *c);
TFG_API const TfgTensor *tfg_kernel_input(const TfgKernelCall *c, int i);       /* read only; borrowed for the call */
TFG_API const TfgAttrs *tfg_kernel_attrs(const TfgKernelCall *c);
/* Makes output i, whose elements the kernel then writes; every output must be made. */
TFG_API TfgTensor *tfg_kernel_output(TfgKernelCall *c, int i, int rank, const int64_t *dims, TfgStatus *s);
/* Elements of string tensors; what is set is copied. */
TFG_API const char *tfg_tensor_string(const TfgTensor *t, int64_t i, size_t *n);
TFG_API int tfg_tensor_set_string(TfgTensor *t, int64_t i, const char *data, size_t n, TfgStatus *s);
/* fn(context, i) for every i in [0, n_tiles) on up to `max_threads` threads of the pool (0: all), the caller's among them. */
TFG_API void tfg_parallel(int64_t n_tiles, int max_threads, void (*fn)(void *context, int64_t tile), void *context);

/* A gradient says with operations what each input's gradient is; NULL declares that there is none. */
typedef struct TfgGradCall TfgGradCall;
typedef struct TfgValue {       /* a tensor of the graph or of eager execution; a == NULL: none */
    void *a;
    int64_t b;
} TfgValue;
typedef int (*TfgUserGradient)(TfgGradCall *g, TfgStatus *s);
TFG_API int tfg_registrar_add_gradient(TfgRegistrar *r, const char *op, TfgUserGradient gradient, TfgStatus *s);

TFG_API int tfg_gradient_n_inputs(const TfgGradCall *g);
TFG_API const TfgAttrs *tfg_gradient_attrs(const TfgGradCall *g);
TFG_API TfgValue tfg_grad_input(const TfgGradCall *g, int i);
TFG_API TfgValue tfg_grad_output(const TfgGradCall *g, int i);
TFG_API int tfg_grad_dense(TfgGradCall *g, int i, TfgValue *dy, TfgStatus *s);          /* gradient of output i */
/* An operation with default attributes (those that inputs give are found); name NULL: its type. */
TFG_API int tfg_gradient_op(TfgGradCall *g, const char *type, const char *name, const TfgValue *in, int n_in, TfgValue *out, int n_out,
                            TfgStatus *s);
TFG_API int tfg_gradient_set(TfgGradCall *g, int i, TfgValue dx, TfgStatus *s);         /* inputs that are not set have no gradient */

/* Prepares the process: registers the built-in families.  Called by tfg_graph_new; calling it again is free. */
TFG_API int tfg_init(TfgStatus *s);

#ifdef __cplusplus
}
#endif
#endif
