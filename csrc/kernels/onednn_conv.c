#include "kernels/onednn_conv.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "kernels/onednn.h"

/* Of both versions' C API, by number: enumerators that they share. */
enum { F32 = 3, TAG_ANY = 1, ENGINE_CPU = 1, STREAM_DEFAULT = 1, SCRATCHPAD_USER = 1, CONV_DIRECT = 1 };
enum { FORWARD_TRAINING = 64 };
enum { QUERY_IMPL_NAME = 8, QUERY_WEIGHTS = 131, QUERY_DIFF_WEIGHTS = 132, QUERY_SCRATCHPAD = 136 };
enum { ARG_SRC = 1, ARG_DST = 17, ARG_WEIGHTS = 33, ARG_SCRATCHPAD = 80, ARG_DIFF_SRC = 129, ARG_DIFF_DST = 145, ARG_DIFF_WEIGHTS = 161 };

typedef int Code;               /* 0: success */
typedef int64_t Dims[12];
typedef struct Arg { int arg; void *memory; } Arg;

/* A memory descriptor: in version 2 a struct of 696 bytes that the caller has, in version 3 a pointer. */
#define DESC_BYTES 2048
#define OP_DESC_BYTES 16384

static struct {
    pthread_once_t once;
    bool ready, v3;
    void *engine, *attr;
    Code (*engine_create)(void **, int, size_t), (*stream_create)(void **, void *, unsigned), (*stream_destroy)(void *), (*stream_wait)(void *);
    Code (*attr_create)(void **), (*attr_scratchpad)(void *, int);
    Code (*md_strides_2)(void *, int, const int64_t *, int, const int64_t *), (*md_tag_2)(void *, int, const int64_t *, int, int);
    Code (*md_strides_3)(void **, int, const int64_t *, int, const int64_t *), (*md_tag_3)(void **, int, const int64_t *, int, int);
    Code (*md_destroy_3)(void *);
    size_t (*md_size)(const void *);
    Code (*forward_2)(void *, int, int, const void *, const void *, const void *, const void *, const int64_t *, const int64_t *, const int64_t *,
                      const int64_t *);
    Code (*input_2)(void *, int, const void *, const void *, const void *, const int64_t *, const int64_t *, const int64_t *, const int64_t *);
    Code (*filter_2)(void *, int, const void *, const void *, const void *, const void *, const int64_t *, const int64_t *, const int64_t *,
                     const int64_t *);
    Code (*pd_create_2)(void **, const void *, const void *, void *, const void *);
    Code (*forward_3)(void **, void *, int, int, const void *, const void *, const void *, const void *, const int64_t *, const int64_t *,
                      const int64_t *, const int64_t *, const void *);
    Code (*input_3)(void **, void *, int, const void *, const void *, const void *, const int64_t *, const int64_t *, const int64_t *,
                    const int64_t *, const void *, const void *);
    Code (*filter_3)(void **, void *, int, const void *, const void *, const void *, const void *, const int64_t *, const int64_t *,
                     const int64_t *, const int64_t *, const void *, const void *);
    Code (*reorder_pd)(void **, const void *, void *, const void *, void *, const void *);
    const void *(*pd_query_md)(const void *, int, int);
    Code (*pd_query)(const void *, int, int, void *), (*pd_destroy)(void *);
    Code (*primitive_create)(void **, const void *), (*primitive_destroy)(void *), (*execute)(const void *, void *, int, const Arg *);
    Code (*memory_create)(void **, const void *, void *, void *), (*memory_destroy)(void *);
    pthread_mutex_t lock;
    TfgOnednnConv *first;       /* most recently used */
    int count;
} dnn = {.once = PTHREAD_ONCE_INIT, .lock = PTHREAD_MUTEX_INITIALIZER};

#define MAX_KEPT 256

typedef struct Key {
    int64_t kind, batch, in_channels, out_channels, groups;
    TfgWindow at[3];
} Key;

struct TfgOnednnConv {
    Key key;
    TfgOnednnConv *next;
    int refs;                   /* under the lock; one is the list's */
    bool usable;
    void *x_md, *w_md, *y_md;   /* plain: what the caller's tensors are */
    void *pd, *primitive, *reorder_pd, *reorder;
    const void *packed_md, *scratch_md;
};

static void hold(void) { pthread_mutex_lock(&dnn.lock); }
static void let_go(void) { pthread_mutex_unlock(&dnn.lock); }

/* ---- Opening ---- */

#define FIND(field, name) (*(void **)&dnn.field = tfg_onednn_symbol("dnnl_" name))

