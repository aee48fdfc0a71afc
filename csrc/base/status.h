/* Status: how a failure travels.  The type and tfg_fail stand in tfgraph.h; here is what only the library itself needs. */
#ifndef TFG_BASE_STATUS_H
#define TFG_BASE_STATUS_H

#include "tfgraph.h"

/* Takes over what `from` holds; `from` is OK afterwards. */
void tfg_status_move(TfgStatus *to, TfgStatus *from);
int tfg_status_copy(TfgStatus *to, const TfgStatus *from);          /* returns -1 when `from` is a failure */
/* Adds text behind, or before, the message of a failure.  Returns -1, for `return tfg_status_append(...)`. */
int tfg_status_append(TfgStatus *s, const char *format, ...) TFG_PRINTF(2, 3);
int tfg_status_prepend(TfgStatus *s, const char *format, ...) TFG_PRINTF(2, 3);
const char *tfg_code_name(TfgCode code);                            /* "Invalid argument", as TensorFlow prints codes */
/* Stands in a kernel's message for the name of its op's first input, which whoever runs the op knows. */
#define TFG_INPUT_MARK "{{input 0}}"
/* The one out-of-memory answer: RESOURCE_EXHAUSTED, without allocating.  Returns -1. */
int tfg_fail_memory(TfgStatus *s);

#endif
