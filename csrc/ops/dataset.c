/* Datasets and iterators: signatures and shapes. */
#include "ops/common.h"

/* A dataset is a scalar; so are the arguments that say how it is made, by their names. */
static int shape_dataset(TfgShapeCall *c, TfgStatus *s)
{
    static const char *const vectors[] = {"filenames", "components", "input_datasets", "other_arguments", "padded_shapes", "padding_values",
        "row_shape", "indices", "values", "dense_shape", "dense_defaults", "initial_state", "optimizations", "transformations", "select_cols", "record_defaults", "data_input_datasets", "init_func_other_args", "next_func_other_args",
        "finalize_func_other_args", "key_func_other_arguments", "reduce_func_other_arguments", "window_size_func_other_arguments",
        "init_func_other_arguments", "finalize_func_other_arguments", NULL};
    int at = 0;
    for (int i = 0; i < c->def->n_in; i++) {
        const TfgArgDef *arg = &c->def->in[i];
        int n = tfg_arg_count(arg, c->attrs);
        bool scalar = true;
        for (int k = 0; vectors[k] && scalar; k++)
            scalar = strcmp(vectors[k], arg->name) != 0;
        for (int k = 0; k < n; k++, at++)
            if (scalar && tfg_want_rank(&c->in[at], 0, NULL, s) < 0)
                return -1;
        if (strcmp(arg->name, "filenames") == 0 && tfg_want_rank_at_most(&c->in[at - 1], 1, s) < 0)
            return -1;
    }
    return tfg_shape_scalar(c, s);
}

/* What output_shapes says of each component. */
static int shape_components(TfgShapeCall *c, TfgStatus *s)
{
    const TfgAttr *shapes = tfg_attrs_find(c->attrs, "output_shapes");
    if (tfg_want_rank(&c->in[0], 0, NULL, s) < 0)
        return -1;
    if (!shapes || !shapes->is_list || shapes->n != c->n_out)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "`output_shapes` must be the same length as `output_types` (%d vs. %d)",
                        shapes ? shapes->n : 0, c->n_out);
    for (int i = 0; i < c->n_out; i++)
        tfg_shape_from_dims(&c->out[i], shapes->list_shape[i]);
    return 0;
}

/* Names, how they are read, then defaults. */
static int shape_csv_dataset(TfgShapeCall *c, TfgStatus *s)
{
    if (tfg_want_rank_at_most(&c->in[0], 1, s) < 0)
        return -1;
    for (int i = 1; i < 7; i++)
        if (tfg_want_rank(&c->in[i], 0, NULL, s) < 0)
            return -1;
    if (tfg_want_rank(&c->in[7], 1, NULL, s) < 0)
        return -1;
    for (int i = 8; i < c->n_in; i++) {
        if (tfg_want_rank_at_most(&c->in[i], 1, s) < 0)
            return -1;
        if (c->in[i].rank == 1 && c->in[i].dims[0] > 1)
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Shape of a default must be a length-0 or length-1 vector, or a scalar.");
    }
    return tfg_shape_scalar(c, s);
}

/* One argument is a scalar, as the family's others are, but the dataset itself is not looked at. */
static int shape_tagged(TfgShapeCall *c, TfgStatus *s) { return tfg_want_rank(&c->in[1], 0, NULL, s) < 0 ? -1 : tfg_shape_scalar(c, s); }

