/* Locks as resources: signatures and shapes. */
#include "ops/common.h"

const TfgOpRow tfg_ops_mutex[] = {
    { .name = "ConsumeMutexLock", .in = {"mutex_lock: variant"}, .shape = tfg_shape_none, .flags = TFG_OP_STATEFUL },
    { .name = "MutexLock", .in = {"mutex: resource"}, .out = {"mutex_lock: variant"}, .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "MutexV2", .out = {"resource: resource"}, .attr = {"container: string = ''", "shared_name: string = ''"},
      .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
};
const int tfg_n_ops_mutex = sizeof tfg_ops_mutex / sizeof *tfg_ops_mutex;
