/* The math family: its rows, gathered from the files of its parts. */
#include "kernels/isa.h"

int tfg_register_kernels_math(TfgStatus *s);
int tfg_register_kernels_math(TfgStatus *s)
{
    static TfgRowsFn *const plain[] = {
        tfg_kernels_math_addn, tfg_kernels_math_cast, tfg_kernels_math_complex, tfg_kernels_math_scan,
        tfg_kernels_math_segment, tfg_kernels_math_sequence, tfg_kernels_math_special, tfg_kernels_math_more, tfg_kernels_math_string,
    };
    if (TFG_REGISTER_SIMD(tfg_kernels_math_unary, s) < 0 || TFG_REGISTER_SIMD(tfg_kernels_math_binary, s) < 0 ||
        TFG_REGISTER_SIMD(tfg_kernels_math_compare, s) < 0 || TFG_REGISTER_SIMD(tfg_kernels_math_integer, s) < 0 ||
        TFG_REGISTER_SIMD(tfg_kernels_math_reduce, s) < 0 || TFG_REGISTER_SIMD(tfg_kernels_math_select, s) < 0)
        return -1;
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (tfg_register_plain(plain[i], s) < 0)
            return -1;
    return 0;
}
