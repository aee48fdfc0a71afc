/* Checking a NodeDef against the definition of its operation, as TensorFlow's ValidateNodeDef does, with its words. */
#ifndef TFG_IO_NODE_DEF_H
#define TFG_IO_NODE_DEF_H

#include "io/graph_def.h"

typedef struct TfgTypes {       /* dtypes of inputs or outputs, in an arena */
    TfgDType *types;
    int32_t n;
} TfgTypes;

/* Adds the defaults the node leaves out, makes empty lists ones of the definition's kind, and takes out attributes of later
 * versions that have their defaults. */
int tfg_node_def_add_defaults(TfgNodeDef *node, const TfgOpDef *def, TfgArena *arena, TfgStatus *s);
int tfg_node_def_n_data(const TfgNodeDef *node);        /* inputs that are not control inputs */
/* INVALID_ARGUMENT where an attribute is unknown, missing or has a value that the definition does not allow, or where the number
 * of data inputs is not the signature's.  in and out are the dtypes the signature comes to. */
int tfg_node_def_check(const TfgNodeDef *node, const TfgOpDef *def, TfgArena *arena, TfgTypes *in, TfgTypes *out, TfgStatus *s);
/* An attribute that a later version gave to `op`, with the value that means what 1.12 does. */
bool tfg_attr_is_newer_default(const char *op, const TfgNamedAttr *a);
/* Letters and digits first, then also "_./-". */
bool tfg_node_name_is_valid(const char *name);

#endif
