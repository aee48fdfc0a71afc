/* Strings to buckets: StringToHashBucket, Fast and Strong. */
#include "base/fingerprint.h"
#include "kernels/string.h"

static const char *bytes_of(const TfgString *e) { return e->n ? e->data : ""; }

#define BUCKETS(name, hash)                                                                                             \
    static int name(void *context, int64_t begin, int64_t end, TfgStatus *s)                                            \
    {                                                                                                                   \
        (void)s;                                                                                                        \
        TfgKernelCall *c = context;                                                                                     \
        uint64_t n = (uint64_t)tfg_attrs_int(c->attrs, "num_buckets");                                                  \
        for (int64_t i = begin; i < end; i++) {                                                                         \
            const TfgString *e = tfg_strings(c->in[0]) + i;                                                             \
            ((int64_t *)c->out[0]->data)[i] = (int64_t)(hash % n);                                                      \
        }                                                                                                               \
        return 0;                                                                                                       \
    }                                                                                                                   \
    static int run_##name(TfgKernelCall *c, TfgStatus *s) { return tfg_string_map(c, name, s); }
BUCKETS(legacy, tfg_hash64(bytes_of(e), e->n))
BUCKETS(fast, tfg_fingerprint64(bytes_of(e), e->n))
BUCKETS(strong, tfg_siphash(c->state, bytes_of(e), e->n))

static int prepare_strong(const TfgPrepare *p, void **state, TfgStatus *s)
{
    int n;
    const int64_t *key = tfg_attrs_ints(p->attrs, "key", &n);
    if (n != 2)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Key must have 2 elements");
    uint64_t *copy = tfg_alloc(2 * sizeof *copy);
    if (!copy)
        return tfg_fail_memory(s);
    memcpy(copy, key, 2 * sizeof *copy);
    *state = copy;
    return 0;
}

static const TfgKernelRow rows[] = {
    {.op = "StringToHashBucket", .run = run_legacy}, {.op = "StringToHashBucketFast", .run = run_fast},
    {.op = "StringToHashBucketStrong", .prepare = prepare_strong, .release = tfg_free, .run = run_strong},
};

int tfg_register_string_hash(TfgStatus *s) { return tfg_register_kernels(rows, (int)(sizeof rows / sizeof *rows), s); }