static bool find_common(void)
{
    return FIND(engine_create, "engine_create") && FIND(stream_create, "stream_create") && FIND(stream_destroy, "stream_destroy") &&
           FIND(stream_wait, "stream_wait") && FIND(attr_create, "primitive_attr_create") &&
           FIND(attr_scratchpad, "primitive_attr_set_scratchpad_mode") && FIND(md_size, "memory_desc_get_size") &&
           FIND(reorder_pd, "reorder_primitive_desc_create") && FIND(pd_query_md, "primitive_desc_query_md") &&
           FIND(pd_query, "primitive_desc_query") && FIND(pd_destroy, "primitive_desc_destroy") && FIND(primitive_create, "primitive_create") &&
           FIND(primitive_destroy, "primitive_destroy") && FIND(execute, "primitive_execute") && FIND(memory_create, "memory_create") &&
           FIND(memory_destroy, "memory_destroy");
}

static bool find_v2(void)
{
    return FIND(md_strides_2, "memory_desc_init_by_strides") && FIND(md_tag_2, "memory_desc_init_by_tag") &&
           FIND(forward_2, "dilated_convolution_forward_desc_init") && FIND(input_2, "dilated_convolution_backward_data_desc_init") &&
           FIND(filter_2, "dilated_convolution_backward_weights_desc_init") && FIND(pd_create_2, "primitive_desc_create");
}

static bool find_v3(void)
{
    return FIND(md_strides_3, "memory_desc_create_with_strides") && FIND(md_tag_3, "memory_desc_create_with_tag") &&
           FIND(md_destroy_3, "memory_desc_destroy") && FIND(forward_3, "convolution_forward_primitive_desc_create") &&
           FIND(input_3, "convolution_backward_data_primitive_desc_create") && FIND(filter_3, "convolution_backward_weights_primitive_desc_create");
}

static void open_conv(void)
{
    if (!tfg_onednn_available() || !find_common())
        return;
    dnn.v3 = find_v3();
    if (!dnn.v3 && !find_v2())
        return;
    dnn.ready = dnn.engine_create(&dnn.engine, ENGINE_CPU, 0) == 0 && dnn.attr_create(&dnn.attr) == 0 &&
                dnn.attr_scratchpad(dnn.attr, SCRATCHPAD_USER) == 0 && pthread_atfork(hold, let_go, let_go) == 0;
}

/* ---- Descriptors ---- */

/* strides NULL: whichever layout the primitive likes. */
static void *new_desc(int n, const int64_t *dims, const int64_t *strides)
{
    void *md = NULL;
    if (dnn.v3)
        return (strides ? dnn.md_strides_3(&md, n, dims, F32, strides) : dnn.md_tag_3(&md, n, dims, F32, TAG_ANY)) == 0 ? md : NULL;
    md = tfg_calloc(1, DESC_BYTES);
    if (md && (strides ? dnn.md_strides_2(md, n, dims, F32, strides) : dnn.md_tag_2(md, n, dims, F32, TAG_ANY)) != 0) {
        tfg_free(md);
        md = NULL;
    }
    return md;
}

static void free_desc(void *md)
{
    if (!md)
        return;
    if (dnn.v3)
        dnn.md_destroy_3(md);
    else
        tfg_free(md);
}

/* First dim of space in use: two of them for images, three for volumes. */
static int first_space(const TfgConv *c) { return c->at[0].in == 1 && c->at[0].size == 1 && c->at[0].out == 1 ? 1 : 0; }

/* [batch, channels, space...] of a tensor whose channels stand last. */
static void *data_desc(const TfgConv *c, bool input)
{
    Dims dims, strides;
    int first = first_space(c), n = 5 - first;
    int64_t channels = input ? c->in_channels : c->out_channels, step = channels;
    dims[0] = c->batch;
    dims[1] = channels;
    strides[1] = 1;
    for (int i = 2; i >= first; i--) {
        dims[2 + i - first] = input ? c->at[i].in : c->at[i].out;
        strides[2 + i - first] = step;
        step *= dims[2 + i - first];
    }
    strides[0] = step;
    return new_desc(n, dims, strides);
}

/* [groups,] outputs, channels, windows...; plain, or as the primitive likes. */
static void *filter_desc(const TfgConv *c, bool plain)
{
    Dims dims, strides;
    int n = 0, first = first_space(c);
    int64_t outs = c->out_channels / c->groups, channels = c->in_channels / c->groups, step = c->out_channels * channels;
    if (c->groups > 1) {
        dims[n] = c->groups;
        strides[n++] = outs;
    }
    dims[n] = outs;
    strides[n++] = 1;
    dims[n] = channels;
    strides[n++] = c->out_channels;
    for (int i = 2; i >= first; i--) {
        dims[n + i - first] = c->at[i].size;
        strides[n + i - first] = step;
        step *= c->at[i].size;
    }
    return new_desc(n + 3 - first, dims, plain ? strides : NULL);
}

