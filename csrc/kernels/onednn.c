#include "kernels/onednn.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "base/memory.h"

/* ---- The library ------------------------------------------------------------------------------------------------------------------- */

/* Its header is not needed to build: types are opaque here, and what differs between versions is asked for by name.  A memory
 * descriptor is an object of the library in version 3 and a struct of the caller (some 700 bytes) in version 2; for us it is a
 * pointer in both. */
typedef int Status;             /* 0: success */
typedef int64_t Dim;
typedef void *Md, *Engine, *Stream, *Primitive, *PrimitiveDesc, *Memory, *Attr;
typedef struct Arg { int arg; Memory memory; } Arg;

enum { CPU = 1, F32 = 3, TAG_ANY = 1, FORWARD_TRAINING = 64, CONVOLUTION_DIRECT = 1, SCRATCHPAD_USER = 1 };
enum { QUERY_SRC = 129, QUERY_DIFF_SRC, QUERY_WEIGHTS, QUERY_DIFF_WEIGHTS, QUERY_DST, QUERY_DIFF_DST, QUERY_SCRATCHPAD = 136 };
enum { ARG_SRC = 1, ARG_DST = 17, ARG_WEIGHTS = 33, ARG_SCRATCHPAD = 80, ARG_DIFF_SRC = 129, ARG_DIFF_DST = 145,
       ARG_DIFF_WEIGHTS = 161 };
#define MD_BYTES 2048           /* of version 2's structs, with room */
#define OP_DESC_BYTES 16384

/* X(return type, name, parameters): dnnl_<name>. */
#define COMMON_FUNCTIONS(X)                                                                                                     \
    X(Status, engine_create, (Engine *, int kind, size_t index))                                                                \
    X(Status, stream_create, (Stream *, Engine, unsigned flags))                                                                \
    X(Status, stream_destroy, (Stream))                                                              \
    X(Status, primitive_attr_create, (Attr *))                                                                                  \
    X(Status, primitive_attr_destroy, (Attr))                                                                                   \
    X(Status, primitive_attr_set_scratchpad_mode, (Attr, int mode))                                                             \
    X(Status, primitive_desc_destroy, (PrimitiveDesc))                                                                          \
    X(const void *, primitive_desc_query_md, (PrimitiveDesc, int what, int index))                                              \
    X(Status, primitive_create, (Primitive *, PrimitiveDesc))                                                                   \
    X(Status, primitive_destroy, (Primitive))                                                                                   \
    X(Status, primitive_execute, (Primitive, Stream, int n, const Arg *))                                                       \
    X(Status, reorder_primitive_desc_create, (PrimitiveDesc *, const void *from, Engine, const void *to, Engine, Attr))         \
    X(Status, memory_create, (Memory *, const void *md, Engine, void *data))                                                    \
    X(Status, memory_destroy, (Memory))                                                                                         \
    X(size_t, memory_desc_get_size, (const void *md))                                                                           \
    X(int, memory_desc_equal, (const void *, const void *))

#define VERSION_2_FUNCTIONS(X)                                                                                                  \
    X(Status, memory_desc_init_by_strides, (Md, int n, const Dim *dims, int type, const Dim *strides))                          \
    X(Status, memory_desc_init_by_tag, (Md, int n, const Dim *dims, int type, int tag))                                         \
    X(Status, primitive_desc_create, (PrimitiveDesc *, const void *op_desc, Attr, Engine, PrimitiveDesc hint))                  \
    X(Status, dilated_convolution_forward_desc_init, (void *op, int prop, int alg, Md src, Md weights, Md bias, Md dst,         \
      const Dim *strides, const Dim *dilates, const Dim *left, const Dim *right))                                               \
    X(Status, dilated_convolution_backward_data_desc_init, (void *op, int alg, Md src, Md weights, Md dst, const Dim *strides,  \
      const Dim *dilates, const Dim *left, const Dim *right))                                                                   \
    X(Status, dilated_convolution_backward_weights_desc_init, (void *op, int alg, Md src, Md weights, Md bias, Md dst,          \
      const Dim *strides, const Dim *dilates, const Dim *left, const Dim *right))

