/* Fuzz targets: sound files, old checkpoints, compressed streams, functions, summaries, configurations and the small languages of
 * device names and slices, over any bytes.  libfuzzer.sh makes programs of them. */
#ifndef TFG_FUZZ_FILES_H
#define TFG_FUZZ_FILES_H

#include <unistd.h>

#include "../fuzz/fuzz_bundle.h"
#include "../fuzz/fuzz_messages.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/status.h"
#include "io/checkpoint_v1.h"
#include "io/events.h"
#include "io/function_body.h"
#include "io/slice_key.h"
#include "io/stream.h"
#include "io/wav.h"
#include "runtime/config.h"
#include "tensor/tensor_slice.h"

FUZZ_TARGET int fuzz_wav(const uint8_t *data, size_t n)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgWav wav;
    int rc = tfg_wav_read(data, n, &wav, &s);
    fuzz_check_status(rc, &s);
    if (rc < 0)
        return 0;
    FUZZ_REQUIRE(wav.channels > 0 && wav.samples >= 0 && wav.samples <= (int64_t)n / 2 / wav.channels);
    float sum = 0;
    for (int64_t i = 0; i < wav.samples * wav.channels; i++)
        sum += tfg_wav_sample(&wav, i);
    FUZZ_REQUIRE(sum == sum);
    return 0;
}

/* The first byte chooses zlib or gzip; a stream gives what it has before it fails. */
FUZZ_TARGET int fuzz_zlib(const uint8_t *data, size_t n)
{
    TfgStatus s = TFG_STATUS_INIT;
    if (n == 0)
        return 0;
    TfgZlibOptions options = tfg_zlib_usual(data[0] & 1 ? TFG_GZIP_WINDOW : TFG_ZLIB_WINDOW);
    TfgSource *in = tfg_memory_source_new(data + 1, n - 1, &s);
    in = in ? tfg_zlib_source_new_steal(in, &options, &s) : NULL;
    FUZZ_REQUIRE(in);
    uint8_t to[777];
    size_t got = 1;
    int rc = 0;
    for (size_t total = 0; rc == 0 && got && total < (1 << 20); total += got) {
        rc = tfg_source_read(in, to, sizeof to, &got, &s);
        FUZZ_REQUIRE(got <= sizeof to);
    }
    fuzz_check_status(rc, &s);
    tfg_source_free(in);
    return 0;
}

/* The bytes are the two records of an old checkpoint: what it holds, and one slice; the first byte says where the one ends. */
FUZZ_TARGET int fuzz_old_checkpoint(const uint8_t *data, size_t n)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgStr file = TFG_STR_INIT, key = TFG_STR_INIT;
    char path[64];
    if (n == 0)
        return 0;
    size_t cut = (n - 1) * data[0] / 256;
    TfgTensorSlice slice = {.rank = 1, .start = {0}, .length = {2}};
    tfg_slice_key("t", 1, &slice, &key);
    TfgDraft *draft = tfg_draft_memory(&file, &s);
    TfgTableWriter *w = draft ? tfg_table_writer_new(draft, &s) : NULL;
    FUZZ_REQUIRE(w && tfg_table_add(w, "", 0, data + 1, cut, &s) == 0);
    FUZZ_REQUIRE(tfg_table_add(w, key.data, key.n, data + 1 + cut, n - 1 - cut, &s) == 0 && tfg_table_finish(w, &s) == 0);
    tfg_table_writer_free(w);
    tfg_draft_close(draft);
    snprintf(path, sizeof path, "/dev/shm/fuzz_old_checkpoint_%d", (int)getpid());
    FILE *f = fopen(path, "wb");
    FUZZ_REQUIRE(f && fwrite(file.data, 1, file.n, f) == file.n && fclose(f) == 0);
    TfgOldCheckpoint *c = tfg_old_checkpoint_open(path, &s);
    fuzz_check_status(c ? 0 : -1, &s);
    for (size_t i = 0; c && i < tfg_old_checkpoint_count(c); i++) {
        const TfgOldTensor *t = tfg_old_checkpoint_at(c, i);
        TfgTensor *out = NULL;
        TfgTensorSlice all;
        FUZZ_REQUIRE(tfg_old_checkpoint_find(c, t->name, t->n));
        int rc = tfg_old_checkpoint_read(c, t, &slice, &out, &s);
        fuzz_check_status(rc, &s);
        tfg_tensor_unref(out);
        out = NULL;
        tfg_tensor_slice_set_full(&all, t->shape.rank);
        rc = tfg_old_checkpoint_read(c, t, &all, &out, &s);
        fuzz_check_status(rc, &s);
        tfg_tensor_unref(out);
    }
    tfg_old_checkpoint_close(c);
    unlink(path);
    tfg_str_fini(&file);
    tfg_str_fini(&key);
    return 0;
}

