/* Readers: signatures and shapes. */
#include "ops/common.h"

/* The handle of a reader by reference is two strings: container and name. */
static int shape_reader_handle_ref(TfgShapeCall *c, TfgStatus *s)
{
    (void)s;
    tfg_shape_set(&c->out[0], 1, (int64_t[]){2});
    return 0;
}

static int want_old_handle(TfgShapeCall *c, int i, TfgStatus *s)
{
    TfgShape handle;
    return tfg_want_rank(&c->in[i], 1, &handle, s) < 0 ? -1 : tfg_want_dim(handle.dims[0], 2, s);
}

/* All inputs are handles, all outputs scalars. */
static int shape_old_handles(TfgShapeCall *c, TfgStatus *s)
{
    for (int i = 0; i < c->n_in; i++)
        if (want_old_handle(c, i, s) < 0)
            return -1;
    return tfg_shape_scalar(c, s);
}

static int shape_up_to(TfgShapeCall *c, TfgStatus *s)
{
    for (int i = 0; i < 2 && c->in_dtype[i] != TFG_RESOURCE; i++)
        if (tfg_want_rank(&c->in[i], 1, NULL, s) < 0)
            return -1;
    if (tfg_want_scalar(c, 2, s) < 0)
        return -1;
    tfg_shape_set_rank(&c->out[0], 1);
    tfg_shape_set_rank(&c->out[1], 1);
    return 0;
}

static int shape_restore_state(TfgShapeCall *c, TfgStatus *s)
{
    if (c->in_dtype[0] != TFG_RESOURCE && want_old_handle(c, 0, s) < 0)
        return -1;
    return tfg_want_scalar(c, 1, s);
}

const TfgOpRow tfg_ops_reader[] = {
    { .name = "FixedLengthRecordReader", .out = {"reader_handle: Ref(string)"}, .attr = {"header_bytes: int = 0",
      "record_bytes: int", "footer_bytes: int = 0", "hop_bytes: int = 0", "container: string = ''", "shared_name: string = ''"},
      .shape = shape_reader_handle_ref, .flags = TFG_OP_STATEFUL,
      .deprecated_since = 26, .deprecation = "Use FixedLengthRecordReaderV2" },
    { .name = "FixedLengthRecordReaderV2", .out = {"reader_handle: resource"}, .attr = {"header_bytes: int = 0",
      "record_bytes: int", "footer_bytes: int = 0", "hop_bytes: int = 0", "container: string = ''", "shared_name: string = ''",
      "encoding: string = ''"}, .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "IdentityReader", .out = {"reader_handle: Ref(string)"}, .attr = {"container: string = ''",
      "shared_name: string = ''"}, .shape = shape_reader_handle_ref, .flags = TFG_OP_STATEFUL,
      .deprecated_since = 26, .deprecation = "Use IdentityReaderV2" },
    { .name = "IdentityReaderV2", .out = {"reader_handle: resource"}, .attr = {"container: string = ''",
      "shared_name: string = ''"}, .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "ReaderNumRecordsProduced", .in = {"reader_handle: Ref(string)"}, .out = {"records_produced: int64"},
      .shape = shape_old_handles },
    { .name = "ReaderNumRecordsProducedV2", .in = {"reader_handle: resource"}, .out = {"records_produced: int64"},
      .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "ReaderNumWorkUnitsCompleted", .in = {"reader_handle: Ref(string)"}, .out = {"units_completed: int64"},
      .shape = shape_old_handles },
    { .name = "ReaderNumWorkUnitsCompletedV2", .in = {"reader_handle: resource"}, .out = {"units_completed: int64"},
      .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "ReaderRead", .in = {"reader_handle: Ref(string)", "queue_handle: Ref(string)"}, .out = {"key: string",
      "value: string"}, .shape = shape_old_handles },
    { .name = "ReaderReadV2", .in = {"reader_handle: resource", "queue_handle: resource"}, .out = {"key: string", "value: string"},
      .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "ReaderReadUpTo", .in = {"reader_handle: Ref(string)", "queue_handle: Ref(string)", "num_records: int64"}, .out =
      {"keys: string", "values: string"}, .shape = shape_up_to },
    { .name = "ReaderReadUpToV2", .in = {"reader_handle: resource", "queue_handle: resource", "num_records: int64"}, .out =
      {"keys: string", "values: string"}, .shape = shape_up_to, .flags = TFG_OP_STATEFUL },
    { .name = "ReaderReset", .in = {"reader_handle: Ref(string)"}, .shape = shape_old_handles },
    { .name = "ReaderResetV2", .in = {"reader_handle: resource"}, .shape = tfg_shape_none, .flags = TFG_OP_STATEFUL },
    { .name = "ReaderRestoreState", .in = {"reader_handle: Ref(string)", "state: string"}, .shape = shape_restore_state },
    { .name = "ReaderRestoreStateV2", .in = {"reader_handle: resource", "state: string"}, .shape = shape_restore_state, .flags =
      TFG_OP_STATEFUL },
    { .name = "ReaderSerializeState", .in = {"reader_handle: Ref(string)"}, .out = {"state: string"}, .shape = shape_old_handles },
    { .name = "ReaderSerializeStateV2", .in = {"reader_handle: resource"}, .out = {"state: string"}, .shape = tfg_shape_scalar,
      .flags = TFG_OP_STATEFUL },
    { .name = "TFRecordReader", .out = {"reader_handle: Ref(string)"}, .attr = {"container: string = ''",
      "shared_name: string = ''", "compression_type: string = ''"}, .shape = shape_reader_handle_ref, .flags = TFG_OP_STATEFUL,
      .deprecated_since = 26, .deprecation = "Use TFRecordReaderV2" },
    { .name = "TFRecordReaderV2", .out = {"reader_handle: resource"}, .attr = {"container: string = ''", "shared_name: string = ''",
      "compression_type: string = ''"}, .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "TextLineReader", .out = {"reader_handle: Ref(string)"}, .attr = {"skip_header_lines: int = 0",
      "container: string = ''", "shared_name: string = ''"}, .shape = shape_reader_handle_ref, .flags = TFG_OP_STATEFUL,
      .deprecated_since = 26, .deprecation = "Use TextLineReaderV2" },
    { .name = "TextLineReaderV2", .out = {"reader_handle: resource"}, .attr = {"skip_header_lines: int = 0",
      "container: string = ''", "shared_name: string = ''"}, .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "WholeFileReader", .out = {"reader_handle: Ref(string)"}, .attr = {"container: string = ''",
      "shared_name: string = ''"}, .shape = shape_reader_handle_ref, .flags = TFG_OP_STATEFUL,
      .deprecated_since = 26, .deprecation = "Use WholeFileReaderV2" },
    { .name = "WholeFileReaderV2", .out = {"reader_handle: resource"}, .attr = {"container: string = ''",
      "shared_name: string = ''"}, .shape = tfg_shape_scalar, .flags = TFG_OP_STATEFUL },
    { .name = "RecordInput", .out = {"records: string"}, .attr = {"file_pattern: string", "file_random_seed: int = 301",
      "file_shuffle_shift_ratio: float = 0", "file_buffer_size: int = 10000", "file_parallelism: int = 16", "batch_size: int = 32",
      "compression_type: string = ''"}, .shape = tfg_shape_unknown, .flags = TFG_OP_STATEFUL },
};
const int tfg_n_ops_reader = sizeof tfg_ops_reader / sizeof *tfg_ops_reader;
