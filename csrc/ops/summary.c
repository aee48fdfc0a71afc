/* Writers of event files as resources. */
#include "ops/common.h"

#define WRITE(...) .in = {"writer: resource", __VA_ARGS__}, .shape = tfg_shape_none, .flags = TFG_OP_STATEFUL

const TfgOpRow tfg_ops_summary[] = {
    { .name = "CloseSummaryWriter", .in = {"writer: resource"}, .shape = tfg_shape_none, .flags = TFG_OP_STATEFUL },
    { .name = "CreateSummaryFileWriter", WRITE("logdir: string", "max_queue: int32", "flush_millis: int32", "filename_suffix: string") },
    { .name = "FlushSummaryWriter", .in = {"writer: resource"}, .shape = tfg_shape_none, .flags = TFG_OP_STATEFUL },
    { .name = "ImportEvent", WRITE("event: string") },
    { .name = "SummaryWriter", .out = {"writer: resource"}, .attr = {"shared_name: string = ''", "container: string = ''"},
      .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "WriteAudioSummary", WRITE("step: int64", "tag: string", "tensor: float", "sample_rate: float"),
      .attr = {"max_outputs: int >= 1 = 3"} },
    { .name = "WriteGraphSummary", WRITE("step: int64", "tensor: string") },
    { .name = "WriteHistogramSummary", WRITE("step: int64", "tag: string", "values: T"), .attr = {"T: " REALS " = DT_FLOAT"} },
    { .name = "WriteImageSummary", WRITE("step: int64", "tag: string", "tensor: T", "bad_color: uint8"),
      .attr = {"max_images: int >= 1 = 3", "T: {uint8, float, half} = DT_FLOAT"} },
    { .name = "WriteScalarSummary", WRITE("step: int64", "tag: string", "value: T"), .attr = {"T: " REALS} },
    { .name = "WriteSummary", WRITE("step: int64", "tensor: T", "tag: string", "summary_metadata: string"), .attr = {"T: type"} },
};
const int tfg_n_ops_summary = sizeof tfg_ops_summary / sizeof *tfg_ops_summary;
