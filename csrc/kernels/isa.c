#include "kernels/isa.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
static int processor_level(void)
{
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4"))
        return 2;
    return __builtin_cpu_supports("x86-64-v3") ? 1 : 0;
}

int tfg_isa_level(void)
{
    const char *forced = getenv("TFG_ISA");
    if (forced && forced[0] == 'v' && forced[1] >= '2' && forced[1] <= '4' && !forced[2])
        return forced[1] - '2';
    return processor_level();
}
#else
int tfg_isa_level(void)
{
    return 0;
}
#endif

int tfg_register_simd(TfgRowsFn *const levels[TFG_SIMD_LEVELS], TfgStatus *s)
{
    int n;
    const TfgKernelRow *rows = levels[tfg_isa_level()](&n);
    return tfg_register_kernels(rows, n, s);
}

int tfg_register_plain(TfgRowsFn *rows_fn, TfgStatus *s)
{
    int n;
    const TfgKernelRow *rows = rows_fn(&n);
    return tfg_register_kernels(rows, n, s);
}
