/* Inside the import of a GraphDef: what its steps (import_read.c, import.c) share. */
#ifndef TFG_IO_IMPORT_H
#define TFG_IO_IMPORT_H

#include "io/node_def.h"

typedef struct TfgImportEdge {
    int32_t from;               /* index of the node, or -1 when mapped to something the file does not have */
    int32_t index;              /* of its output, -1 for a control input */
    int32_t map;                /* entry of the input map that replaces it, or -1 */
} TfgImportEdge;

typedef struct TfgImportNode {
    TfgNodeDef def;
    const TfgOpDef *op;
    TfgTypes in, out;
    TfgImportEdge *edges;       /* one per input */
    int32_t pending, first_use; /* inputs that are not there yet; head of the list of uses */
    bool is_loop_merge;
    const char *old_name, *new_name;
    TfgAttr *shapes;            /* its "_output_shapes", which the graph does not keep */
    TfgOp *made;
} TfgImportNode;

typedef struct TfgImportUse { int32_t node, next; } TfgImportUse;

typedef struct TfgImport {
    TfgGraph *g;
    const TfgImportOptions *o;
    TfgArena arena;
    TfgProtoReader reader;
    TfgImportNode *nodes;
    int32_t n;
    TfgMap by_name;             /* to index + 1 */
    TfgMap map_names;           /* names that the input map has */
    TfgMap taken_prefixes;      /* "a" and "a/b" for an op "a/b/c" of the graph */
    TfgImportUse *uses;
    int32_t n_uses;
    int32_t *order;             /* heap of ready nodes, then their order */
    bool *map_used;
    int32_t producer, min_consumer;
    bool consumer_is_bad;
    TfgWire library;
    bool has_library;
} TfgImport;

void tfg_import_fini(TfgImport *m);
void *tfg_import_take(TfgImport *m, size_t count, size_t size, TfgStatus *s);          /* of the import's arena; one more than asked */
int32_t tfg_import_find(const TfgImport *m, const char *name, size_t n);               /* index of a node, or -1 */
int32_t tfg_import_find_mapped(const TfgImport *m, const char *name, size_t n, int32_t index);  /* entry of the map, or -1 */
static inline bool tfg_is_loc(TfgBytes b) { return b.n > 5 && memcmp(b.data, "loc:@", 5) == 0; }

/* Reads, checks versions and names, connects and orders: m->nodes and m->order. */
int tfg_import_read(TfgImport *m, TfgWire w, TfgStatus *s);
/* Adds the file's functions to the graph. */
int tfg_import_add_functions(TfgImport *m, TfgStatus *s);

#endif
