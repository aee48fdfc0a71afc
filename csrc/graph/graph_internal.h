/* What only graph/ sees of a graph. */
#ifndef TFG_GRAPH_GRAPH_INTERNAL_H
#define TFG_GRAPH_GRAPH_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "graph/graph.h"
#include "graph/name_table.h"

/* Nodes: chunk k holds FIRST_CHUNK << k pointers, so nothing ever moves and the i-th is found without a lock. */
#ifdef TFG_TEST_SIZES
#define TFG_NODE_CHUNK_BITS 2
#else
#define TFG_NODE_CHUNK_BITS 8
#endif
#define TFG_NODE_CHUNKS (32 - TFG_NODE_CHUNK_BITS)

/* A control_dependencies block.  Blocks form a tree: an op remembers the innermost it was made in, so "made inside this block"
 * is a walk to the root.  A block that cleared the others has no outer one. */
struct TfgControlScope {
    const TfgControlScope *outer;
    int depth;                          /* blocks around it */
    int n;
    TfgOp *const *ops;                  /* what it adds to those around it */
};

typedef struct TfgControlEntry {        /* what leaving a block restores */
    const TfgControlScope *scope;
    bool cleared;
    TfgOpContext *context;              /* of before a clearing block */
} TfgControlEntry;

typedef struct TfgDeviceEntry {
    TfgDeviceSpec spec;
    void *function;                     /* NULL: spec */
    bool clear;
    bool has_function;                  /* here or below, down to the next clearing */
    const char *merged;                 /* without functions: what an op gets */
} TfgDeviceEntry;

typedef struct TfgColocationEntry {
    TfgOp *op;                          /* NULL: only clears */
    size_t base, device_base;           /* of before */
} TfgColocationEntry;

typedef struct TfgAttrsEntry {          /* names set by one _attr_scope and what they were before */
    int n;
    const char **names;
    TfgAttr *before;                    /* kind NONE: absent */
} TfgAttrsEntry;

typedef struct TfgLabelMap {            /* op type -> text, with the changes of each block to take back */
    TfgMap now;
    struct TfgLabelChange *changes;
    size_t n, capacity;
} TfgLabelMap;

typedef struct TfgThreadScope {         /* the name scope of one thread: name scopes are per thread */
    const void *thread;
    const char *scope;
    size_t n;
    struct TfgThreadScope *next;
} TfgThreadScope;

typedef struct TfgFunction {
    const char *name, *grad;
    const char *gradient_label;         /* of a registered gradient that a call of it has; NULL: none */
    const void *def;
    const TfgOpDef *op_def;             /* of its signature; NULL: nobody called it yet */
    size_t n;
} TfgFunction;

struct TfgGraph {
    _Atomic int64_t refs;
    pthread_mutex_t lock;               /* recursive */
    TfgArena arena;
    TfgGraphHooks hooks;
    void *binding;
    TfgGraph *outer;
    bool finalized;

    TfgOp **chunks[TFG_NODE_CHUNKS];
    _Atomic int32_t n_published;
    int32_t n_ops;                      /* with those of the addition in progress */
    int32_t version;                    /* largest id of an op */
    int32_t producer, min_consumer;     /* GraphDef versions: the oldest of what was imported, the newest that it needs */
    int64_t next_id;                    /* ids given out */
    int adding;                         /* depth of additions in progress: contexts add ops of their own */
    TfgNameTable names;
    TfgMap strings;                     /* interned texts: devices, names of private attributes */

    TfgThreadScope first_thread;
    TfgThreadScope *_Atomic threads;
    TfgControlEntry *controls;
    size_t n_controls, controls_capacity;
    TfgDeviceEntry *devices;
    size_t n_devices, devices_capacity, device_base;
    TfgColocationEntry *colocations;
    size_t n_colocations, colocations_capacity, colocation_base;
    TfgAttrs attr_scope;                /* private attributes new ops get */
    int32_t attr_scope_capacity;
    TfgAttrsEntry *attr_entries;
    size_t n_attr_entries, attr_entries_capacity;
    TfgLabelMap gradients, kernels;
    const char *container;

