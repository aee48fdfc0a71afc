/* The nn family: its rows, gathered from the files of its parts. */
#include "kernels/nn.h"

#include "kernels/isa.h"

int tfg_register_kernels_nn(TfgStatus *s);
int tfg_register_kernels_nn(TfgStatus *s)
{
    if (TFG_REGISTER_SIMD(tfg_kernels_nn_activation, s) < 0 || TFG_REGISTER_SIMD(tfg_kernels_nn_softmax, s) < 0)
        return -1;
    return tfg_register_plain(tfg_kernels_nn_topk, s);
}
