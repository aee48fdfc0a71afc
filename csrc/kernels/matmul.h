/* Registration of the matrix products, which are a file of their own in the math family. */
#ifndef TFG_KERNELS_MATMUL_H
#define TFG_KERNELS_MATMUL_H

#include "tfgraph.h"

int tfg_register_kernels_matmul(TfgStatus *s);

#endif
