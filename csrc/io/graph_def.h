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

typedef struct TfgImportMap {   /* output `index` of node `name`, or with index -1 the node as a control input, is another */
    const char *name;
    int index;
    TfgOutput to;               /* for a control input, .op */
} TfgImportMap;

typedef struct TfgImportWant {  /* a result: output `index` of a node, or with index -1 the node itself */
    const char *name;
    int index;
} TfgImportWant;

typedef struct TfgImportOptions {
    const char *prefix;         /* "" or "a/b", already unique */
    const TfgImportMap *map;
    int n_map;
    const TfgImportWant *want;
    int n_want;
    TfgOp *const *controls;     /* every imported node without inputs waits for these */
    int n_controls;
    bool exact_names;           /* a name that is taken is an error, rather than made unique */
} TfgImportOptions;

typedef struct TfgImportResult {
    TfgOutput *want;            /* as asked for */
    bool *map_used;             /* for each entry of the map: some node, or a result, has it */
    bool *map_known;            /* for each entry of the map: the file has that node and output */
    int32_t first, n;           /* the ops that were added: tfg_graph_op(g, first) ... */
} TfgImportResult;
void tfg_import_result_fini(TfgImportResult *r);

/* Adds the nodes of a serialised GraphDef.  Attributes the file leaves out get their defaults; attributes no definition knows
 * are errors, but for those that begin with "_".  Devices and scopes are left as the file has them: what the current graph
 * scopes say is the caller's to apply.  Errors are INVALID_ARGUMENT (Python's importer raises them as ValueError) and NOT_FOUND
 * for ops nobody registered, with TensorFlow's words.  All nodes are checked before the first one is added. */
int tfg_graph_def_import(TfgGraph *g, const void *data, size_t n, const TfgImportOptions *options, TfgImportResult *result,
                         TfgStatus *s);

#endif
