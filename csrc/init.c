/* init.c: the one file that sees every family's tables and hands them to the registries. */
#include <pthread.h>

#include "gradients/gradient.h"
#include "graph/opdef.h"
#include "runtime/kernel.h"
#include "tfgraph.h"

/* Each family is three tables of the same name: ops/<family>.c, gradients/<family>.c, kernels/<family>.c. */
#define FAMILIES(X) X(array) X(control_flow) X(data_flow) X(math) X(nn) X(random) X(state) X(training)

#define DECLARE(family)                                                                      \
    extern const TfgOpRow tfg_ops_##family[]; extern const int tfg_n_ops_##family;           \
    extern const TfgGradRow tfg_gradients_##family[]; extern const int tfg_n_gradients_##family; \
    int tfg_register_kernels_##family(TfgStatus *s);
FAMILIES(DECLARE)

#define REGISTER(family)                                                                     \
    if (tfg_register_ops(tfg_ops_##family, tfg_n_ops_##family, s) < 0 ||                     \
        tfg_register_gradients(tfg_gradients_##family, tfg_n_gradients_##family, s) < 0 ||   \
        tfg_register_kernels_##family(s) < 0)                                                \
        return -1;

static int register_all(TfgStatus *s)
{
    FAMILIES(REGISTER)
    return 0;
}

int tfg_init(TfgStatus *s)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static bool done;
    pthread_mutex_lock(&lock);
    int rc = 0;
    if (!done && (rc = register_all(s)) == 0)
        done = true;
    pthread_mutex_unlock(&lock);
    return rc;
}