static Code new_primitive_desc(void **pd, TfgConvKind kind, const void *x, const void *w, const void *y, const int64_t *strides,
                               const int64_t *dilations, const int64_t *before, const int64_t *after)
{
    if (dnn.v3) {
        if (kind == TFG_CONV_FORWARD)
            return dnn.forward_3(pd, dnn.engine, FORWARD_TRAINING, CONV_DIRECT, x, w, NULL, y, strides, dilations, before, after, dnn.attr);
        void *hint = NULL;
        Code rc = dnn.forward_3(&hint, dnn.engine, FORWARD_TRAINING, CONV_DIRECT, x, w, NULL, y, strides, dilations, before, after, dnn.attr);
        if (rc == 0)
            rc = kind == TFG_CONV_INPUT
                ? dnn.input_3(pd, dnn.engine, CONV_DIRECT, x, w, y, strides, dilations, before, after, hint, dnn.attr)
                : dnn.filter_3(pd, dnn.engine, CONV_DIRECT, x, w, NULL, y, strides, dilations, before, after, hint, dnn.attr);
        if (hint)
            dnn.pd_destroy(hint);
        return rc;
    }
    void *op = tfg_calloc(1, OP_DESC_BYTES);
    if (!op)
        return -1;
    Code rc = kind == TFG_CONV_FORWARD ? dnn.forward_2(op, FORWARD_TRAINING, CONV_DIRECT, x, w, NULL, y, strides, dilations, before, after)
        : kind == TFG_CONV_INPUT ? dnn.input_2(op, CONV_DIRECT, x, w, y, strides, dilations, before, after)
        : dnn.filter_2(op, CONV_DIRECT, x, w, NULL, y, strides, dilations, before, after);
    if (rc == 0)
        rc = dnn.pd_create_2(pd, op, dnn.attr, dnn.engine, NULL);
    tfg_free(op);
    return rc;
}

/* ---- Primitives ---- */

/* oneDNN's own slow forms are not faster than ours. */
static bool is_fast(const void *pd)
{
    const char *name = NULL;
    return dnn.pd_query(pd, QUERY_IMPL_NAME, 0, &name) == 0 && name && !strstr(name, "ref") && strncmp(name, "gemm", 4) != 0;
}

static bool build(TfgOnednnConv *p, const TfgConv *c, TfgConvKind kind)
{
    Dims strides, dilations, before, after;
    int first = first_space(c);
    for (int i = first; i < 3; i++) {
        const TfgWindow *w = &c->at[i];
        strides[i - first] = w->stride;
        dilations[i - first] = w->dilation - 1;
        before[i - first] = w->before;
        after[i - first] = (w->out - 1) * w->stride + tfg_window_reach(w) - w->in - w->before;
    }
    p->x_md = data_desc(c, true);
    p->y_md = data_desc(c, false);
    p->w_md = filter_desc(c, true);
    void *any = filter_desc(c, false);
    bool made = p->x_md && p->y_md && p->w_md && any &&
                new_primitive_desc(&p->pd, kind, p->x_md, any, p->y_md, strides, dilations, before, after) == 0 && is_fast(p->pd);
    free_desc(any);
    if (!made)
        return false;
    p->packed_md = dnn.pd_query_md(p->pd, kind == TFG_CONV_FILTER ? QUERY_DIFF_WEIGHTS : QUERY_WEIGHTS, 0);
    p->scratch_md = dnn.pd_query_md(p->pd, QUERY_SCRATCHPAD, 0);
    const void *from = kind == TFG_CONV_FILTER ? p->packed_md : p->w_md, *to = kind == TFG_CONV_FILTER ? p->w_md : p->packed_md;
    return p->packed_md && dnn.reorder_pd(&p->reorder_pd, from, dnn.engine, to, dnn.engine, NULL) == 0 &&
           dnn.primitive_create(&p->reorder, p->reorder_pd) == 0 && dnn.primitive_create(&p->primitive, p->pd) == 0;
}

static void destroy(TfgOnednnConv *p)
{
    if (p->primitive)
        dnn.primitive_destroy(p->primitive);
    if (p->reorder)
        dnn.primitive_destroy(p->reorder);
    if (p->reorder_pd)
        dnn.pd_destroy(p->reorder_pd);
    if (p->pd)
        dnn.pd_destroy(p->pd);
    free_desc(p->x_md);
    free_desc(p->w_md);
    free_desc(p->y_md);
    tfg_free(p);
}

/* Drops the least recently used that nobody uses, where there are too many.  Under the lock. */
static TfgOnednnConv *take_oldest(void)
{
    TfgOnednnConv **link = NULL;
    if (dnn.count <= MAX_KEPT)
        return NULL;
    for (TfgOnednnConv **p = &dnn.first; *p; p = &(*p)->next)
        if ((*p)->refs == 1)
            link = p;
    TfgOnednnConv *p = link ? *link : NULL;
    if (p) {
        *link = p->next;
        dnn.count--;
    }
    return p;
}

