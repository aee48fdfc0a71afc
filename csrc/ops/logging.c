/* Summaries as values, and the clock. */
#include "ops/common.h"

const TfgOpRow tfg_ops_logging[] = {
    { .name = "AudioSummary", .in = {"tag: string", "tensor: float"}, .out = {"summary: string"}, .attr = {"sample_rate: float",
      "max_outputs: int >= 1 = 3"}, .shape = tfg_shape_scalar, .deprecated_since = 15, .deprecation = "Use AudioSummaryV2." },
    { .name = "AudioSummaryV2", .in = {"tag: string", "tensor: float", "sample_rate: float"}, .out = {"summary: string"},
      .attr = {"max_outputs: int >= 1 = 3"}, .shape = tfg_shape_scalar },
    { .name = "HistogramSummary", .in = {"tag: string", "values: T"}, .out = {"summary: string"}, .attr = {"T: " REALS " = DT_FLOAT"},
      .shape = tfg_shape_scalar },
    { .name = "ImageSummary", .in = {"tag: string", "tensor: T"}, .out = {"summary: string"}, .attr = {"max_images: int >= 1 = 3",
      "T: {uint8, float, half, double} = DT_FLOAT",
      "bad_color: tensor = { dtype: DT_UINT8 tensor_shape: { dim { size: 4 } } int_val: 255 int_val: 0 int_val: 0 int_val: 255 }"},
      .shape = tfg_shape_scalar },
    { .name = "MergeSummary", .in = {"inputs: N * string"}, .out = {"summary: string"}, .attr = {"N: int >= 1"}, .shape = tfg_shape_scalar },
    { .name = "ScalarSummary", .in = {"tags: string", "values: T"}, .out = {"summary: string"}, .attr = {"T: " REALS},
      .shape = tfg_shape_scalar },
    { .name = "TensorSummary", .in = {"tensor: T"}, .out = {"summary: string"}, .attr = {"T: type", "description: string = ''",
      "labels: list(string) = []", "display_name: string = ''"}, .shape = tfg_shape_scalar },
    { .name = "TensorSummaryV2", .in = {"tag: string", "tensor: T", "serialized_summary_metadata: string"}, .out = {"summary: string"},
      .attr = {"T: type"}, .shape = tfg_shape_scalar },
    { .name = "Timestamp", .out = {"ts: double"}, .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
};
const int tfg_n_ops_logging = sizeof tfg_ops_logging / sizeof *tfg_ops_logging;
