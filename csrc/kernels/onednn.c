#include "kernels/onednn.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

/* Its header is not needed to build: what is used has the same binary form in both versions, or is asked for by name. */
typedef int DnnlStatus;         /* 0: success */
typedef int64_t DnnlDim;

static struct {
    pthread_once_t once;
    void *library;
    DnnlStatus (*sgemm)(char ta, char tb, DnnlDim m, DnnlDim n, DnnlDim k, float alpha, const float *a, DnnlDim lda, const float *b,
                        DnnlDim ldb, float beta, float *c, DnnlDim ldc);
    int (*get_threads)(void);   /* of the OpenMP library it was built with; NULL without one */
    void (*set_threads)(int n);
} onednn = {.once = PTHREAD_ONCE_INIT};

static void open_onednn(void)
{
    static const char *const names[] = {"libdnnl.so.3", "libdnnl.so.2", "libdnnl.so"};
    for (size_t i = 0; i < sizeof names / sizeof *names && !onednn.library; i++)
        onednn.library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!onednn.library)
        return;
    *(void **)&onednn.sgemm = dlsym(onednn.library, "dnnl_sgemm");
    *(void **)&onednn.get_threads = dlsym(onednn.library, "omp_get_max_threads");
    *(void **)&onednn.set_threads = dlsym(onednn.library, "omp_set_num_threads");
}

bool tfg_onednn_available(void)
{
    pthread_once(&onednn.once, open_onednn);
    return onednn.library != NULL;
}

void *tfg_onednn_symbol(const char *name)
{
    return tfg_onednn_available() ? dlsym(onednn.library, name) : NULL;
}

/* The number of OpenMP threads is a setting of each thread.  It is put back, since the program may use the library too. */
int tfg_onednn_begin(void)
{
    if (!onednn.get_threads || !onednn.set_threads)
        return 0;
    int n = onednn.get_threads();
    if (n != 1)
        onednn.set_threads(1);
    return n;
}

void tfg_onednn_end(int n)
{
    if (n > 1)
        onednn.set_threads(n);
}

bool tfg_onednn_sgemm(bool ta, bool tb, int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *b, int64_t ldb,
                      float *c, int64_t ldc)
{
    if (!tfg_onednn_available() || !onednn.sgemm)
        return false;
    int threads = tfg_onednn_begin();
    DnnlStatus rc = onednn.sgemm(ta ? 'T' : 'N', tb ? 'T' : 'N', m, n, k, 1.0f, a, lda, b, ldb, 0.0f, c, ldc);
    tfg_onednn_end(threads);
    return rc == 0;
}
