/* init.c: the one file that sees every family's tables and hands them to the registries. */
#include <pthread.h>

#include "gradients/gradient.h"
#include "graph/graph.h"
#include "graph/opdef.h"
#include "runtime/evaluate.h"
#include "runtime/kernel.h"
#include "tfgraph.h"

/* Each family has tables of the same name in ops/, gradients/ and kernels/; a large one is cut into several files of rows. */
#define OP_TABLES(X) \
    X(accumulator) \
    X(array) \
    X(audio) \
    X(array_index) \
    X(array_join) \
    X(barrier) \
    X(candidate_sampling) \
    X(control_flow) \
    X(ctc) \
    X(data_flow) \
    X(dataset) \
    X(debug) \
    X(diagonal) \
    X(einsum) \
    X(mutex) \
    X(functional) \
    X(image) \
    X(io) \
    X(linalg) \
    X(list) \
    X(logging) \
    X(lookup) \
    X(manip) \
    X(math) \
    X(math_more) \
    X(math_reduce) \
    X(nn) \
    X(parsing) \
    X(nn_conv) \
    X(nn_norm) \
    X(nn_patch) \
    X(nn_pool) \
    X(nn_pool_sized) \
    X(quantize) \
    X(quantized) \
    X(ragged) \
    X(random) \
    X(reader) \
    X(sdca) \
    X(session_tensor) \
    X(rnn) \
    X(set) \
    X(sparse) \
    X(spectral) \
    X(stack) \
    X(stage) \
    X(state) \
    X(summary) \
    X(tensor_array) \
    X(string) \
    X(training) \

#define GRADIENT_TABLES(X) \
    X(array) \
    X(array_join) \
    X(control_flow) \
    X(ctc) \
    X(data_flow) \
    X(diagonal) \
    X(einsum) \
    X(functional) \
    X(image) \
    X(io) \
    X(linalg) \
    X(list) \
    X(logging) \
    X(lookup) \
    X(manip) \
    X(math) \
    X(math_more) \
    X(math_reduce) \
    X(nn) \
    X(parsing) \
    X(nn_conv) \
    X(nn_norm) \
    X(nn_patch) \
    X(nn_pool) \
    X(quantize) \
    X(ragged) \
    X(random) \
    X(reader) \
    X(rnn) \
    X(sdca) \
    X(set) \
    X(sparse) \
    X(spectral) \
    X(stack) \
    X(state) \
    X(string) \
    X(tensor_array) \

#define KERNEL_TABLES(X) \
    X(accumulator) \
    X(array) \
    X(audio) \
    X(barrier) \
    X(candidate_sampling) \
    X(control_flow) \
    X(ctc) \
    X(data_flow) \
    X(dataset) \
    X(debug) \
    X(diagonal) \
    X(einsum) \
    X(mutex) \
    X(functional) \
    X(image) \
    X(io) \
    X(linalg) \
    X(list) \
    X(logging) \
    X(lookup) \
    X(manip) \
    X(math) \
    X(matmul) \
    X(nn) \
    X(quantize) \
    X(quantized) \
    X(ragged) \
    X(parsing) \
    X(random) \
    X(record_input) \
    X(reader) \
    X(sdca) \
    X(session_tensor) \
    X(rnn) \
    X(set) \
    X(sparse) \
    X(sparse_map) \
    X(spectral) \
    X(stack) \
    X(state) \
    X(summary) \
    X(tensor_array) \
    X(string) \
    X(training) \

#define DECLARE_OPS(name) extern const TfgOpRow tfg_ops_##name[]; extern const int tfg_n_ops_##name;
#define DECLARE_GRADIENTS(name) extern const TfgGradRow tfg_gradients_##name[]; extern const int tfg_n_gradients_##name;
#define DECLARE_KERNELS(name) int tfg_register_kernels_##name(TfgStatus *s);
OP_TABLES(DECLARE_OPS)
GRADIENT_TABLES(DECLARE_GRADIENTS)
KERNEL_TABLES(DECLARE_KERNELS)

#define REGISTER_OPS(name) if (tfg_register_ops(tfg_ops_##name, tfg_n_ops_##name, s) < 0) return -1;
#define REGISTER_GRADIENTS(name) if (tfg_register_gradients(tfg_gradients_##name, tfg_n_gradients_##name, s) < 0) return -1;
#define REGISTER_KERNELS(name) if (tfg_register_kernels_##name(s) < 0) return -1;

static int register_all(TfgStatus *s)
{
    OP_TABLES(REGISTER_OPS)
    GRADIENT_TABLES(REGISTER_GRADIENTS)
    KERNEL_TABLES(REGISTER_KERNELS)
    tfg_graph_set_evaluator(tfg_evaluate_op);
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
