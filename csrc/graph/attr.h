/* Attributes: the compile-time arguments of an operation, as tensorflow.AttrValue knows them.  Values live in an arena;
 * tensors inside are counted and dropped by their owner (graph, op definition). */
#ifndef TFG_GRAPH_ATTR_H
#define TFG_GRAPH_ATTR_H

#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "tensor/tensor.h"
#include "tfgraph.h"

typedef enum TfgAttrKind {
    TFG_ATTR_NONE, TFG_ATTR_STRING, TFG_ATTR_INT, TFG_ATTR_FLOAT, TFG_ATTR_BOOL, TFG_ATTR_TYPE, TFG_ATTR_SHAPE, TFG_ATTR_TENSOR,
    TFG_ATTR_FUNC, TFG_ATTR_PLACEHOLDER
} TfgAttrKind;

typedef struct TfgBytes { const char *data; size_t n; } TfgBytes;
typedef struct TfgFuncAttr TfgFuncAttr;

typedef struct TfgAttr {
    uint8_t kind;               /* TfgAttrKind, of the elements for a list */
    bool is_list;
    int32_t n;                  /* elements of a list; of a tensor, how its message lists them (io/tensor_proto.h; 0: as usual) */
    union {
        TfgBytes s;
        int64_t i;
        float f;
        bool b;
        TfgDType type;
        const TfgDims *shape;   /* NULL: unknown rank */
        TfgTensor *tensor;
        const TfgFuncAttr *func;
        const TfgBytes *list_s;
        const int64_t *list_i;
        const float *list_f;
        const bool *list_b;
        const TfgDType *list_type;
        const TfgDims *const *list_shape;
        TfgTensor *const *list_tensor;
        const TfgFuncAttr *const *list_func;
    };
} TfgAttr;

typedef struct TfgNamedAttr {
    const char *name;           /* interned with the op definition, or in the graph's arena */
    TfgAttr value;
} TfgNamedAttr;

typedef struct TfgAttrs {       /* every attribute of the definition is present (defaults filled in), sorted by nothing */
    int32_t n;
    TfgNamedAttr *items;
} TfgAttrs;

struct TfgFuncAttr {
    const char *name;
    TfgAttrs attrs;
};

/* For call sites: {"T", TFG_A_TYPE(TFG_FLOAT)} */
#define TFG_A_INT(x) ((TfgAttr){.kind = TFG_ATTR_INT, .i = (x)})
#define TFG_A_FLOAT(x) ((TfgAttr){.kind = TFG_ATTR_FLOAT, .f = (x)})
#define TFG_A_BOOL(x) ((TfgAttr){.kind = TFG_ATTR_BOOL, .b = (x)})
#define TFG_A_TYPE(x) ((TfgAttr){.kind = TFG_ATTR_TYPE, .type = (x)})
#define TFG_A_STRING(x) ((TfgAttr){.kind = TFG_ATTR_STRING, .s = {(x), strlen(x)}})
#define TFG_A_TENSOR(x) ((TfgAttr){.kind = TFG_ATTR_TENSOR, .tensor = (x)})
#define TFG_A_SHAPE(x) ((TfgAttr){.kind = TFG_ATTR_SHAPE, .shape = (x)})

const TfgAttr *tfg_attrs_find(const TfgAttrs *a, const char *name);         /* NULL where absent */
/* Getters for attributes the definition promises; a missing one, or another kind, gives 0 / false / TFG_INVALID / {NULL, 0}. */
int64_t tfg_attrs_int(const TfgAttrs *a, const char *name);
float tfg_attrs_float(const TfgAttrs *a, const char *name);
bool tfg_attrs_bool(const TfgAttrs *a, const char *name);
TfgDType tfg_attrs_type(const TfgAttrs *a, const char *name);
TfgBytes tfg_attrs_string(const TfgAttrs *a, const char *name);
bool tfg_attrs_string_is(const TfgAttrs *a, const char *name, const char *text);
void tfg_attrs_shape(const TfgAttrs *a, const char *name, TfgShape *out);
/* A list of ints; *n its length. */
const int64_t *tfg_attrs_ints(const TfgAttrs *a, const char *name, int *n);

/* Deep copy into an arena; tensors get one more reference.  0 / -1 without memory. */
int tfg_attr_copy(TfgAttr *to, const TfgAttr *from, TfgArena *arena);
void tfg_attr_drop_tensors(TfgAttr *a);                                     /* drops the references tfg_attr_copy took */
bool tfg_attr_equal(const TfgAttr *a, const TfgAttr *b);
void tfg_attr_format(const TfgAttr *a, TfgStr *out);                        /* SummarizeAttrValue: DT_FLOAT, [1,2], "text" */

#endif