/* A GraphDef; the body of each of its functions is made. */
FUZZ_TARGET int fuzz_function(const uint8_t *data, size_t n)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    TfgImportOptions options = {.prefix = ""};
    FUZZ_REQUIRE(g);
    tfg_graph_lock(g);
    int rc = tfg_graph_def_import(g, data, n, &options, NULL, NULL, NULL, &s), count = tfg_graph_n_functions(g);
    tfg_graph_unlock(g);
    fuzz_check_status(rc, &s);
    for (int i = 0; i < count; i++) {
        const char *name = tfg_graph_function_name(g, i);
        tfg_function_op_def(g, name, &s);
        tfg_status_fini(&s);
        TfgFunctionBody *b = tfg_function_body_new(g, name, NULL, &s);
        fuzz_check_status(b ? 0 : -1, &s);
        if (b)
            FUZZ_REQUIRE(b->graph && b->n_args >= 0 && b->n_rets >= 0);
        tfg_function_body_free(b);
    }
    tfg_graph_unref(g);
    return 0;
}

/* Twice, because metadata are kept for the first value of a tag only. */
FUZZ_TARGET int fuzz_summary(const uint8_t *data, size_t n)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgEvents *e = tfg_events_new("/nowhere/at/all", &s);
    FUZZ_REQUIRE(e);
    int64_t before = 0;
    for (int i = 0; i < 2; i++) {
        int64_t pending = tfg_events_add_summary(e, data, n, 1.5, i, &s);
        FUZZ_REQUIRE(pending < 0 || (pending > before && pending - before <= (int64_t)n + 64));
        before = pending;
        fuzz_check_status(pending < 0 ? -1 : 0, &s);
    }
    tfg_events_free(e);
    return 0;
}

FUZZ_TARGET int fuzz_config(const uint8_t *data, size_t n)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgSessionOptions options = {0};
    TfgRunOptions run = {0};
    int rc = tfg_config_read(data, n, &options, &s);
    fuzz_check_status(rc, &s);
    rc = tfg_run_options_read(data, n, &run, &s);
    fuzz_check_status(rc, &s);
    return 0;
}

/* "8 2 0,3:-", TensorSliceProto and "/job:a/device:GPU:0": what reads is written to what reads the same. */
FUZZ_TARGET int fuzz_words(const uint8_t *data, size_t n)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgStr text = TFG_STR_INIT, again = TFG_STR_INIT;
    TfgShape whole, part;
    TfgTensorSlice slice, other;
    TfgDeviceSpec device, back;
    TfgWire w;
    int rc = tfg_shape_and_slice_parse((const char *)data, n, &whole, &slice, &part, &s);
    fuzz_check_status(rc, &s);
    if (rc == 0)
        FUZZ_REQUIRE(slice.rank == whole.rank && part.rank == whole.rank);
    tfg_wire_init(&w, data, n);
    rc = tfg_tensor_slice_read(w, &slice, &s);
    fuzz_check_status(rc, &s);
    if (rc == 0) {
        tfg_tensor_slice_write(&slice, &text);
        tfg_wire_init(&w, text.data, text.n);
        FUZZ_REQUIRE(tfg_tensor_slice_read(w, &other, &s) == 0 && other.rank == slice.rank);
        for (int i = 0; i < slice.rank; i++)
            FUZZ_REQUIRE(other.start[i] == slice.start[i] && other.length[i] == slice.length[i]);
        tfg_str_clear(&text);
    }
    tfg_str_append(&text, data, n);
    char *name = strdup(tfg_str_text(&text));
    tfg_dtype_parse(name, strlen(name));
    tfg_str_clear(&text);
    rc = tfg_device_parse(name, &device, &s);
    fuzz_check_status(rc, &s);
    if (rc == 0) {
        tfg_device_format(&device, &text);
        FUZZ_REQUIRE(tfg_device_parse(tfg_str_text(&text), &back, &s) == 0);
        tfg_device_format(&back, &again);
        FUZZ_REQUIRE(strcmp(tfg_str_text(&text), tfg_str_text(&again)) == 0);
    }
    free(name);
    tfg_str_fini(&text);
    tfg_str_fini(&again);
    return 0;
}

#endif
