/* Attributes that operations of TensorFlow 1.12 got in later versions, with the defaults that mean what 1.12 did.  A node that gives
 * such an attribute its default says nothing new, so graphs of 1.13 to 2.x that use no new behaviour are read.  Values are written as
 * tfg_attr_format writes them.  From the interface facts of 1.12.3 and 2.21. */
#include "io/node_def.h"

#include <string.h>

typedef struct Newer {
    const char *attr, *value;
    const char *ops;            /* names with a space around each */
} Newer;

/* Advice to an executor, notes about how a gradient came about or shall look, and shapes that only spare inference: whatever they say,
 * the operation computes the same. */
static const Newer advice[] = {
    {"config", NULL, " PartitionedCall StatefulPartitionedCall "},
    {"config_proto", NULL, " PartitionedCall StatefulPartitionedCall "},
    {"debug_name", NULL, " VarHandleOp "},
    {"executor_type", NULL, " PartitionedCall StatefulPartitionedCall "},
    {"grad_a", NULL, " MatMul "},
    {"grad_b", NULL, " MatMul "},
    {"grad_x", NULL, " BatchMatMul BatchMatMulV2 "},
    {"grad_y", NULL, " BatchMatMul BatchMatMulV2 "},
    {"output_shapes", NULL, " If StatelessIf While StatelessWhile "},
    {"parallel_iterations", NULL, " While StatelessWhile "},
    {"max_intra_op_parallelism", NULL, " MapDefun "},
    {"sparse_gradient", NULL,
     " SparseSegmentMean SparseSegmentMeanWithNumSegments SparseSegmentSqrtN "
     "SparseSegmentSqrtNWithNumSegments SparseSegmentSum SparseSegmentSumWithNumSegments "},
};

