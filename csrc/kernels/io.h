/* Io: what the kernels of files and checkpoints share. */
#ifndef TFG_KERNELS_IO_H
#define TFG_KERNELS_IO_H

#include "kernels/util.h"

/* Element i of a string tensor as a path: new text.  INVALID_ARGUMENT where it holds a NUL byte, which no path can. */
char *tfg_path_of(const TfgTensor *t, int64_t i, TfgStatus *s);

int tfg_register_kernels_checkpoint(TfgStatus *s);
int tfg_register_kernels_remap(TfgStatus *s);

#endif
