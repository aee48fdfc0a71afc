#include "runtime/config.h"

#include <string.h>

#include "base/status.h"
#include "io/wire.h"

/* map<string, int32> device_count: an entry is {key = 1, value = 2}. */
static int read_device_count(const TfgWire *outer, const TfgField *field, TfgSessionOptions *options, TfgStatus *s)
{
    TfgWire w;
    TfgField f;
    bool is_cpu = false;
    int64_t count = 0;
    int more;
    if (tfg_wire_enter(outer, field, &w, s) < 0)
        return -1;
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if (f.number == 1 && f.type == TFG_WIRE_BYTES)
            is_cpu = f.n == 3 && memcmp(f.data, "CPU", 3) == 0;
        else if (f.number == 2 && f.type == TFG_WIRE_VARINT)
            count = (int64_t)f.value;
    if (more == 0 && is_cpu && count > 0 && count < 4096)
        options->n_cpu_devices = (int)count;
    return more;
}

/* GraphOptions.optimizer_options.opt_level: L1 = 0, L0 = -1. */
static int read_optimizer_options(const TfgWire *outer, const TfgField *field, TfgSessionOptions *options, TfgStatus *s)
{
    TfgWire w;
    TfgField f;
    int more;
    if (tfg_wire_enter(outer, field, &w, s) < 0)
        return -1;
    while ((more = tfg_wire_next(&w, &f, s)) > 0)
        if (f.number == 3 && f.type == TFG_WIRE_VARINT)
            options->optimizer_level = (int)(int64_t)f.value;
    return more;
}

static int read_graph_options(const TfgWire *outer, const TfgField *field, TfgSessionOptions *options, TfgStatus *s)
{
    TfgWire w;
    TfgField f;
    int more;
    if (tfg_wire_enter(outer, field, &w, s) < 0)
        return -1;
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        if (f.number == 3 && f.type == TFG_WIRE_BYTES && read_optimizer_options(&w, &f, options, s) < 0)
            return -1;
        if (f.number == 6 && f.type == TFG_WIRE_VARINT)
            options->place_pruned = f.value != 0;
        if (f.number == 4 && f.type == TFG_WIRE_VARINT)
            options->build_cost_model = (int64_t)f.value;
        if (f.number == 9 && f.type == TFG_WIRE_VARINT)
            options->build_cost_model_after = (int64_t)f.value;
    }
    return more;
}

/* session_intra_op_thread_pool and the like are left to the one pool. */
int tfg_config_read(const void *data, size_t n, TfgSessionOptions *options, TfgStatus *s)
{
    TfgWire w;
    TfgField f;
    int more;
    tfg_wire_init(&w, data, n);
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        if (f.number == 1 && f.type == TFG_WIRE_BYTES) {
            if (read_device_count(&w, &f, options, s) < 0)
                return -1;
        } else if (f.number == 10 && f.type == TFG_WIRE_BYTES) {
            if (read_graph_options(&w, &f, options, s) < 0)
                return -1;
        } else if (f.type == TFG_WIRE_VARINT) {
            int64_t value = (int64_t)f.value;
            switch (f.number) {
            case 2: options->intra_op_threads = (int)(value < 0 ? 0 : value > 1024 ? 1024 : value); break;
            case 5: options->inter_op_threads = (int)(value < 0 ? 0 : value > 1024 ? 1024 : value); break;
            case 7: options->allow_soft_placement = value != 0; break;
            case 8: options->log_device_placement = value != 0; break;
            case 11: options->operation_timeout_ms = value; break;
            default: break;
            }
        }
    }
    return more;
}

int tfg_run_options_read(const void *data, size_t n, TfgRunOptions *options, TfgStatus *s)
{
    TfgWire w;
    TfgField f;
    int more;
    tfg_wire_init(&w, data, n);
    while ((more = tfg_wire_next(&w, &f, s)) > 0) {
        if (f.type != TFG_WIRE_VARINT)
            continue;
        switch (f.number) {
        case 1: options->trace_level = (int)f.value; break;
        case 2: options->timeout_ms = (int64_t)f.value; break;
        case 5: options->output_partition_graphs = f.value != 0; break;
        default: break;
        }
    }
    return more;
}