static const Newer newer[] = {
    {"T", "DT_FLOAT",
     " AdjustContrastv2 AdjustHue AdjustSaturation CTCBeamSearchDecoder CTCGreedyDecoder CTCLoss "},
    {"T_threshold", "DT_FLOAT",
     " NonMaxSuppressionV2 NonMaxSuppressionV3 NonMaxSuppressionV4 "},
    {"Tcaptured", "[]",
     " MapDefun "},
    {"Tcomplex", "DT_COMPLEX64",
     " IRFFT IRFFT2D IRFFT3D RFFT RFFT2D RFFT3D "},
    {"Tk", "DT_INT32",
     " TopKV2 "},
    {"Treal", "DT_FLOAT",
     " IRFFT IRFFT2D IRFFT3D RFFT RFFT2D RFFT3D "},
    {"Tsegmentids", "DT_INT32",
     " SparseSegmentMean SparseSegmentMeanGrad SparseSegmentMeanWithNumSegments SparseSegmentSqrtN "
     "SparseSegmentSqrtNGrad SparseSegmentSqrtNWithNumSegments SparseSegmentSum "
     "SparseSegmentSumWithNumSegments "},
    {"Tshape", "DT_INT32",
     " TensorListGetItem "},
    {"algorithm", "0",
     " ModelDataset "},
    {"allow_missing_files", "false",
     " MergeV2Checkpoints "},
    {"allow_stateful", "false",
     " DatasetToGraph "},
    {"allowed_devices", "[]",
     " VarHandleOp "},
    {"axis", "-1",
     " Dequantize QuantizeAndDequantizeV2 QuantizeAndDequantizeV3 QuantizeV2 "},
    {"bad_indices_policy", "\"\"",
     " GatherNd ResourceScatterNdAdd ResourceScatterNdUpdate ScatterNd ScatterNdAdd ScatterNdNonAliasingAdd "
     "ScatterNdSub ScatterNdUpdate "},
    {"batch_dims", "0",
     " GatherV2 ResourceGather "},
    {"batch_padding_policy", "\"PAD_UP\"",
     " BatchFunction "},
    {"blank_index", "-1",
     " CTCGreedyDecoder "},
    {"buffer_size_min", "0",
     " PrefetchDataset "},
    {"communication_hint", "\"auto\"",
     " CollectiveBcastRecv CollectiveBcastSend CollectiveReduce "},
    {"config", "\"\"",
     " PartitionedCall StatefulPartitionedCall "},
    {"config_proto", "\"\"",
     " PartitionedCall StatefulPartitionedCall "},
    {"cpu_budget", "0",
     " ModelDataset "},
    {"debug_name", "\"\"",
     " VarHandleOp "},
    {"dtype", "DT_FLOAT",
     " Dequantize "},
    {"enable_large_batch_splitting", "false",
     " BatchFunction "},
    {"end", "\"\\n\"",
     " PrintV2 "},
    {"ensure_minimum_range", "0.01",
     " QuantizeV2 "},
    {"executor_type", "\"\"",
     " PartitionedCall StatefulPartitionedCall "},
    {"explicit_paddings", "[]",
     " Conv2D Conv2DBackpropFilter Conv2DBackpropInput DepthwiseConv2dNative "
     "DepthwiseConv2dNativeBackpropFilter DepthwiseConv2dNativeBackpropInput MaxPool MaxPoolGrad "},
    {"exponential_avg_factor", "1",
     " FusedBatchNorm FusedBatchNormV2 "},
    {"external_state_policy", "0",
     " SerializeIterator "},
    {"force_synchronous", "false",
     " MapDataset "},
    {"half_pixel_centers", "false",
     " QuantizedResizeBilinear ResizeBicubic ResizeBicubicGrad ResizeBilinear ResizeBilinearGrad "
     "ResizeNearestNeighbor ResizeNearestNeighborGrad "},
    {"include_batch_in_index", "false",
     " MaxPoolGradGradWithArgmax MaxPoolGradWithArgmax MaxPoolWithArgmax "},
    {"incompatible_shape_error", "true",
     " Equal NotEqual "},
    {"index_type", "DT_INT32",
     " TopKV2 "},
    {"is_async", "false",
     " EagerPyFunc "},
    {"is_files", "false",
     " TensorSliceDataset "},
    {"legacy_autotune", "true",
     " PrefetchDataset "},
    {"low_priority_allowed_batch_sizes", "[]",
     " BatchFunction "},
    {"low_priority_batch_timeout_micros", "0",
     " BatchFunction "},
    {"low_priority_max_batch_size", "0",
     " BatchFunction "},
    {"low_priority_max_enqueued_batches", "0",
     " BatchFunction "},
    {"max_intra_op_parallelism", "1",
     " MapDefun "},
    {"metadata", "\"\"",
     " BatchDataset BatchDatasetV2 CacheDataset ConcatenateDataset DatasetToSingleElement FilterDataset "
     "FixedLengthRecordDataset FlatMapDataset GeneratorDataset GroupByWindowDataset InterleaveDataset "
     "MapAndBatchDataset MapDataset PaddedBatchDataset PaddedBatchDatasetV2 ParallelInterleaveDataset "
     "ParallelInterleaveDatasetV2 ParallelMapDataset PrefetchDataset RandomDataset RangeDataset "
     "ReduceDataset RepeatDataset ScanDataset ShuffleAndRepeatDataset ShuffleDataset SkipDataset "
     "TFRecordDataset TakeDataset TensorDataset TensorSliceDataset TextLineDataset UnbatchDataset "
     "WindowDataset ZipDataset "},
    {"mixed_priority_policy", "\"low_priority_padding_with_max_batch_size\"",
     " BatchFunction "},
    {"multiply_linear_by_lr", "false",
     " ApplyFtrl ApplyFtrlV2 ResourceApplyFtrl ResourceApplyFtrlV2 ResourceSparseApplyFtrl "
     "ResourceSparseApplyFtrlV2 SparseApplyFtrl SparseApplyFtrlV2 "},
    {"narrow_range", "false",
     " Dequantize QuantizeAndDequantizeV2 QuantizeAndDequantizeV3 QuantizeV2 "},
    {"noise", "\"uniform\"",
     " ExtractGlimpse "},
    {"num_proj", "0",
     " CudnnRNNParamsSize "},
    {"offset", "0",
     " InitializeTableFromTextFile InitializeTableFromTextFileV2 "},
    {"optimization_configs", "[]",
     " OptimizeDataset "},
    {"output_shapes", "[]",
     " If StatelessIf StatelessWhile While "},
    {"parallel_copy", "false",
     " BatchDatasetV2 PaddedBatchDatasetV2 "},
    {"parallel_iterations", "10",
     " StatelessWhile While "},
    {"preserve_cardinality", "false",
     " MapAndBatchDataset MapDataset ParallelMapDataset ScanDataset "},
    {"ragged_keys", "[]",
     " ParseExampleDataset "},
    {"ragged_split_types", "[]",
     " ParseExampleDataset "},
    {"ragged_value_types", "[]",
     " ParseExampleDataset "},
    {"ram_budget", "0",
     " ModelDataset "},
    {"replicate_on_split", "false",
     " RangeDataset TensorSliceDataset "},
    {"reshuffle_each_iteration", "true",
     " ShuffleAndRepeatDataset "},
    {"resize_if_index_out_of_bounds", "false",
     " TensorListSetItem "},
    {"round_mode", "\"HALF_TO_EVEN\"",
     " QuantizeAndDequantizeV2 "},
    {"shape_type", "DT_INT32",
     " ConcatOffset "},
    {"slack_period", "0",
     " PrefetchDataset "},
    {"sloppy", "false",
     " ParallelInterleaveDatasetV2 ParallelMapDataset ParseExampleDataset "},
    {"stateful_whitelist", "[]",
     " DatasetToGraph "},
    {"strip_device_assignment", "false",
     " DatasetToGraph "},
    {"timeout_seconds", "0",
     " CollectiveBcastRecv CollectiveBcastSend CollectiveReduce "},
    {"unit", "\"BYTE\"",
     " Substr "},
    {"use_default_device", "true",
     " ScanDataset "},
    {"validate_shape", "false",
     " AssignVariableOp "},
    {"wait_for", "[]",
     " CollectiveReduce "},
};

/* A function of a file may be called anything, also nothing or words with spaces. */
static bool names(const char *ops, const char *op, size_t n)
{
    if (n == 0 || strchr(op, ' '))
        return false;
    for (const char *p = strstr(ops, op); p; p = strstr(p + 1, op))
        if (p[-1] == ' ' && p[n] == ' ')
            return true;
    return false;
}

bool tfg_attr_is_newer_default(const char *op, const TfgNamedAttr *a)
{
    size_t n = strlen(op);
    for (size_t i = 0; i < sizeof advice / sizeof *advice; i++)
        if (strcmp(advice[i].attr, a->name) == 0 && names(advice[i].ops, op, n))
            return true;
    for (size_t i = 0; i < sizeof newer / sizeof *newer; i++) {
        if (strcmp(newer[i].attr, a->name) != 0 || !names(newer[i].ops, op, n))
            continue;
        TfgStr text = TFG_STR_INIT;
        tfg_attr_format(&a->value, &text);
        bool same = !text.failed && strcmp(tfg_str_text(&text), newer[i].value) == 0;
        tfg_str_fini(&text);
        if (same)
            return true;
    }
    return false;
}
