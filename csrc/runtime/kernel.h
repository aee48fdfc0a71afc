/* Kernels: what runs an operation.  A kernel sees one call - buffers, attributes, the thread pool - and no graph, no session, no
 * Python.  The same row serves a plan, an eager call and a data pipeline. */
#ifndef TFG_RUNTIME_KERNEL_H
#define TFG_RUNTIME_KERNEL_H

#include "graph/attr.h"
#include "graph/opdef.h"
#include "runtime/cancel.h"
#include "runtime/resource.h"
#include "tensor/tensor.h"

typedef struct TfgKernelRow TfgKernelRow;
typedef struct TfgKernelCall TfgKernelCall;

enum {  /* flags */
    TFG_KERNEL_EXPENSIVE = 1,           /* worth a thread of its own in the DATAFLOW executor */
    TFG_KERNEL_MAY_BLOCK = 2,           /* has start instead of run */
    TFG_KERNEL_UNINITIALIZED_REF = 4,   /* ref inputs may be uninitialised (Assign, IsVariableInitialized) */
    TFG_KERNEL_KEEPS_STATE = 8,         /* state lives in the session by node (random generators, counters) */
    TFG_KERNEL_READS_REF = 16,          /* ref inputs are only read (Identity of a ref forwards it) */
    TFG_KERNEL_VALUE_SHAPE = 32,        /* output shapes depend on values: known only when it has run */
    TFG_KERNEL_WRITES_REF = 64,         /* changes a variable (by ref or resource) */
    TFG_KERNEL_FUNCTIONAL = 128         /* calls functions of the graph: the session runs it (functional.h), not the row */
};

/* One L1 block of an elementwise op.  Inputs are `n` contiguous elements each, or one element where the bit of `scalar` is set.
 * out may equal an input exactly. */
typedef struct TfgBlock {
    int64_t n;
    void *out;
    const void *in[4];
    uint32_t scalar;
    const void *state;                  /* prepare's result, or NULL */
} TfgBlock;
typedef void (*TfgBlockFn)(const TfgBlock *b);

/* The same for two ops in one pass: `first` with two inputs, and the op in whose row this stands, which takes the first's result as
 * its operand `at`.  Inputs are the first's two, then the other operand. */
typedef struct TfgBlockPair { const char *first; int at; TfgBlockFn fn; } TfgBlockPair;

/* A reduction of contiguous elements, so that a trailing full reduction can join the elementwise ops before it.  Elements are
 * taken in tiles of TFG_REDUCE_TILE; within a tile `add` may be called block by block, every block but the tile's last a multiple
 * of TFG_REDUCE_LANES long.  Partial results are combined in tile order, so neither threads nor blocks change a bit. */
#define TFG_REDUCE_TILE 16384
#define TFG_REDUCE_LANES 64
#define TFG_REDUCE_STATE 1024           /* bytes that any state fits in, 64-byte aligned; an accumulator needs 16 */
typedef struct TfgReduceFns {
    void (*begin)(void *state);
    void (*add)(void *state, const void *in, int64_t n);
    void (*end)(void *state, void *acc);
    void (*combine)(void *acc, const void *other);
    void (*finish)(const void *acc, int64_t count, void *out);      /* count: elements that were reduced */
} TfgReduceFns;

typedef struct TfgTypeRule { const char *attr; uint64_t types; } TfgTypeRule;    /* bit per dtype number */
#define TFG_BIT(d) (1ull << (d))

typedef struct TfgPrepare {             /* what prepare sees: may be called before shapes are known */
    const char *name, *type;            /* of the node */
    const TfgAttrs *attrs;
    int n_in, n_out;
    const TfgDType *in_dtype, *out_dtype;
    const char *device;                 /* full name */
    TfgResources *resources;            /* of the session; NULL outside one */
} TfgPrepare;

