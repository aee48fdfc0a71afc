/* tensorflow.GraphDef and NodeDef: a graph as bytes, and bytes as a graph. */
#ifndef TFG_IO_GRAPH_DEF_H
#define TFG_IO_GRAPH_DEF_H

#include "graph/graph.h"
#include "io/attr_value.h"

/* ---- writing; the caller holds the graph's lock ---- */

enum { TFG_NODE_DEF_SORT_CONTROLS = 1 /* as GraphDef lists them, by name */, TFG_NODE_DEF_ADD_SHAPES = 2 /* "_output_shapes" */ };
/* The body of a node's NodeDef, attributes in order of their names. */
int tfg_node_def_write(const TfgOp *op, int flags, TfgStr *out, TfgStatus *s);
/* A whole GraphDef: nodes in order of creation, the function library if there is one, versions.  VALUE_ERROR above 2 GB. */
int tfg_graph_def_write(const TfgGraph *g, bool add_shapes, TfgStr *out, TfgStatus *s);
/* The body of the FunctionDefLibrary; nothing without functions. */
int tfg_function_library_write(const TfgGraph *g, TfgStr *out, TfgStatus *s);

/* ---- reading ---- */

typedef struct TfgNodeDef {
    const char *name, *op, *device;
    const char **inputs;        /* as written: "a", "a:1", "^a" */
    int32_t n_inputs;
    TfgAttrs attrs;
} TfgNodeDef;
/* Everything lives in the arena; end the tensors in it with tfg_attrs_drop_tensors. */
int tfg_node_def_read(TfgNodeDef *out, const void *data, size_t n, TfgArena *arena, TfgStatus *s);
int tfg_node_def_read_wire(TfgProtoReader *r, TfgWire w, TfgNodeDef *out, TfgStatus *s);
/* "{{node a}} = Add[T=DT_FLOAT](x, y:1)", as error messages show a node. */
void tfg_node_def_summarize(const TfgNodeDef *node, TfgStr *out);

typedef struct TfgImportMap {   /* output `index` of node `name`, or with index -1 the node as a control input, is another one */
    const char *name;
    int index;
    TfgOutput to;               /* for a control input, .op */
} TfgImportMap;

typedef struct TfgImportWant {  /* a result: output `index` of a node, or with index -1 the node itself */
    const char *name;
    int index;
} TfgImportWant;

/* Nodes that do not stand in the GraphDef itself but come one by one, so that a graph of large constants need not be in one piece:
 * next gives the bytes of the next NodeDef, and apart from them the tensor_content of its one tensor, where that was left out.  They
 * have to live until it is called again. */
typedef struct TfgNodeSource {
    size_t n;
    int (*next)(struct TfgNodeSource *source, TfgBytes *node, TfgBytes *content, TfgStatus *s);
} TfgNodeSource;

typedef struct TfgImportOptions {
    const char *prefix;         /* "" or "a/b", already unique */
    TfgNodeSource *source;      /* nodes behind those of the GraphDef, or NULL */
    const TfgImportMap *map;
    int n_map;
    const TfgImportWant *want;
    int n_want;
} TfgImportOptions;

/* Adds the nodes of a serialised GraphDef, under names made unique where the graph has them already, and its functions; want[i]
 * (n_want of them, the caller's) are the results asked for.  Attributes the file leaves out get their defaults; attributes the
 * definition does not know are errors, unless their names begin with "_".  The control dependencies, devices and control-flow
 * context in force apply to every new node, name scopes do not.  A failure leaves the graph's nodes as they were, but for names in
 * the map that are not in the file, which are told when all is done (so does TensorFlow).
 * Errors are VALUE_ERROR (what Python's importer raises), NOT_FOUND for operations nobody registered, UNIMPLEMENTED for removed
 * ones, with TensorFlow's words.  *first and *n (may be NULL) tell which ops are new: tfg_graph_op(g, *first) and those behind.
 * The caller holds the graph's lock. */
int tfg_graph_def_import(TfgGraph *g, const void *data, size_t n, const TfgImportOptions *options, TfgOutput *want,
                         int32_t *first, int32_t *n_new, TfgStatus *s);

#endif
