#include "kernels/blas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

static struct {
    pthread_once_t once;
    void *library;
    TfgBlas table;
    bool complete;
} blas = {.once = PTHREAD_ONCE_INIT};

/* Does the chosen core use the widest vectors the processor has? */
static bool core_is_fast(const char *core)
{
#if defined(__x86_64__)
    static const char *const wide[] = {"SkylakeX", "Cooperlake", "SapphireRapids"};
    static const char *const middle[] = {"Haswell", "Zen", "Excavator"};
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (strcasecmp(core, wide[i]) == 0)
            return true;
    if (__builtin_cpu_supports("avx512f"))
        return false;
    for (size_t i = 0; i < sizeof middle / sizeof *middle; i++)
        if (strcasecmp(core, middle[i]) == 0)
            return true;
    return !__builtin_cpu_supports("avx2");
#else
    (void)core;
    return true;
#endif
}

static void *open_library(void)
{
    static const char *const names[] = {"libopenblas.so.0", "libopenblasp.so.0", "libopenblas.so", "libopenblaso.so.0"};
    void *library = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && !library; i++)
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    return library;
}

/* Object pointers and function pointers have one size on every system with dlsym. */
#define LOAD(field, symbol) (*(void **)&blas.table.field = dlsym(blas.library, symbol))

static void open_blas(void)
{
    blas.library = open_library();
    if (!blas.library)
        return;
    LOAD(sgemm, "cblas_sgemm");
    LOAD(dgemm, "cblas_dgemm");
    LOAD(cgemm, "cblas_cgemm");
    LOAD(zgemm, "cblas_zgemm");
    void (*set_threads)(int);
    char *(*core_name)(void);
    *(void **)&set_threads = dlsym(blas.library, "openblas_set_num_threads");
    *(void **)&core_name = dlsym(blas.library, "openblas_get_corename");
    if (set_threads)
        set_threads(1);
    blas.table.core = core_name ? core_name() : "";
    blas.table.is_fast = core_is_fast(blas.table.core);
    blas.complete = blas.table.sgemm && blas.table.dgemm && blas.table.cgemm && blas.table.zgemm;
}

const TfgBlas *tfg_blas(void)
{
    pthread_once(&blas.once, open_blas);
    return blas.complete ? &blas.table : NULL;
}

void *tfg_lapack(const char *name)
{
    pthread_once(&blas.once, open_blas);
    return blas.library ? dlsym(blas.library, name) : NULL;
}
