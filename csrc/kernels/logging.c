/* Summaries as values. */
#include <time.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/status.h"
#include "io/summary.h"
#include "kernels/isa.h"
#include "kernels/util.h"

static TfgBytes text_at(const TfgTensor *t, int64_t i)
{
    const TfgString *e = (const TfgString *)t->data + i;
    return (TfgBytes){e->data, e->n};
}

/* The serialised summary as output 0; frees it. */
static int give_fini(TfgKernelCall *c, TfgStr *summary, int rc, TfgStatus *s)
{
    if (rc == 0 && summary->failed)
        rc = tfg_fail_memory(s);
    TfgTensor *out = rc == 0 ? tfg_kernel_output(c, 0, 0, NULL, s) : NULL;
    if (rc == 0)
        rc = !out ? -1 : tfg_string_set(out->data, tfg_str_text(summary), summary->n) < 0 ? tfg_fail_memory(s) : 0;
    tfg_str_fini(summary);
    return rc;
}

static int run_scalar(TfgKernelCall *c, TfgStatus *s)
{
    const TfgTensor *tags = c->in[0], *values = c->in[1];
    TfgShapeText x, y;
    TfgStr out = TFG_STR_INIT;
    if (!tfg_tensor_same_shape(tags, values)) {
        TfgBytes tag = tags->count == 1 ? text_at(tags, 0) : (TfgBytes){NULL, 0};
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "tags and values not the same shape: %s != %s%s%.*s%s", tfg_shape_text(tags, &x),
                        tfg_shape_text(values, &y), tags->count == 1 ? " (tag '" : "", (int)tag.n, tag.n ? tag.data : "", tags->count == 1 ? "')" : "");
    }
    for (int64_t i = 0; i < values->count; i++)
        tfg_summary_put_scalar(&out, text_at(tags, i), values->dtype == TFG_INT64 ? (float)*(const int64_t *)(const void *)tfg_at(values, i)
                                                                                  : (float)tfg_tensor_double(values, i));
    return give_fini(c, &out, 0, s);
}

static int run_histogram(TfgKernelCall *c, TfgStatus *s)
{
    TfgStr out = TFG_STR_INIT;
    if (!tfg_is_scalar(c->in[0]))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "tags must be scalar");
    return give_fini(c, &out, tfg_summary_put_histogram(&out, text_at(c->in[0], 0), c->in[1], c->name, s), s);
}

static int run_image(TfgKernelCall *c, TfgStatus *s)
{
    TfgStr out = TFG_STR_INIT;
    const TfgAttr *bad = tfg_attrs_find(c->attrs, "bad_color");
    TfgShapeText text;
    if (!tfg_is_scalar(c->in[0]))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Tags must be a scalar");
    if (!bad || bad->tensor->dtype != TFG_UINT8)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "bad_color must be uint8, got %s", bad ? tfg_dtype_signature_name(bad->tensor->dtype) : "nothing");
    if (bad->tensor->rank != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "bad_color must be a vector, got shape %s", tfg_shape_text(bad->tensor, &text));
    return give_fini(c, &out, tfg_summary_put_images(&out, text_at(c->in[0], 0), c->in[1], tfg_attrs_int(c->attrs, "max_images"), bad->tensor, s), s);
}

static int run_audio(TfgKernelCall *c, TfgStatus *s)
{
    TfgStr out = TFG_STR_INIT;
    if (!tfg_is_scalar(c->in[0]))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Tag must be a scalar");
    if (c->n_in == 3 && c->in[2]->count != 1)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "sample_rate must be a scalar");
    float rate = c->n_in == 3 ? *(const float *)c->in[2]->data : tfg_attrs_float(c->attrs, "sample_rate");
    return give_fini(c, &out, tfg_summary_put_audio(&out, text_at(c->in[0], 0), c->in[1], rate, tfg_attrs_int(c->attrs, "max_outputs"), s), s);
}

static int run_tensor(TfgKernelCall *c, TfgStatus *s)
{
    TfgStr out = TFG_STR_INIT;
    TfgBytes none = {NULL, 0}, node = {c->name, strlen(c->name)};
    return give_fini(c, &out, tfg_summary_put_tensor(&out, none, node, c->in[0], none, false, s), s);
}

