/* Nn: runs of the nn family that rows of several files share. */
#ifndef TFG_KERNELS_NN_H
#define TFG_KERNELS_NN_H

#include "kernels/isa.h"

bool tfg_bias_fits(const TfgAttrs *attrs, int rank_a, const int64_t *a, int rank_b, const int64_t *b);
int tfg_bias_add_run(TfgKernelCall *c, TfgStatus *s);
int tfg_bias_add_grad_run(TfgKernelCall *c, TfgStatus *s);      /* loops: the reducer that sums */

/* Rows of convolutions, pooling and normalisation. */
TfgRowsFn tfg_kernels_nn_conv, tfg_kernels_nn_pool, tfg_kernels_nn_pool_grad, tfg_kernels_nn_norm, tfg_kernels_nn_norm_global, tfg_kernels_nn_lrn,
    tfg_kernels_nn_pool_argmax, tfg_kernels_nn_patch, tfg_kernels_nn_dilation, tfg_kernels_nn_conv_padded,
    tfg_kernels_nn_pool_fractional;

#endif