#define VERSION_3_FUNCTIONS(X)                                                                                                  \
    X(Status, memory_desc_create_with_strides, (Md *, int n, const Dim *dims, int type, const Dim *strides))                    \
    X(Status, memory_desc_create_with_tag, (Md *, int n, const Dim *dims, int type, int tag))                                   \
    X(Status, memory_desc_destroy, (Md))                                                                                        \
    X(Status, convolution_forward_primitive_desc_create, (PrimitiveDesc *, Engine, int prop, int alg, Md src, Md weights,       \
      Md bias, Md dst, const Dim *strides, const Dim *dilates, const Dim *left, const Dim *right, Attr))                        \
    X(Status, convolution_backward_data_primitive_desc_create, (PrimitiveDesc *, Engine, int alg, Md src, Md weights, Md dst,   \
      const Dim *strides, const Dim *dilates, const Dim *left, const Dim *right, PrimitiveDesc hint, Attr))                     \
    X(Status, convolution_backward_weights_primitive_desc_create, (PrimitiveDesc *, Engine, int alg, Md src, Md weights,        \
      Md bias, Md dst, const Dim *strides, const Dim *dilates, const Dim *left, const Dim *right, PrimitiveDesc hint, Attr))

#define FIELD(type, name, parameters) type (*name) parameters;
static struct {
    pthread_once_t once;
    void *library;
    int version;                /* 2 or 3; 0 where primitives cannot be used */
    Status (*sgemm)(char ta, char tb, Dim m, Dim n, Dim k, float alpha, const float *a, Dim lda, const float *b, Dim ldb, float beta,
                    float *c, Dim ldc);
    int (*get_threads)(void);   /* of the OpenMP library it was built with; NULL without one */
    void (*set_threads)(int n);
    Engine engine;
    Attr attr;                  /* scratch memory is ours, since several threads run one primitive */
    COMMON_FUNCTIONS(FIELD)
    VERSION_2_FUNCTIONS(FIELD)
    VERSION_3_FUNCTIONS(FIELD)
} dnnl = {.once = PTHREAD_ONCE_INIT};

#define LOAD(type, name, parameters) found = (*(void **)&dnnl.name = dlsym(dnnl.library, "dnnl_" #name)) != NULL && found;

/* Everything that primitives need, or version 0. */
static void load_primitives(void)
{
    bool found = true;
    COMMON_FUNCTIONS(LOAD)
    if (!found)
        return;
    VERSION_3_FUNCTIONS(LOAD)
    int version = found ? 3 : 2;
    if (!found) {
        found = true;
        VERSION_2_FUNCTIONS(LOAD)
    }
    if (found && dnnl.engine_create(&dnnl.engine, CPU, 0) == 0 && dnnl.primitive_attr_create(&dnnl.attr) == 0 &&
        dnnl.primitive_attr_set_scratchpad_mode(dnnl.attr, SCRATCHPAD_USER) == 0)
        dnnl.version = version;
}

static void open_onednn(void)
{
    static const char *const names[] = {"libdnnl.so.3", "libdnnl.so.2", "libdnnl.so"};
    for (size_t i = 0; i < sizeof names / sizeof *names && !dnnl.library; i++)
        dnnl.library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!dnnl.library)
        return;
    *(void **)&dnnl.sgemm = dlsym(dnnl.library, "dnnl_sgemm");
    *(void **)&dnnl.get_threads = dlsym(dnnl.library, "omp_get_max_threads");
    *(void **)&dnnl.set_threads = dlsym(dnnl.library, "omp_set_num_threads");
    load_primitives();
}

bool tfg_onednn_available(void)
{
    pthread_once(&dnnl.once, open_onednn);
    return dnnl.library != NULL;
}

/* The number of OpenMP threads is a setting of each thread.  It is put back, since the program may use the library too. */
static int begin_single(void)
{
    if (!dnnl.get_threads || !dnnl.set_threads)
        return 0;
    int n = dnnl.get_threads();
    if (n != 1)
        dnnl.set_threads(1);
    return n;
}

static void end_single(int n)
{
    if (n > 1)
        dnnl.set_threads(n);
}

bool tfg_onednn_sgemm(bool ta, bool tb, int64_t m, int64_t n, int64_t k, const float *a, int64_t lda, const float *b, int64_t ldb,
                      float *c, int64_t ldc)
{
    if (!tfg_onednn_available() || !dnnl.sgemm)
        return false;
    int threads = begin_single();
    Status rc = dnnl.sgemm(ta ? 'T' : 'N', tb ? 'T' : 'N', m, n, k, 1.0f, a, lda, b, ldb, 0.0f, c, ldc);
    end_single(threads);
    return rc == 0;
}

/* ---- Memory ------------------------------------------------------------------------------------------------------------------------ */