static int run_tensor_v2(TfgKernelCall *c, TfgStatus *s)
{
    TfgStr out = TFG_STR_INIT;
    TfgBytes none = {NULL, 0};
    if (!tfg_is_scalar(c->in[0]))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "tag must be scalar");
    if (!tfg_is_scalar(c->in[2]))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "serialized_summary_metadata must be scalar");
    TfgBytes metadata = text_at(c->in[2], 0);
    if (!metadata.n)
        metadata.data = "";
    return give_fini(c, &out, tfg_summary_put_tensor(&out, text_at(c->in[0], 0), none, c->in[1], metadata, false, s), s);
}

/* ---- Merging: messages that follow each other are one message ---- */

static int check_value(const TfgWire *summary, const TfgField *value, TfgMap *tags, TfgStatus *s)
{
    TfgWire w;
    TfgField f, tag = {0};
    TfgStatus bad = TFG_STATUS_INIT;
    int more = tfg_wire_enter(summary, value, &w, &bad);
    while (more >= 0 && (more = tfg_wire_next(&w, &f, &bad)) > 0)
        if (tfg_field_is(&f, 1, TFG_WIRE_BYTES))
            tag = f;
    tfg_status_fini(&bad);
    if (more < 0)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Could not parse one of the summary inputs");
    if (tag.n && tfg_map_has(tags, (const char *)tag.data, tag.n))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Duplicate tag %.*s found in summary inputs", (int)tag.n, (const char *)tag.data);
    return tag.n && tfg_map_put(tags, (const char *)tag.data, tag.n, tags) < 0 ? tfg_fail_memory(s) : 0;
}

static int add_summary(TfgStr *out, TfgBytes data, TfgMap *tags, TfgStatus *s)
{
    TfgWire w;
    TfgField f;
    TfgStatus bad = TFG_STATUS_INIT;
    int more, rc = 0;
    tfg_wire_init(&w, data.data, data.n);
    while (rc == 0 && (more = tfg_wire_next(&w, &f, &bad)) != 0) {
        if (more < 0)
            rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Could not parse one of the summary inputs");
        else if (tfg_field_is(&f, 1, TFG_WIRE_BYTES))
            rc = check_value(&w, &f, tags, s);
    }
    tfg_status_fini(&bad);
    tfg_str_append(out, data.data ? data.data : "", data.n);
    return rc;
}

static int run_merge(TfgKernelCall *c, TfgStatus *s)
{
    TfgStr out = TFG_STR_INIT;
    TfgMap tags = {0};
    int rc = 0;
    for (int j = 0; j < c->n_in; j++)
        for (int64_t i = 0; i < c->in[j]->count && rc == 0; i++)
            rc = add_summary(&out, text_at(c->in[j], i), &tags, s);
    tfg_map_fini(&tags);
    return give_fini(c, &out, rc, s);
}

static int run_timestamp(TfgKernelCall *c, TfgStatus *s)
{
    struct timespec now;
    TfgTensor *out = tfg_kernel_output(c, 0, 0, NULL, s);
    if (!out)
        return -1;
    clock_gettime(CLOCK_REALTIME, &now);
    *(double *)out->data = (double)now.tv_sec + (double)(now.tv_nsec / 1000) * 1e-6;
    return 0;
}

#define SUMMARY(op_, run_) {.op = op_, .run = run_}
#define SUMMABLE (TFG_TYPES_NUMBERS | TFG_B(BOOL) | TFG_B(STRING) | TFG_B(RESOURCE) | TFG_B(VARIANT))
static const TfgKernelRow rows[] = {
    SUMMARY("AudioSummary", run_audio), SUMMARY("AudioSummaryV2", run_audio),
    {.op = "HistogramSummary", .types = {{"T", TFG_TYPES_REAL}}, .run = run_histogram},
    SUMMARY("ImageSummary", run_image), SUMMARY("MergeSummary", run_merge),
    {.op = "ScalarSummary", .types = {{"T", TFG_TYPES_REAL}}, .run = run_scalar},
    {.op = "TensorSummary", .types = {{"T", SUMMABLE}}, .run = run_tensor},
    {.op = "TensorSummaryV2", .types = {{"T", SUMMABLE}}, .run = run_tensor_v2},
    SUMMARY("Timestamp", run_timestamp),
};

int tfg_register_kernels_logging(TfgStatus *s);
int tfg_register_kernels_logging(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s);
}
