/* Config: what of a serialised ConfigProto, and of RunOptions, matters here. */
#ifndef TFG_RUNTIME_CONFIG_H
#define TFG_RUNTIME_CONFIG_H

#include "runtime/session.h"

int tfg_config_read(const void *data, size_t n, TfgSessionOptions *options, TfgStatus *s);
/* timeout_in_ms, trace_level, output_partition_graphs; the other fields of `options` stay. */
int tfg_run_options_read(const void *data, size_t n, TfgRunOptions *options, TfgStatus *s);

#endif
