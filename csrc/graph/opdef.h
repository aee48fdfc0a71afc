/* Op definitions: what an operation takes, gives and is.  A family is a table of TfgOpRow, written in TensorFlow's signature
 * language; the registry parses a row when the op is first asked for. */
#ifndef TFG_GRAPH_OPDEF_H
#define TFG_GRAPH_OPDEF_H

#include "graph/attr.h"

typedef struct TfgShapeCall TfgShapeCall;
typedef int (*TfgShapeFn)(TfgShapeCall *c, TfgStatus *s);

enum {  /* flags of an op */
    TFG_OP_STATEFUL = 1, TFG_OP_COMMUTATIVE = 2, TFG_OP_AGGREGATE = 4, TFG_OP_ALLOWS_UNINITIALIZED = 8
};

enum { TFG_OP_MAX_IN = 20, TFG_OP_MAX_OUT = 12, TFG_OP_MAX_ATTR = 24 };        /* arguments of one op */

/* One row of ops/<family>.c: { .name = "Rsqrt", .in = {"x: T"}, .out = {"y: T"}, .attr = {"T: {half, float}"}, .shape = f }.
 * Lists end at the first NULL.  "Ref(T)" is a reference, "N * T" a list of N, "types" (a list(type) attribute) a mixed list. */
typedef struct TfgOpRow {
    const char *name;
    const char *in[TFG_OP_MAX_IN], *out[TFG_OP_MAX_OUT], *attr[TFG_OP_MAX_ATTR];
    const char *later[2];       /* attributes that versions after 1.12 added and that are understood here: graphs may have them, the
                                 * signature does not.  One of a name in attr says which values of it they added. */
    const char *later_in[2];    /* inputs that versions after 1.12 added behind the others: nodes of graphs may have them, all or none */
    TfgShapeFn shape;           /* NULL: shapes of all outputs unknown */
    uint32_t flags;
    int deprecated_since;       /* GraphDef version from which building it is an error, 0 for never */
    const char *deprecation;    /* its explanation */
} TfgOpRow;

typedef struct TfgArgDef {
    const char *name;
    TfgDType type;              /* fixed type, or TFG_INVALID */
    const char *type_attr;      /* "T", or NULL */
    const char *number_attr;    /* "N", or NULL */
    const char *type_list_attr; /* "Tout", or NULL */
    bool is_ref;
    int16_t type_index, number_index, type_list_index;     /* of the three in attr[], or -1; set by tfg_op_def_link */
} TfgArgDef;

typedef struct TfgAttrDef {
    const char *name;
    const char *type;           /* "type", "int", "list(type)", as OpDef prints it */
    TfgAttrKind kind;           /* of the elements for a list */
    bool is_list, has_default, has_minimum;
    bool inferred;              /* given by the inputs (a type_attr, number_attr or type_list_attr of an input) */
    int64_t minimum;            /* of the int, or of the list's length */
    uint64_t allowed_types;     /* bit per dtype number; 0: all */
    const TfgDType *allowed_order;  /* the same, in the order written */
    int n_allowed_types;
    const TfgBytes *allowed_strings;
    int n_allowed_strings;
    TfgAttr default_value;
} TfgAttrDef;

typedef struct TfgOpDef {
    const char *name;
    int n_in, n_out, n_attr;
    TfgArgDef *in, *out;
    TfgAttrDef *attr;           /* in the order OpDef lists them: as written */
    int n_later;
    TfgAttrDef *later;
    const struct TfgOpDef *longer;      /* the definition with the inputs of later versions; NULL where there are none */
    TfgShapeFn shape;
    uint32_t flags;
    int deprecated_since;
    const char *deprecation;
    bool is_plain_io;           /* no argument is a list: n_in inputs and n_out outputs, always; set by tfg_op_def_link */
} TfgOpDef;
/* Fills in what follows from the rest: the indices in arguments, `inferred`, is_plain_io.  For definitions made elsewhere. */
void tfg_op_def_link(TfgOpDef *d);
/* Parses a row into `arena` (a user's op, a function's signature).  INVALID_ARGUMENT names the row and what is wrong. */
TfgOpDef *tfg_op_def_parse(const TfgOpRow *row, TfgArena *arena, TfgStatus *s);

/* Registry: append-only, published atomically; lookups take no lock once parsed. */
int tfg_register_ops(const TfgOpRow *rows, int n, TfgStatus *s);        /* rows live for ever; ALREADY_EXISTS for a second one */
const TfgOpDef *tfg_find_op_def(const char *name);                      /* NULL where there is none */
/* The same, saying why: NOT_FOUND, or what is wrong with the row. */
const TfgOpDef *tfg_load_op_def(const char *name, TfgStatus *s);
/* Names of all registered ops, sorted; borrowed, *n of them; the array is new (tfg_free). */
const char **tfg_op_def_names(int *n);
const TfgAttrDef *tfg_op_def_attr(const TfgOpDef *d, const char *name); /* NULL where absent */
/* Whether an op may have the attribute though its signature does not: private ones ("_class"), and those of later versions. */
bool tfg_op_def_lets(const TfgOpDef *d, const char *name);
const TfgAttrDef *tfg_op_def_later(const TfgOpDef *d, const char *name);
/* The definition of a node with so many inputs: `d` itself, unless they are just those of later versions. */
const TfgOpDef *tfg_op_def_for_inputs(const TfgOpDef *d, int n);
bool tfg_attr_lets_string(const TfgAttrDef *a, TfgBytes v);
/* Checks a value against its definition: kind, minimum, allowed.  Words as TensorFlow's ("Value for attr 'T' of ..."). */
int tfg_check_attr(const TfgOpDef *d, const TfgAttrDef *a, const TfgAttr *v, TfgStatus *s);

/* How many tensors an argument stands for, and the dtype of the i-th, under given attributes. */
int tfg_arg_count(const TfgArgDef *arg, const TfgAttrs *attrs);
TfgDType tfg_arg_dtype(const TfgArgDef *arg, int i, const TfgAttrs *attrs);

#endif
