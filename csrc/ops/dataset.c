/* Datasets and iterators: signatures and shapes. */
#include "ops/common.h"

/* A dataset is a scalar; so are the arguments that say how it is made, by their names. */
static int shape_dataset(TfgShapeCall *c, TfgStatus *s)
{
    static const char *const vectors[] = {"filenames", "components", "input_datasets", "other_arguments", "padded_shapes", "padding_values",
        "row_shape", "indices", "values", "dense_shape", "initial_state", "optimizations", "init_func_other_args", "next_func_other_args",
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
    { .name = "ConcatenateDataset", .in = {"input_dataset: variant", "another_dataset: variant"}, .out = {"handle: variant"},
      .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "FilterDataset", .in = {"input_dataset: variant", "other_arguments: Targuments"}, .out = {"handle: variant"},
      .attr = {"predicate: func", "Targuments: list(type) >= 0", "output_types: list(type) >= 1",
      "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "FlatMapDataset", .in = {"input_dataset: variant", "other_arguments: Targuments"}, .out = {"handle: variant"},
      .attr = {"f: func", "Targuments: list(type) >= 0", "output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"},
      .shape = shape_dataset },
    { .name = "GeneratorDataset", .in = {"init_func_other_args: Tinit_func_args", "next_func_other_args: Tnext_func_args",
      "finalize_func_other_args: Tfinalize_func_args"}, .out = {"handle: variant"}, .attr = {"init_func: func", "next_func: func",
      "finalize_func: func", "Tinit_func_args: list(type) >= 0", "Tnext_func_args: list(type) >= 0",
      "Tfinalize_func_args: list(type) >= 0", "output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"},
      .shape = shape_dataset, .flags = TFG_OP_STATEFUL },
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
    { .name = "IteratorGetNextSync", .in = {"iterator: resource"}, .out = {"components: output_types"},
      .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_components,
      .flags = TFG_OP_STATEFUL },
    { .name = "IteratorToStringHandle", .in = {"resource_handle: resource"}, .out = {"string_handle: string"},
      .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "IteratorV2", .out = {"handle: resource"}, .attr = {"shared_name: string", "container: string",
      "output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "MakeIterator", .in = {"dataset: variant", "iterator: resource"}, .shape = tfg_shape_none, .flags = TFG_OP_STATEFUL
      },
    { .name = "MapDataset", .in = {"input_dataset: variant", "other_arguments: Targuments"}, .out = {"handle: variant"},
      .attr = {"f: func", "Targuments: list(type) >= 0", "output_types: list(type) >= 1", "output_shapes: list(shape) >= 1",
      "use_inter_op_parallelism: bool = true"}, .shape = shape_dataset },
    { .name = "OneShotIterator", .out = {"handle: resource"}, .attr = {"dataset_factory: func", "output_types: list(type) >= 1",
      "output_shapes: list(shape) >= 1", "container: string = ''", "shared_name: string = ''"}, .shape = tfg_shape_scalar,
      .flags = TFG_OP_STATEFUL },
    { .name = "ParallelMapDataset", .in = {"input_dataset: variant", "other_arguments: Targuments", "num_parallel_calls: int32"},
      .out = {"handle: variant"}, .attr = {"f: func", "Targuments: list(type) >= 0", "output_types: list(type) >= 1",
      "output_shapes: list(shape) >= 1", "use_inter_op_parallelism: bool = true"}, .shape = shape_dataset },
    { .name = "PrefetchDataset", .in = {"input_dataset: variant", "buffer_size: int64"}, .out = {"handle: variant"},
      .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "RangeDataset", .in = {"start: int64", "stop: int64", "step: int64"}, .out = {"handle: variant"},
      .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset,
      .flags = TFG_OP_STATEFUL },
    { .name = "RepeatDataset", .in = {"input_dataset: variant", "count: int64"}, .out = {"handle: variant"},
      .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "ShuffleAndRepeatDataset", .in = {"input_dataset: variant", "buffer_size: int64", "seed: int64", "seed2: int64",
      "count: int64"}, .out = {"handle: variant"}, .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"},
      .shape = shape_dataset },
    { .name = "ShuffleDataset", .in = {"input_dataset: variant", "buffer_size: int64", "seed: int64", "seed2: int64"},
      .out = {"handle: variant"}, .attr = {"reshuffle_each_iteration: bool = true", "output_types: list(type) >= 1",
      "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "SkipDataset", .in = {"input_dataset: variant", "count: int64"}, .out = {"handle: variant"},
      .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "TakeDataset", .in = {"input_dataset: variant", "count: int64"}, .out = {"handle: variant"},
      .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset },
    { .name = "TensorDataset", .in = {"components: Toutput_types"}, .out = {"handle: variant"},
      .attr = {"Toutput_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset,
      .flags = TFG_OP_STATEFUL },
    { .name = "TensorSliceDataset", .in = {"components: Toutput_types"}, .out = {"handle: variant"},
      .attr = {"Toutput_types: list(type) >= 1", "output_shapes: list(shape) >= 1"}, .shape = shape_dataset,
      .flags = TFG_OP_STATEFUL },
    { .name = "ZipDataset", .in = {"input_datasets: N * variant"}, .out = {"handle: variant"},
      .attr = {"output_types: list(type) >= 1", "output_shapes: list(shape) >= 1", "N: int >= 1"}, .shape = shape_dataset },
};
const int tfg_n_ops_dataset = sizeof tfg_ops_dataset / sizeof *tfg_ops_dataset;