struct TfgKernelRow {
    const char *op;
    const char *device;                 /* NULL: CPU */
    TfgTypeRule types[4];               /* all must hold; ends at the first without attr */
    uint32_t flags;
    uint32_t host_in, host_out;         /* bit i: argument i (of the definition) is in host memory, on every device */
    int8_t inplace[4][2];               /* {in+1, out+1} pairs of tensors that may share a buffer; 0 ends */
    TfgBlockFn block;                   /* elementwise over equal shapes or scalars; the runtime broadcasts the rest */
    const TfgBlockPair *pairs;          /* of this op as the second, all of its dtype; a NULL first ends; NULL: none */
    /* For rows with block and run: whether the block, broadcast as NumPy does, also is right for inputs of these shapes. */
    bool (*fits)(const TfgAttrs *attrs, int rank_a, const int64_t *a, int rank_b, const int64_t *b);
    const TfgReduceFns *reduce;         /* Sum, Mean, Max ... over all axes; else NULL */
    const void *loops;                  /* the kernel's own: typed loops that its run is written over */
    const char *label;                  /* _kernel attribute; NULL: any */
    /* Reads attributes once.  *state may stay NULL.  Errors are the op's. */
    int (*prepare)(const TfgPrepare *p, void **state, TfgStatus *s);
    void (*release)(void *state);
    int (*run)(TfgKernelCall *c, TfgStatus *s);         /* may be NULL when block is set */
    /* Begins, and calls done(c, status) exactly once, from any thread, also at once.  A kernel with start alone may block; one that also
     * has run is started where several of them, or one that may block, could wait for each other. */
    void (*start)(TfgKernelCall *c, void (*done)(TfgKernelCall *c, TfgStatus *s));
};
static inline bool tfg_row_waits(const TfgKernelRow *row) { return row->start && !row->run; }

struct TfgKernelCall {
    const TfgKernelRow *row;
    const char *name, *type;            /* of the node */
    const TfgAttrs *attrs;
    void *state;
    int n_in, n_out;
    TfgTensor *const *in;               /* values; for a ref input the variable's present value, NULL while uninitialised */
    TfgVariable *const *ref;            /* per input: the variable behind a ref input, else NULL; NULL when there are none */
    TfgTensor **out;                    /* the kernel sets each to a new reference (tfg_kernel_output does); a ref output: see ref_out */
    TfgVariable **ref_out;              /* for ref outputs: a new reference to the variable named */
    const TfgDType *out_dtype;
    TfgCancel *cancel;
    TfgResources *resources;
    int64_t step_id;
    struct TfgFrame *frame;             /* of the step, for callable.h; NULL outside a session */
    void *runtime;                      /* the executor's: allocation slots, in-place permissions */
};

/* Allocates output i (in its slot of the plan's arena, in place of a dying input that the row pairs with it, or fresh). */
TfgTensor *tfg_kernel_output(TfgKernelCall *c, int i, int rank, const int64_t *dims, TfgStatus *s);
TfgTensor *tfg_kernel_output_like(TfgKernelCall *c, int i, const TfgTensor *like, TfgStatus *s);
/* Output i is input j itself, perhaps under other dims (no copy). */
int tfg_kernel_forward(TfgKernelCall *c, int j, int i, TfgStatus *s);
int tfg_kernel_forward_as(TfgKernelCall *c, int j, int i, int rank, const int64_t *dims, TfgStatus *s);
/* 64-byte aligned scratch, freed when the call returns. */
void *tfg_kernel_scratch(TfgKernelCall *c, size_t n, TfgStatus *s);
/* True where input j dies with this call and nobody else holds its buffer, so it may be overwritten. */
bool tfg_kernel_input_dies(const TfgKernelCall *c, int j);
int tfg_kernel_check_cancel(TfgKernelCall *c, TfgStatus *s);
/* Input j as something that may outlive the step (to assign, to enqueue): a new reference to it, or to a copy where its memory is
 * only borrowed. */
TfgTensor *tfg_kernel_keep(TfgKernelCall *c, int j, TfgStatus *s);

/* Dtypes of the flattened arguments, at most `max` of them are written; their number. */
int tfg_arg_dtypes(const TfgArgDef *args, int n_args, const TfgAttrs *attrs, TfgDType *dtypes, int max);

/* Registry, append-only. */
void tfg_kernels_hold(void);        /* around fork() */
void tfg_kernels_let_go(void);
int tfg_register_kernels(const TfgKernelRow *rows, int n, TfgStatus *s);
const TfgKernelRow *tfg_find_kernel(const char *op, const char *device_type, const TfgAttrs *attrs);      /* NULL: none fits */
/* All rows of an op, in order of registration. */
int tfg_kernels_of(const char *op, const TfgKernelRow **rows, int max);
/* Runs a stateless kernel right now (constant folding, eager, tests): looks up the row by op, dtypes in attrs. */
int tfg_kernel_run_once(const TfgOpDef *def, const char *name, const TfgAttrs *attrs, TfgTensor *const *in, int n_in,
                        TfgTensor **out, int n_out, TfgStatus *s);
/* The same for a row that is known already. */
int tfg_kernel_run_row(const TfgKernelRow *row, const char *name, const TfgAttrs *attrs, TfgTensor *const *in, const TfgDType *in_dtype,
                       int n_in, TfgTensor **out, const TfgDType *out_dtype, int n_out, TfgStatus *s);

#endif
