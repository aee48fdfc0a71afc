/* Ops that call functions of the graph.  The session runs them (runtime/functional.c); outside one there are no functions. */
#include "base/status.h"
#include "runtime/kernel.h"

static int run_unreachable(TfgKernelCall *c, TfgStatus *s)
{
    return tfg_fail(s, TFG_INTERNAL, "%s cannot run outside a session", c->type);
}

/* Stands for a value that nobody will look at. */
static int run_fake_param(TfgKernelCall *c, TfgStatus *s)
{
    TfgShape shape;
    tfg_attrs_shape(c->attrs, "shape", &shape);
    bool known = shape.rank >= 0;
    for (int i = 0; i < shape.rank; i++)
        known = known && shape.dims[i] >= 0;
    TfgTensor *out = tfg_kernel_output(c, 0, known ? shape.rank : 0, shape.dims, s);
    if (!out)
        return -1;
    if (tfg_dtype_is_plain(out->dtype))
        memset(out->data, 0, tfg_tensor_nbytes(out));
    return 0;
}

#define CALLS(name) {.op = name, .flags = TFG_KERNEL_FUNCTIONAL, .run = run_unreachable}
static const TfgKernelRow rows[] = {
    CALLS("SymbolicGradient"), CALLS("RemoteCall"), CALLS("PartitionedCall"), CALLS("StatefulPartitionedCall"), CALLS("If"),
    CALLS("StatelessIf"), CALLS("Case"), CALLS("StatelessCase"), CALLS("While"), CALLS("StatelessWhile"), CALLS("For"),
    CALLS("MapDefun"), {.op = "FakeParam", .run = run_fake_param},
};

int tfg_register_kernels_functional(TfgStatus *s);
int tfg_register_kernels_functional(TfgStatus *s) { return tfg_register_kernels(rows, sizeof rows / sizeof *rows, s); }
