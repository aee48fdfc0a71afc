/* tensorflow.AttrValue, NameAttrList and OpDef: attributes and definitions as bytes. */
#ifndef TFG_IO_ATTR_VALUE_H
#define TFG_IO_ATTR_VALUE_H

#include "graph/opdef.h"
#include "io/tensor_proto.h"

/* The body of an AttrValue; nothing for TFG_ATTR_NONE. */
int tfg_attr_write(const TfgAttr *a, TfgStr *out, TfgStatus *s);
/* Map entries {key, AttrValue} under `field`, sorted by key; `extra` (may be NULL) is one more, in place of one of its name. */
int tfg_attrs_write(const TfgAttrs *attrs, const TfgNamedAttr *extra, uint32_t field, TfgStr *out, TfgStatus *s);
/* Reads the body of an AttrValue.  What it points at is in the arena; tensors in it are new references, which
 * tfg_attr_drop_tensors ends.  On failure *out is TFG_ATTR_NONE and holds nothing. */
int tfg_attr_read(TfgAttr *out, const void *data, size_t n, TfgArena *arena, TfgStatus *s);
int tfg_attr_read_wire(TfgProtoReader *r, TfgWire w, TfgAttr *out, TfgStatus *s);
/* Adds a map entry {key, AttrValue} to `attrs`, or replaces the one of that key.  *capacity is of attrs->items, in the arena. */
int tfg_attrs_read_entry(TfgProtoReader *r, TfgWire entry, TfgAttrs *attrs, int32_t *capacity, TfgStatus *s);
void tfg_attrs_drop_tensors(TfgAttrs *attrs);

/* The body of an OpDef, as TensorFlow's registry has it (without summary and description). */
int tfg_op_def_write(const TfgOpDef *def, TfgStr *out, TfgStatus *s);
/* A definition from the body of an OpDef, for example a function's signature.  *out lives in the arena, without a shape
 * function; tensors in defaults are dropped with tfg_op_def_drop_tensors. */
int tfg_op_def_read(const void *data, size_t n, TfgArena *arena, TfgOpDef **out, TfgStatus *s);
void tfg_op_def_drop_tensors(TfgOpDef *def);
/* "Op<name=Neg; signature=x:T -> y:T; attr=T:type,allowed=[DT_FLOAT, DT_DOUBLE]>", as error messages show one. */
void tfg_op_def_summarize(const TfgOpDef *def, TfgStr *out);

#endif