extern const TfgOpRow tfg_ops_dataset[];
extern const int tfg_n_ops_dataset;
const TfgOpRow tfg_ops_dataset[] = {
    { .name = "AnonymousIterator", .out = {"handle: resource"}, .attr = {"output_types: list(type) >= 1",
      "output_shapes: list(shape) >= 1"}, .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "BatchDataset", .in = {"input_dataset: variant", "batch_size: int64"}, .out = {"handle: variant"},
      .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "BatchDatasetV2", .in = {"input_dataset: variant", "batch_size: int64", "drop_remainder: bool"},
      .out = {"handle: variant"}, .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"},
      .shape = shape_dataset },
    { .name = "BytesProducedStatsDataset", .in = {"input_dataset: variant", "tag: string"}, .out = {"handle: variant"}, .attr =
      {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_tagged },
    { .name = "CacheDataset", .in = {"input_dataset: variant", "filename: string"}, .out = {"handle: variant"}, .attr =
      {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "ConcatenateDataset", .in = {"input_dataset: variant", "another_dataset: variant"}, .out = {"handle: variant"},
      .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "DatasetToGraph", .in = {"input_dataset: variant"}, .out = {"graph: string"}, .shape = tfg_shape_scalar },
    { .name = "DatasetToSingleElement", .in = {"dataset: variant"}, .out = {"components: output_types"}, .attr =
      {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_components },
    { .name = "DatasetToTFRecord", .in = {"input_dataset: variant", "filename: string", "compression_type: string"}, .shape =
      tfg_shape_none },
    { .name = "DeserializeIterator", .in = {"resource_handle: resource", "serialized: variant"}, .shape = tfg_shape_none, .flags =
      TFG_OP_STATEFUL },
    { .name = "DenseToSparseBatchDataset", .in = {"input_dataset: variant", "batch_size: int64", "row_shape: int64"}, .out =
      {"handle: variant"}, .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "EnqueueInQueueDataset", .in = {"queue: variant", "components: Tcomponents"}, .attr = {"Tcomponents: list(type) >= 1"}, .shape =
      tfg_shape_none, .flags = TFG_OP_STATEFUL },
    { .name = "ExperimentalCSVDataset", .in = {"filenames: string", "compression_type: string", "buffer_size: int64", "header: bool",
      "field_delim: string", "use_quote_delim: bool", "na_value: string", "select_cols: int64", "record_defaults: output_types"},
      .out = {"handle: variant"}, .attr = {"output_types: list({float, double, int32, int64, string}) >= 1",
      "output_shapes: list(shape) >= 1"}, .shape = shape_csv_dataset, .flags = TFG_OP_STATEFUL },
    { .name = "ExperimentalDirectedInterleaveDataset", .in = {"selector_input_dataset: variant", "data_input_datasets: N * variant"},
      .out = {"handle: variant"}, .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1", "N: int >= 1"}, .shape
      = shape_dataset },
    { .name = "ExperimentalIgnoreErrorsDataset", .in = {"input_dataset: variant"}, .out = {"handle: variant"}, .attr =
      {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "ExperimentalUniqueDataset", .in = {"input_dataset: variant"}, .out = {"handle: variant"}, .attr =
      {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "FilterByLastComponentDataset", .in = {"input_dataset: variant"}, .out = {"output: variant"}, .attr =
      {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "FilterDataset", .in = {"input_dataset: variant", "other_arguments: Targuments"}, .out = {"handle: variant"},
      .attr = {"predicate: func", "Targuments: list(type) >= 0", "output_types: list(type) >= 1",
      "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "FixedLengthRecordDataset", .in = {"filenames: string", "header_bytes: int64", "record_bytes: int64",
      "footer_bytes: int64", "buffer_size: int64"}, .out = {"handle: variant"}, .shape = shape_dataset, .flags = TFG_OP_STATEFUL },
    { .name = "FlatMapDataset", .in = {"input_dataset: variant", "other_arguments: Targuments"}, .out = {"handle: variant"},
      .attr = {"f: func", "Targuments: list(type) >= 0", "output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"},
      .shape = shape_dataset },
    { .name = "GeneratorDataset", .in = {"init_func_other_args: Tinit_func_args", "next_func_other_args: Tnext_func_args",
      "finalize_func_other_args: Tfinalize_func_args"}, .out = {"handle: variant"}, .attr = {"init_func: func", "next_func: func",
      "finalize_func: func", "Tinit_func_args: list(type) >= 0", "Tnext_func_args: list(type) >= 0",
      "Tfinalize_func_args: list(type) >= 0", "output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"},
      .shape = shape_dataset, .flags = TFG_OP_STATEFUL },
    { .name = "GroupByReducerDataset", .in = {"input_dataset: variant", "key_func_other_arguments: Tkey_func_other_arguments",
      "init_func_other_arguments: Tinit_func_other_arguments", "reduce_func_other_arguments: Treduce_func_other_arguments",
      "finalize_func_other_arguments: Tfinalize_func_other_arguments"}, .out = {"handle: variant"}, .attr = {"key_func: func",
      "init_func: func", "reduce_func: func", "finalize_func: func", "Tkey_func_other_arguments: list(type) >= 0",
      "Tinit_func_other_arguments: list(type) >= 0", "Treduce_func_other_arguments: list(type) >= 0",
      "Tfinalize_func_other_arguments: list(type) >= 0", "output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape
      = shape_dataset, .flags = TFG_OP_STATEFUL },
    { .name = "GroupByWindowDataset", .in = {"input_dataset: variant", "key_func_other_arguments: Tkey_func_other_arguments",
      "reduce_func_other_arguments: Treduce_func_other_arguments",
      "window_size_func_other_arguments: Twindow_size_func_other_arguments"}, .out = {"handle: variant"}, .attr = {"key_func: func",
      "reduce_func: func", "window_size_func: func", "Tkey_func_other_arguments: list(type) >= 0",
      "Treduce_func_other_arguments: list(type) >= 0", "Twindow_size_func_other_arguments: list(type) >= 0",
      "output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "InterleaveDataset", .in = {"input_dataset: variant", "other_arguments: Targuments", "cycle_length: int64",
      "block_length: int64"}, .out = {"handle: variant"}, .attr = {"f: func", "Targuments: list(type) >= 0",
      "output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "Iterator", .out = {"handle: resource"}, .attr = {"shared_name: string", "container: string",
      "output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "IteratorFromStringHandle", .in = {"string_handle: string"}, .out = {"resource_handle: resource"},
      .attr = {"output_types: list(type) >= 0 = []", "output_shapes: list(shape) >= 0 = []"}, .shape = shape_dataset,
      .flags = TFG_OP_STATEFUL },
    { .name = "IteratorFromStringHandleV2", .in = {"string_handle: string"}, .out = {"resource_handle: resource"},
      .attr = {"output_types: list(type) >= 0 = []", "output_shapes: list(shape) >= 0 = []"}, .shape = shape_dataset,
      .flags = TFG_OP_STATEFUL },
    { .name = "IteratorGetNext", .in = {"iterator: resource"}, .out = {"components: output_types"},
      .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_components,
      .flags = TFG_OP_STATEFUL },
    { .name = "IteratorGetNextAsOptional", .in = {"iterator: resource"}, .out = {"optional: variant"}, .attr =
      {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "IteratorGetNextSync", .in = {"iterator: resource"}, .out = {"components: output_types"},
      .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_components,
      .flags = TFG_OP_STATEFUL },
    { .name = "IteratorToStringHandle", .in = {"resource_handle: resource"}, .out = {"string_handle: string"},
      .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "IteratorV2", .out = {"handle: resource"}, .attr = {"shared_name: string", "container: string",
      "output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "LatencyStatsDataset", .in = {"input_dataset: variant", "tag: string"}, .out = {"handle: variant"}, .attr =
      {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_tagged },
    { .name = "MakeIterator", .in = {"dataset: variant", "iterator: resource"}, .shape = tfg_shape_none, .flags = TFG_OP_STATEFUL
      },
    { .name = "MapAndBatchDataset", .in = {"input_dataset: variant", "other_arguments: Targuments", "batch_size: int64",
      "num_parallel_batches: int64", "drop_remainder: bool"}, .out = {"handle: variant"}, .attr = {"f: func",
      "Targuments: list(type) >= 0", "output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "MapAndBatchDatasetV2", .in = {"input_dataset: variant", "other_arguments: Targuments", "batch_size: int64",
      "num_parallel_calls: int64", "drop_remainder: bool"}, .out = {"handle: variant"}, .attr = {"f: func",
      "Targuments: list(type) >= 0", "output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "MapDataset", .in = {"input_dataset: variant", "other_arguments: Targuments"}, .out = {"handle: variant"},
      .attr = {"f: func", "Targuments: list(type) >= 0", "output_types: list(type) >= 1", "output_shapes: list(shape) >= 1",
      "use_inter_op_parallelism: bool = true"}, .shape = shape_dataset },
    { .name = "ModelDataset", .in = {"input_dataset: variant"}, .out = {"handle: variant"}, .attr = {"output_types: list(type) >= 1",
      "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "MultiDeviceIterator", .out = {"handle: resource"}, .attr = {"devices: list(string) >= 1", "shared_name: string",
      "container: string", "output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = tfg_shape_scalar, .flags =
      TFG_OP_STATEFUL },
    { .name = "MultiDeviceIteratorFromStringHandle", .in = {"string_handle: string"}, .out = {"multi_device_iterator: resource"}, .attr =
      {"output_types: list(type) >= 0 = []", "output_shapes: list(shape) >= 0 = []"}, .shape = tfg_shape_scalar, .flags =
      TFG_OP_STATEFUL },
    { .name = "MultiDeviceIteratorGetNextFromShard", .in = {"multi_device_iterator: resource", "shard_num: int32", "incarnation_id: int64"},
      .out = {"components: output_types"}, .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape =
      shape_components, .flags = TFG_OP_STATEFUL },
    { .name = "MultiDeviceIteratorInit", .in = {"dataset: variant", "multi_device_iterator: resource", "max_buffer_size: int64"}, .out =
      {"incarnation_id: int64"}, .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "MultiDeviceIteratorToStringHandle", .in = {"multi_device_iterator: resource"}, .out = {"string_handle: string"}, .shape =
      tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "OneShotIterator", .out = {"handle: resource"}, .attr = {"dataset_factory: func", "output_types: list(type) >= 1",
      "output_shapes: list(shape) >= 1", "container: string = ''", "shared_name: string = ''"}, .shape = tfg_shape_scalar,
      .flags = TFG_OP_STATEFUL },
    { .name = "OptimizeDataset", .in = {"input_dataset: variant", "optimizations: string"}, .out = {"handle: variant"}, .attr =
      {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "OptionalFromValue", .in = {"components: Toutput_types"}, .out = {"optional: variant"}, .attr =
      {"Toutput_types: list(type) >= 1"}, .shape = tfg_shape_scalar },
    { .name = "OptionalGetValue", .in = {"optional: variant"}, .out = {"components: output_types"}, .attr =
      {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_components },
    { .name = "OptionalHasValue", .in = {"optional: variant"}, .out = {"has_value: bool"}, .shape = tfg_shape_scalar },
    { .name = "OptionalNone", .out = {"optional: variant"}, .shape = tfg_shape_scalar },
    { .name = "PaddedBatchDataset", .in = {"input_dataset: variant", "batch_size: int64", "padded_shapes: N * int64",
      "padding_values: Toutput_types"}, .out = {"handle: variant"}, .attr = {"Toutput_types: list(type) >= 1",
      "output_shapes: list(shape) >= 1", "N: int >= 1"}, .shape = shape_dataset },
    { .name = "PaddedBatchDatasetV2", .in = {"input_dataset: variant", "batch_size: int64", "padded_shapes: N * int64",
      "padding_values: Toutput_types", "drop_remainder: bool"}, .out = {"handle: variant"}, .attr =
      {"Toutput_types: list(type) >= 1", "output_shapes: list(shape) >= 1", "N: int >= 1"}, .shape = shape_dataset },
    { .name = "ParallelInterleaveDataset", .in = {"input_dataset: variant", "other_arguments: Targuments", "cycle_length: int64",
      "block_length: int64", "sloppy: bool", "buffer_output_elements: int64", "prefetch_input_elements: int64"}, .out =
      {"handle: variant"}, .attr = {"f: func", "Targuments: list(type) >= 0", "output_types: list(type) >= 1",
      "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "ParallelInterleaveDatasetV2", .in = {"input_dataset: variant", "other_arguments: Targuments", "cycle_length: int64",
      "block_length: int64", "num_parallel_calls: int64"}, .out = {"handle: variant"}, .attr = {"f: func",
      "Targuments: list(type) >= 0", "output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "ParallelMapDataset", .in = {"input_dataset: variant", "other_arguments: Targuments", "num_parallel_calls: int32"},
      .out = {"handle: variant"}, .attr = {"f: func", "Targuments: list(type) >= 0", "output_types: list(type) >= 1",
      "output_shapes: list(shape) >= 1", "use_inter_op_parallelism: bool = true"}, .shape = shape_dataset },
    { .name = "ParseExampleDataset", .in = {"input_dataset: variant", "num_parallel_calls: int64", "dense_defaults: Tdense"}, .out =
      {"handle: variant"}, .attr = {"sparse_keys: list(string) >= 0", "dense_keys: list(string) >= 0",
      "sparse_types: list({float, int64, string}) >= 0", "Tdense: list({float, int64, string}) >= 0",
      "dense_shapes: list(shape) >= 0", "output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset
      },
    { .name = "PrefetchDataset", .in = {"input_dataset: variant", "buffer_size: int64"}, .out = {"handle: variant"},
      .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "PrependFromQueueAndPaddedBatchDataset", .in = {"input_dataset: variant", "batch_size: int64", "padded_shapes: N * int64",
      "padding_values: Toutput_types"}, .out = {"handle: variant"}, .attr = {"Toutput_types: list(type) >= 1",
      "output_shapes: list(shape) >= 1", "N: int >= 1"}, .shape = shape_tagged },
    { .name = "RandomDataset", .in = {"seed: int64", "seed2: int64"}, .out = {"handle: variant"}, .attr =
      {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset, .flags = TFG_OP_STATEFUL },
    { .name = "RangeDataset", .in = {"start: int64", "stop: int64", "step: int64"}, .out = {"handle: variant"},
      .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset,
      .flags = TFG_OP_STATEFUL },
    { .name = "ReduceDataset", .in = {"input_dataset: variant", "initial_state: Tstate", "other_arguments: Targuments"}, .out =
      {"components: output_types"}, .attr = {"f: func", "Tstate: list(type) >= 1", "Targuments: list(type) >= 0",
      "output_types: list(type) >= 1", "output_shapes: list(shape) >= 1", "use_inter_op_parallelism: bool = true"}, .shape =
      shape_components },
    { .name = "RepeatDataset", .in = {"input_dataset: variant", "count: int64"}, .out = {"handle: variant"},
      .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "ScanDataset", .in = {"input_dataset: variant", "initial_state: Tstate", "other_arguments: Targuments"}, .out =
      {"handle: variant"}, .attr = {"f: func", "Tstate: list(type) >= 1", "Targuments: list(type) >= 0",
      "output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "SerializeIterator", .in = {"resource_handle: resource"}, .out = {"serialized: variant"}, .shape = tfg_shape_scalar, .flags =
      TFG_OP_STATEFUL },
    { .name = "SetStatsAggregatorDataset", .in = {"input_dataset: variant", "stats_aggregator: resource"}, .out = {"handle: variant"}, .attr =
      {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "ShuffleAndRepeatDataset", .in = {"input_dataset: variant", "buffer_size: int64", "seed: int64", "seed2: int64",
      "count: int64"}, .out = {"handle: variant"}, .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"},
      .shape = shape_dataset },
    { .name = "ShuffleDataset", .in = {"input_dataset: variant", "buffer_size: int64", "seed: int64", "seed2: int64"},
      .out = {"handle: variant"}, .attr = {"reshuffle_each_iteration: bool = true", "output_types: list(type) >= 1",
      "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "SkipDataset", .in = {"input_dataset: variant", "count: int64"}, .out = {"handle: variant"},
      .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "SlideDataset", .in = {"input_dataset: variant", "window_size: int64", "window_shift: int64", "window_stride: int64"},
      .out = {"handle: variant"}, .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape =
      shape_dataset },
    { .name = "SparseTensorSliceDataset", .in = {"indices: int64", "values: Tvalues", "dense_shape: int64"}, .out =
      {"handle: variant"}, .attr = {"Tvalues: type"}, .shape = shape_dataset, .flags = TFG_OP_STATEFUL },
    { .name = "SqlDataset", .in = {"driver_name: string", "data_source_name: string", "query: string"}, .out = {"handle: variant"}, .attr =
      {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset, .flags = TFG_OP_STATEFUL },
    { .name = "StatsAggregatorHandle", .out = {"handle: resource"}, .attr = {"container: string = ''", "shared_name: string = ''"}, .shape =
      tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "StatsAggregatorSummary", .in = {"iterator: resource"}, .out = {"summary: string"}, .shape = tfg_shape_scalar, .flags =
      TFG_OP_STATEFUL },
    { .name = "TFRecordDataset", .in = {"filenames: string", "compression_type: string", "buffer_size: int64"}, .out =
      {"handle: variant"}, .shape = shape_dataset, .flags = TFG_OP_STATEFUL },
    { .name = "TakeDataset", .in = {"input_dataset: variant", "count: int64"}, .out = {"handle: variant"},
      .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "TensorDataset", .in = {"components: Toutput_types"}, .out = {"handle: variant"},
      .attr = {"Toutput_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset,
      .flags = TFG_OP_STATEFUL },
    { .name = "TensorSliceDataset", .in = {"components: Toutput_types"}, .out = {"handle: variant"},
      .attr = {"Toutput_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset,
      .flags = TFG_OP_STATEFUL },
    { .name = "TextLineDataset", .in = {"filenames: string", "compression_type: string", "buffer_size: int64"}, .out =
      {"handle: variant"}, .shape = shape_dataset, .flags = TFG_OP_STATEFUL },
    { .name = "UnbatchDataset", .in = {"input_dataset: variant"}, .out = {"handle: variant"}, .attr =
      {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "WindowDataset", .in = {"input_dataset: variant", "size: int64", "shift: int64", "stride: int64",
      "drop_remainder: bool"}, .out = {"handle: variant"}, .attr = {"output_types: list(type) >= 1",
      "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "ZipDataset", .in = {"input_datasets: N * variant"}, .out = {"handle: variant"},
      .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1", "N: int >= 1"}, .shape = shape_dataset },
};
const int tfg_n_ops_dataset = sizeof tfg_ops_dataset / sizeof *tfg_ops_dataset;
