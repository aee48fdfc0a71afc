#include "runtime/evaluate.h"

#include <string.h>

#include "base/memory.h"
#include "runtime/kernel.h"

bool tfg_evaluate_allowed_row(const TfgOpDef *def, const TfgKernelRow *row)
{
    static const char *const never[] = {"Switch", "Merge", "Enter", "Exit", "NextIteration", "LoopCond", "NoOp", "ControlTrigger",
        "Placeholder", "PlaceholderV2", "PlaceholderWithDefault", "Abort", "PyFuncStateless", "GuaranteeConst", "_Arg", "_Retval",
        "ReadFile", "WriteFile", "MatchingFiles", "GenerateVocabRemapping",      /* what files hold when it is run, not when it was planned */
        NULL};
    if (def->flags & TFG_OP_STATEFUL)
        return false;
    for (const char *const *name = never; *name; name++)
        if (strcmp(*name, def->name) == 0)
            return false;
    for (int i = 0; i < def->n_in; i++)
        if (def->in[i].is_ref)
            return false;
    for (int i = 0; i < def->n_out; i++)
        if (def->out[i].is_ref)
            return false;
    return row && !row->start && !(row->flags & (TFG_KERNEL_KEEPS_STATE | TFG_KERNEL_MAY_BLOCK | TFG_KERNEL_WRITES_REF | TFG_KERNEL_FUNCTIONAL));
}

int tfg_evaluate_op(const TfgOp *op, TfgTensor *const *in, TfgTensor **out)
{
    if (!tfg_evaluate_allowed_row(op->def, tfg_find_kernel(op->def->name, "CPU", &op->attrs)))
        return -1;
    TfgStatus s = TFG_STATUS_INIT;
    int rc = tfg_kernel_run_once(op->def, op->name, &op->attrs, in, op->n_inputs, out, op->n_outputs, &s);
    tfg_status_fini(&s);
    return rc;
}