    TfgOpContext *context, *contexts;   /* current; all */
    TfgOp *original;                    /* what new ops are made for the gradient of */
    TfgTensor **retired;                /* of attributes that were replaced: somebody may still look at them */
    size_t n_retired, retired_capacity;
    const TfgDims *scalar;              /* the one shape without dims */
    TfgIdMap constants;                 /* values computed for shape inference: output key -> TfgTensor */

    TfgMap functions_by_name;
    TfgFunction **functions;
    size_t n_functions, functions_capacity;
};

/* graph.c */
const char *tfg_graph_intern(TfgGraph *g, const char *text, TfgStatus *s);
int tfg_graph_reserve_node(TfgGraph *g, TfgStatus *s);          /* room for one more */
void tfg_graph_put_node(TfgGraph *g, TfgOp *op);
int tfg_graph_check_writable(const TfgGraph *g, TfgStatus *s);

/* names.c */
TfgThreadScope *tfg_thread_scope(const TfgGraph *g);            /* of this thread; NULL where it never entered one */
TfgThreadScope *tfg_thread_scope_make(TfgGraph *g, TfgStatus *s);
bool tfg_is_op_name(const char *name);
bool tfg_is_scope_name(const char *name);

/* scopes.c */
const TfgControlScope *tfg_control_scope(const TfgGraph *g);    /* innermost, or NULL */
/* Control inputs that an op with these inputs gets from the blocks; appended to *out (grown). */
int tfg_control_inputs(TfgGraph *g, const TfgOutput *inputs, int n_inputs, TfgOp ***out, size_t *n, size_t *capacity);
int tfg_apply_attr_scopes(TfgGraph *g, TfgOp *op, TfgStatus *s);
const char *tfg_label_find(const TfgLabelMap *m, const char *type);
void tfg_label_map_fini(TfgLabelMap *m);

/* device.c, colocation.c */
int tfg_apply_devices(TfgGraph *g, TfgOp *op, TfgStatus *s);
int tfg_apply_colocation(TfgGraph *g, TfgOp *op, TfgStatus *s);

/* attr_infer.c */
/* Fills values (one per attribute of the definition) from what is given, from the inputs and from defaults. */
int tfg_infer_attrs(const TfgOpSpec *spec, TfgAttr *values, TfgStatus *s);
int tfg_count_outputs(const TfgOpDef *def, const TfgAttr *values, int64_t *n, TfgStatus *s);

/* shape_run.c */
/* Runs the shape function of an op that is not published yet and fills in its outputs' shapes and handles. */
int tfg_infer_op_shapes(TfgGraph *g, TfgOp *op, TfgStatus *s);

/* mutate.c */
int tfg_use_add(TfgOutput o, TfgOp *op, int index);             /* -1 without memory */
void tfg_use_remove(TfgOutput o, TfgOp *op, int index);
int tfg_control_use_add(TfgOp *from, TfgOp *to);
void tfg_control_use_remove(TfgOp *from, TfgOp *to);
int tfg_retire_tensors(TfgGraph *g, TfgAttr *a);                /* takes the references over */

/* context.c */
/* A context that a file names: graph-owned, inside the current one, with exactly this name. */
int tfg_context_init_named(TfgOpContext *c, const TfgOpContextType *type, TfgGraph *g, const char *name, TfgStatus *s);
/* Of op's control inputs, those from outside the loop that c is in leave it.  They go into *external (new, tfg_free), *n_external of
 * them; *n_internal remain. */
int tfg_context_drop_external_controls(TfgOpContext *c, TfgOp *op, int *n_internal, TfgOp ***external, int *n_external, TfgStatus *s);
/* ValueError where an input of the op is in a loop that the op is not in. */
int tfg_context_check_inputs(const TfgOp *op, TfgStatus *s);
bool tfg_op_calls_function(const TfgOp *op);
void tfg_context_forget(TfgOpContext *c, int32_t first_index);  /* ops from this index on are gone */
void tfg_context_free(TfgOpContext *c);

#endif
