/* What the debugger puts into graphs, and what tells of graphs themselves: signatures and shapes. */
#include "ops/common.h"

#define WATCH "T: type", "device_name: string = ''", "tensor_name: string = ''", "debug_urls: list(string) = []"
#define COPY .in = {"input: T"}, .out = {"output: T"}, .attr = {"T: type", "tensor_name: string = ''", "debug_ops_spec: list(string) = []"}, \
             .shape = tfg_shape_unchanged, .flags = TFG_OP_ALLOWS_UNINITIALIZED
const TfgOpRow tfg_ops_debug[] = {
    { .name = "Copy", COPY },
    { .name = "CopyHost", COPY },
    { .name = "DebugIdentity", .in = {"input: T"}, .out = {"output: T"}, .attr = {WATCH, "gated_grpc: bool = false"},
      .shape = tfg_shape_unchanged, .flags = TFG_OP_ALLOWS_UNINITIALIZED },
    { .name = "DebugNanCount", .in = {"input: T"}, .out = {"output: int64"}, .attr = {WATCH, "gated_grpc: bool = false"},
      .shape = tfg_shape_scalar, .flags = TFG_OP_ALLOWS_UNINITIALIZED },
    { .name = "DebugNumericSummary", .in = {"input: T"}, .out = {"output: double"}, .attr = {WATCH, "lower_bound: float = -inf",
      "upper_bound: float = inf", "mute_if_healthy: bool = false", "gated_grpc: bool = false"}, .shape = tfg_shape_unknown,
      .flags = TFG_OP_ALLOWS_UNINITIALIZED },
    { .name = "GraphDefVersion", .out = {"version: int32"}, .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "HostConst", .out = {"output: dtype"}, .attr = {"value: tensor", "dtype: type"}, .shape = tfg_shape_unknown },
};
const int tfg_n_ops_debug = sizeof tfg_ops_debug / sizeof *tfg_ops_debug;
