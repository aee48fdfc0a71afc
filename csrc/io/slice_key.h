/* Slices of tensors in files: as the message TensorSliceProto, and as the key under which a slice is saved. */
#ifndef TFG_IO_SLICE_KEY_H
#define TFG_IO_SLICE_KEY_H

#include "io/wire.h"
#include "tensor/tensor_slice.h"

/* The body of a TensorSliceProto. */
void tfg_tensor_slice_write(const TfgTensorSlice *slice, TfgStr *out);
/* DATA_LOSS where the bytes are none; INVALID_ARGUMENT for extents that cannot be. */
int tfg_tensor_slice_read(TfgWire w, TfgTensorSlice *slice, TfgStatus *s);

/* The key of a slice: ordered so that slices of one tensor stand together. */
void tfg_slice_key(const char *name, size_t n, const TfgTensorSlice *slice, TfgStr *out);

#endif
