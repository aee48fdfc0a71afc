/* tensorflow.TensorProto and tensorflow.TensorShapeProto, read and written without a message in between: elements go from the bytes
 * into the tensor and back. */
#ifndef TFG_IO_TENSOR_PROTO_H
#define TFG_IO_TENSOR_PROTO_H

#include "graph/attr.h"
#include "io/wire.h"
#include "tensor/tensor.h"

/* What readers carry along. */
typedef struct TfgProtoReader {
    TfgArena *arena;            /* where attributes and names go; readers of plain tensors may leave it NULL */
    int64_t expand_left;        /* bytes that elements may still take which the file does not hold (one value for a whole tensor) */
    TfgBytes aside;             /* tensor_content that was left out of the message, for the one tensor that is read next */
} TfgProtoReader;
#define TFG_PROTO_EXPAND_BYTES ((int64_t)1 << 30)
#define TFG_PROTO_READER(a) {(a), TFG_PROTO_EXPAND_BYTES, {0}}

/* How a TensorProto lists its elements.  0 is TensorFlow's own choice: the elements' bytes for more than one element of most
 * plain types, values for the rest.  k > 0: the first k values, the last of which stands for those behind it.  An attribute
 * keeps the form in TfgAttr.n, so that what was read is written back as it was. */
enum { TFG_TENSOR_FORM_DEFAULT = 0, TFG_TENSOR_FORM_CONTENT = -1, TFG_TENSOR_FORM_NO_VALUES = -2 };

/* The body of a TensorShapeProto. */
void tfg_shape_proto_write(int rank, const int64_t *dims, TfgStr *out);         /* rank -1: unknown */
/* INVALID_ARGUMENT for sizes below -1 and ranks above TFG_MAX_RANK. */
int tfg_shape_proto_read(TfgWire w, TfgShape *out, TfgStatus *s);

/* The body of a TensorProto.  Resources have no elements to write: UNIMPLEMENTED; so have variants but for those of io/variant_data.h. */
int tfg_tensor_proto_write(const TfgTensor *t, int form, TfgStr *out, TfgStatus *s);
size_t tfg_tensor_proto_least(const TfgTensor *t, int form);  /* bytes that it has at least */
size_t tfg_tensor_proto_expect(const TfgTensor *t);             /* about how many bytes that takes */
/* *out is new; *form (may be NULL) tells how the elements were listed.  INVALID_ARGUMENT where the message makes no tensor. */
int tfg_tensor_proto_read(TfgProtoReader *r, TfgWire w, TfgTensor **out, int *form, TfgStatus *s);

#endif