/* NULL strides: whatever the primitive likes. */
static Md new_md(const Dim dims[4], const Dim *strides)
{
    Md md = NULL;
    Status rc;
    if (dnnl.version == 3) {
        rc = strides ? dnnl.memory_desc_create_with_strides(&md, 4, dims, F32, strides)
                     : dnnl.memory_desc_create_with_tag(&md, 4, dims, F32, TAG_ANY);
        return rc == 0 ? md : NULL;
    }
    /* Version 2 reads twelve dims, whatever the rank. */
    Dim d[12] = {dims[0], dims[1], dims[2], dims[3]}, st[12] = {0};
    if (strides)
        memcpy(st, strides, 4 * sizeof *st);
    md = tfg_calloc(1, MD_BYTES);
    if (!md)
        return NULL;
    rc = strides ? dnnl.memory_desc_init_by_strides(md, 4, d, F32, st) : dnnl.memory_desc_init_by_tag(md, 4, d, F32, TAG_ANY);
    if (rc == 0)
        return md;
    tfg_free(md);
    return NULL;
}

static void free_md(Md md)
{
    if (md && dnnl.version == 3)
        dnnl.memory_desc_destroy(md);
    else
        tfg_free(md);
}

/* Runs a primitive on up to three buffers and its scratch memory. */
static bool execute(Primitive p, const void *const md[3], const int arg[3], void *const data[3], int n, const void *scratch_md)
{
    Arg args[4];
    Stream stream = NULL;
    size_t scratch_bytes = scratch_md ? dnnl.memory_desc_get_size(scratch_md) : 0;
    void *scratch = scratch_bytes ? tfg_alloc_data(scratch_bytes) : NULL;
    int made = 0, threads = begin_single();
    bool ok = (!scratch_bytes || scratch) && dnnl.stream_create(&stream, dnnl.engine, 1) == 0;
    for (int i = 0; i < n && ok; i++, made += ok) {
        args[i].arg = arg[i];
        ok = dnnl.memory_create(&args[i].memory, md[i], dnnl.engine, data[i]) == 0;
    }
    if (ok && scratch) {
        args[made].arg = ARG_SCRATCHPAD;
        ok = dnnl.memory_create(&args[made].memory, scratch_md, dnnl.engine, scratch) == 0;
        made += ok;
    }
    ok = ok && dnnl.primitive_execute(p, stream, made, args) == 0;
    while (made-- > 0)
        dnnl.memory_destroy(args[made].memory);
    if (stream)
        dnnl.stream_destroy(stream);
    end_single(threads);
    tfg_free_data(scratch, scratch_bytes);
    return ok;
}

/* ---- Convolutions ------------------------------------------------------------------------------------------------------------------- */

struct TfgOnednnConv {
    TfgConvKind kind;
    TfgConvShape shape;
    int users;                  /* under the cache's lock, as the next */
    uint64_t used;              /* when it was asked for last */
    bool broken;                /* oneDNN cannot: remembered, so that it is not asked again */
    PrimitiveDesc desc;
    Primitive primitive, pack;  /* pack: filters as they are, to the order wanted or (FILTERS) back */
    Md images, filters, result; /* plain layouts */
    const void *liked;          /* the filters' layout, owned by desc */
    bool is_plain;              /* liked is filters */
    const void *scratch, *pack_scratch;
    PrimitiveDesc pack_desc;
};

static void free_conv(TfgOnednnConv *c)
{
    if (c->primitive)
        dnnl.primitive_destroy(c->primitive);
    if (c->pack)
        dnnl.primitive_destroy(c->pack);
    if (c->desc)
        dnnl.primitive_desc_destroy(c->desc);
    if (c->pack_desc)
        dnnl.primitive_desc_destroy(c->pack_desc);
    free_md(c->images);
    free_md(c->filters);
    free_md(c->result);
    tfg_free(c);
}

typedef struct Window { Dim strides[12], dilates[12], left[12], right[12]; } Window;

