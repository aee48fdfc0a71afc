/* Partial runs: one step whose feeds come, and whose fetches go, over several calls. */
#ifndef TFG_RUNTIME_PARTIAL_H
#define TFG_RUNTIME_PARTIAL_H

#include "runtime/session.h"

void tfg_partial_cancel_all(TfgSession *session);

#endif