static TfgOnednnConv *find(const Key *key)
{
    for (TfgOnednnConv **p = &dnn.first; *p; p = &(*p)->next)
        if (memcmp(&(*p)->key, key, sizeof *key) == 0) {
            TfgOnednnConv *found = *p;
            *p = found->next;
            found->next = dnn.first;
            dnn.first = found;
            found->refs++;
            return found;
        }
    return NULL;
}

TfgOnednnConv *tfg_onednn_conv(const TfgConv *c, TfgConvKind kind)
{
    pthread_once(&dnn.once, open_conv);
    if (!dnn.ready || c->dtype != TFG_FLOAT)
        return NULL;
    Key key;
    memset(&key, 0, sizeof key);
    key = (Key){kind, c->batch, c->in_channels, c->out_channels, c->groups, {c->at[0], c->at[1], c->at[2]}};
    hold();
    TfgOnednnConv *p = find(&key);
    if (!p && (p = tfg_calloc(1, sizeof *p))) {
        int threads = tfg_onednn_begin();
        p->key = key;
        p->usable = build(p, c, kind);
        tfg_onednn_end(threads);
        p->refs = 2;
        p->next = dnn.first;
        dnn.first = p;
        dnn.count++;
    }
    TfgOnednnConv *old = take_oldest();
    let_go();
    if (old)
        destroy(old);
    if (p && !p->usable) {
        tfg_onednn_conv_release(p);
        return NULL;
    }
    return p;
}

void tfg_onednn_conv_release(TfgOnednnConv *p)
{
    if (!p)
        return;
    hold();
    p->refs--;
    let_go();
}

size_t tfg_onednn_conv_packed(const TfgOnednnConv *p)
{
    return dnn.md_size(p->packed_md);
}

/* ---- Running ---- */

typedef struct Bound { int arg; const void *md; const void *data; } Bound;

static int execute(const void *primitive, const Bound *bound, int n)
{
    void *stream = NULL;
    Arg args[4] = {{0, NULL}};
    int threads = tfg_onednn_begin();
    Code rc = dnn.stream_create(&stream, dnn.engine, STREAM_DEFAULT);
    for (int i = 0; i < n && rc == 0; i++) {
        args[i].arg = bound[i].arg;
        rc = dnn.memory_create(&args[i].memory, bound[i].md, dnn.engine, (void *)(uintptr_t)bound[i].data);
    }
    if (rc == 0)
        rc = dnn.execute(primitive, stream, n, args);
    if (rc == 0)
        rc = dnn.stream_wait(stream);
    for (int i = 0; i < n; i++)
        if (args[i].memory)
            dnn.memory_destroy(args[i].memory);
    if (stream)
        dnn.stream_destroy(stream);
    tfg_onednn_end(threads);
    return rc == 0 ? 0 : -1;
}

int tfg_onednn_conv_pack(const TfgOnednnConv *p, const void *from, void *to)
{
    bool out = p->key.kind == TFG_CONV_FILTER;
    Bound bound[2] = {{ARG_SRC, out ? p->packed_md : p->w_md, from}, {ARG_DST, out ? p->w_md : p->packed_md, to}};
    return execute(p->reorder, bound, 2);
}

int tfg_onednn_conv_run(const TfgOnednnConv *p, const TfgConvData *d)
{
    size_t bytes = p->scratch_md ? dnn.md_size(p->scratch_md) : 0;
    void *scratch = bytes > 0 ? tfg_alloc_data(bytes) : NULL;
    if (bytes > 0 && !scratch)
        return -1;
    Bound bound[4];
    TfgConvKind kind = (TfgConvKind)p->key.kind;
    if (kind == TFG_CONV_FORWARD) {
        bound[0] = (Bound){ARG_SRC, p->x_md, d->x};
        bound[1] = (Bound){ARG_WEIGHTS, p->packed_md, d->w};
        bound[2] = (Bound){ARG_DST, p->y_md, d->out};
    } else if (kind == TFG_CONV_INPUT) {
        bound[0] = (Bound){ARG_DIFF_SRC, p->x_md, d->out};
        bound[1] = (Bound){ARG_WEIGHTS, p->packed_md, d->w};
        bound[2] = (Bound){ARG_DIFF_DST, p->y_md, d->y};
    } else {
        bound[0] = (Bound){ARG_SRC, p->x_md, d->x};
        bound[1] = (Bound){ARG_DIFF_WEIGHTS, p->packed_md, d->out};
        bound[2] = (Bound){ARG_DIFF_DST, p->y_md, d->y};
    }
    bound[3] = (Bound){ARG_SCRATCHPAD, p->scratch_md, scratch};
    int rc = execute(p->primitive, bound, bytes > 0 ? 4 : 3);
    if (scratch)
        tfg_free_data(scratch, bytes);
    return rc;
}