static Status new_desc(TfgConvKind kind, const TfgOnednnConv *c, Md any, const Window *w, PrimitiveDesc hint, PrimitiveDesc *out)
{
    if (dnnl.version == 3)
        switch (kind) {
        case TFG_CONV_FORWARD:
            return dnnl.convolution_forward_primitive_desc_create(out, dnnl.engine, FORWARD_TRAINING, CONVOLUTION_DIRECT, c->images, any,
                                                                  NULL, c->result, w->strides, w->dilates, w->left, w->right,
                                                                  dnnl.attr);
        case TFG_CONV_IMAGES:
            return dnnl.convolution_backward_data_primitive_desc_create(out, dnnl.engine, CONVOLUTION_DIRECT, c->images, any, c->result,
                                                                        w->strides, w->dilates, w->left, w->right, hint, dnnl.attr);
        default:
            return dnnl.convolution_backward_weights_primitive_desc_create(out, dnnl.engine, CONVOLUTION_DIRECT, c->images, any, NULL,
                                                                           c->result, w->strides, w->dilates, w->left, w->right, hint,
                                                                           dnnl.attr);
        }
    void *op = tfg_calloc(1, OP_DESC_BYTES);
    if (!op)
        return -1;
    Status rc;
    if (kind == TFG_CONV_FORWARD)
        rc = dnnl.dilated_convolution_forward_desc_init(op, FORWARD_TRAINING, CONVOLUTION_DIRECT, c->images, any, NULL, c->result,
                                                        w->strides, w->dilates, w->left, w->right);
    else if (kind == TFG_CONV_IMAGES)
        rc = dnnl.dilated_convolution_backward_data_desc_init(op, CONVOLUTION_DIRECT, c->images, any, c->result, w->strides, w->dilates,
                                                              w->left, w->right);
    else
        rc = dnnl.dilated_convolution_backward_weights_desc_init(op, CONVOLUTION_DIRECT, c->images, any, NULL, c->result, w->strides,
                                                                 w->dilates, w->left, w->right);
    if (rc == 0)
        rc = dnnl.primitive_desc_create(out, op, dnnl.attr, dnnl.engine, hint);
    tfg_free(op);
    return rc;
}

/* The primitive that brings filters from the plain order to the liked one, or back. */
static bool make_pack(TfgOnednnConv *c)
{
    const void *from = c->kind == TFG_CONV_FILTERS ? c->liked : c->filters, *to = c->kind == TFG_CONV_FILTERS ? c->filters : c->liked;
    c->is_plain = dnnl.memory_desc_equal(c->filters, c->liked);
    if (c->is_plain)
        return true;
    if (dnnl.reorder_primitive_desc_create(&c->pack_desc, from, dnnl.engine, to, dnnl.engine, dnnl.attr) != 0 ||
        dnnl.primitive_create(&c->pack, c->pack_desc) != 0)
        return false;
    c->pack_scratch = dnnl.primitive_desc_query_md(c->pack_desc, QUERY_SCRATCHPAD, 0);
    return true;
}

static bool make_conv(TfgOnednnConv *c)
{
    const TfgConvShape *s = &c->shape;
    c->images = new_md((Dim[]){s->n, s->c, s->h, s->w}, (Dim[]){s->h * s->w * s->c, 1, s->w * s->c, s->c});
    c->filters = new_md((Dim[]){s->oc, s->c, s->kh, s->kw}, (Dim[]){1, s->oc, s->kw * s->c * s->oc, s->c * s->oc});
    c->result = new_md((Dim[]){s->n, s->oc, s->oh, s->ow}, (Dim[]){s->oh * s->ow * s->oc, 1, s->ow * s->oc, s->oc});
    Md any = new_md((Dim[]){s->oc, s->c, s->kh, s->kw}, NULL);
    Window w = {{s->stride_h, s->stride_w}, {s->dilation_h - 1, s->dilation_w - 1}, {s->top, s->left}, {s->bottom, s->right}};
    PrimitiveDesc hint = NULL;
    bool ok = c->images && c->filters && c->result && any;
    if (ok && c->kind != TFG_CONV_FORWARD)
        ok = new_desc(TFG_CONV_FORWARD, c, any, &w, NULL, &hint) == 0;
    ok = ok && new_desc(c->kind, c, any, &w, hint, &c->desc) == 0 && dnnl.primitive_create(&c->primitive, c->desc) == 0;
    if (ok) {
        c->liked = dnnl.primitive_desc_query_md(c->desc, c->kind == TFG_CONV_FILTERS ? QUERY_DIFF_WEIGHTS : QUERY_WEIGHTS, 0);
        c->scratch = dnnl.primitive_desc_query_md(c->desc, QUERY_SCRATCHPAD, 0);
        ok = c->liked && make_pack(c);
    }
    if (hint)
        dnnl.primitive_desc_destroy(hint);
    free_md(any);
    return ok;
}

/* ---- Their cache ------------------------------------------------------------------------------------------------------------------- */

#define CACHED 256

static struct {
    pthread_mutex_t lock;
    TfgOnednnConv *items[CACHED];
    int n;
    uint64_t clock;
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER};
static pthread_once_t fork_once = PTHREAD_ONCE_INIT;

