/* The array family: its rows, gathered from the files of its parts. */
#include "kernels/isa.h"

int tfg_register_kernels_array(TfgStatus *s);
int tfg_register_kernels_array(TfgStatus *s)
{
    static TfgRowsFn *const plain[] = {
        tfg_kernels_array_basic, tfg_kernels_array_concat, tfg_kernels_array_gather, tfg_kernels_array_matrix, tfg_kernels_array_pad,
        tfg_kernels_array_reverse, tfg_kernels_array_scatter, tfg_kernels_array_shape, tfg_kernels_array_slice, tfg_kernels_array_space,
        tfg_kernels_array_transpose, tfg_kernels_array_unique,
    };
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (tfg_register_plain(plain[i], s) < 0)
            return -1;
    return 0;
}
