/* The nn family: its rows, gathered from the files of its parts. */
#include "kernels/nn.h"

#include "kernels/isa.h"

int tfg_register_kernels_nn(TfgStatus *s);
int tfg_register_kernels_nn(TfgStatus *s)
{
    if (TFG_REGISTER_SIMD(tfg_kernels_nn_activation, s) < 0 || TFG_REGISTER_SIMD(tfg_kernels_nn_softmax, s) < 0)
        return -1;
    static TfgRowsFn *const plain[] = {tfg_kernels_nn_topk, tfg_kernels_nn_conv, tfg_kernels_nn_pool, tfg_kernels_nn_pool_grad,
        tfg_kernels_nn_norm, tfg_kernels_nn_norm_global, tfg_kernels_nn_lrn,
        tfg_kernels_nn_pool_argmax, tfg_kernels_nn_patch, tfg_kernels_nn_dilation, tfg_kernels_nn_conv_padded,
        tfg_kernels_nn_pool_fractional};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (tfg_register_plain(plain[i], s) < 0)
            return -1;
    return 0;
}