static void lock_cache(void) { pthread_mutex_lock(&cache.lock); }
static void unlock_cache(void) { pthread_mutex_unlock(&cache.lock); }
static void install_fork(void) { pthread_atfork(lock_cache, unlock_cache, unlock_cache); }

static TfgOnednnConv *find_conv(TfgConvKind kind, const TfgConvShape *s)
{
    for (int i = 0; i < cache.n; i++)
        if (cache.items[i]->kind == kind && memcmp(&cache.items[i]->shape, s, sizeof *s) == 0)
            return cache.items[i];
    return NULL;
}

/* Where a new one may go: a free place, or that of the one not used for longest.  -1 when all are in use. */
static int free_place(void)
{
    if (cache.n < CACHED)
        return cache.n++;
    int oldest = -1;
    for (int i = 0; i < CACHED; i++)
        if (cache.items[i]->users == 0 && (oldest < 0 || cache.items[i]->used < cache.items[oldest]->used))
            oldest = i;
    if (oldest >= 0)
        free_conv(cache.items[oldest]);
    return oldest;
}

TfgOnednnConv *tfg_onednn_conv_get(TfgConvKind kind, const TfgConvShape *s)
{
    if (!tfg_onednn_available() || dnnl.version == 0)
        return NULL;
    pthread_once(&fork_once, install_fork);
    lock_cache();
    TfgOnednnConv *c = find_conv(kind, s);
    if (!c && (c = tfg_calloc(1, sizeof *c)) != NULL) {
        c->kind = kind;
        c->shape = *s;
        int threads = begin_single();           /* primitives are made for a number of threads */
        c->broken = !make_conv(c);
        end_single(threads);
        int place = free_place();
        if (place >= 0)
            cache.items[place] = c;
        else {
            free_conv(c);
            c = NULL;
        }
    }
    if (c && c->broken)
        c = NULL;
    if (c) {
        c->users++;
        c->used = ++cache.clock;
    }
    unlock_cache();
    return c;
}

void tfg_onednn_conv_put(TfgOnednnConv *c)
{
    if (!c)
        return;
    lock_cache();
    c->users--;
    unlock_cache();
}

/* ---- Running them ------------------------------------------------------------------------------------------------------------------- */

size_t tfg_onednn_conv_filter_bytes(const TfgOnednnConv *c)
{
    return c->is_plain || c->kind == TFG_CONV_FILTERS ? 0 : dnnl.memory_desc_get_size(c->liked);
}

bool tfg_onednn_conv_pack_filters(const TfgOnednnConv *c, const float *filters, float *packed)
{
    const void *md[3] = {c->filters, c->liked, NULL};
    return execute(c->pack, md, (int[]){ARG_SRC, ARG_DST, 0}, (void *[]){(void *)(uintptr_t)filters, packed, NULL}, 2, c->pack_scratch);
}

/* FILTERS where the order wanted is not ours: through a buffer. */
static bool run_filters(const TfgOnednnConv *c, const float *a, const float *b, float *out)
{
    size_t bytes = c->is_plain ? 0 : dnnl.memory_desc_get_size(c->liked);
    float *packed = c->is_plain ? out : tfg_alloc_data(bytes);
    const void *md[3] = {c->images, c->result, c->liked}, *back[3] = {c->liked, c->filters, NULL};
    bool ok = packed && execute(c->primitive, md, (int[]){ARG_SRC, ARG_DIFF_DST, ARG_DIFF_WEIGHTS},
                                (void *[]){(void *)(uintptr_t)a, (void *)(uintptr_t)b, packed}, 3, c->scratch);
    if (!c->is_plain) {
        ok = ok && execute(c->pack, back, (int[]){ARG_SRC, ARG_DST, 0}, (void *[]){packed, out, NULL}, 2, c->pack_scratch);
        tfg_free_data(packed, bytes);
    }
    return ok;
}

bool tfg_onednn_conv_run(const TfgOnednnConv *c, const float *a, const float *b, float *out)
{
    if (c->kind == TFG_CONV_FILTERS)
        return run_filters(c, a, b, out);
    void *data[3] = {(void *)(uintptr_t)a, (void *)(uintptr_t)b, out};
    if (c->kind == TFG_CONV_FORWARD)
        return execute(c->primitive, (const void *[]){c->images, c->liked, c->result}, (int[]){ARG_SRC, ARG_WEIGHTS, ARG_DST}, data, 3,
                       c->scratch);
    return execute(c->primitive, (const void *[]){c->result, c->liked, c->images}, (int[]){ARG_DIFF_DST, ARG_WEIGHTS, ARG_DIFF_SRC},
                   data, 3, c->scratch);
}
