/* Gradients of stacks: none. */
#include "base/status.h"
#include "gradients/rows.h"

const TfgGradRow tfg_gradients_stack[] = {
    NONE("Stack"),
    NONE("StackClose"),
    NONE("StackPop"),
    NONE("StackPush"),
};
const int tfg_n_gradients_stack = sizeof tfg_gradients_stack / sizeof *tfg_gradients_stack;
