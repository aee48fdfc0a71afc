/* State: finding the variable that a kernel changes, by reference or by resource handle. */
#ifndef TFG_KERNELS_STATE_H
#define TFG_KERNELS_STATE_H

#include "runtime/kernel.h"

/* The variable behind input i, a new reference; with a status where there is none, or where it holds no value yet. */
TfgVariable *tfg_kernel_variable(TfgKernelCall *c, int i, TfgStatus *s);
/* What a kernel with a reference output says at its end: output 0 names `v`.  Nothing to say for resources. */
void tfg_kernel_name_output(TfgKernelCall *c, TfgVariable *v);
int tfg_register_kernels_scatter(TfgStatus *s);

#endif
