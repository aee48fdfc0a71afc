/* The order of a hash table's pairs.  TensorFlow 1.12 gives them, and saves them, in the order of its std::unordered_map as libstdc++
 * has it: a list in which a key whose bucket is empty goes to the front and any other goes behind the first of its bucket's
 * predecessors; when the map grows, the list is taken apart from its front and put together anew in the same way.  So the keys in
 * the order of their coming, and the sizes that the map went through, decide everything. */
#include "base/fingerprint.h"
#include "base/memory.h"
#include "base/status.h"
#include "kernels/lookup_map.h"

/* Buckets: eleven at first; then the prime that libstdc++ has for twice as many, whenever there are more pairs than buckets. */
static const int64_t buckets_after[] = {
    11, 23, 47, 97, 199, 409, 823, 1741, 3739, 7517, 15173, 30727, 62233, 126271, 256279, 520241, 1056323, 2144977, 4355707, 8844859,
    17961079, 36473443, 74066549, 150406843, 305431229, 620239453, 1259520799, 2557710269, 6442450933, 17179869143, 34359738337,
    68719476731, 206158430123, 412316860387, 1099511627689};
#define MOST_GROWTH ((int)(sizeof buckets_after / sizeof *buckets_after) - 1)

int tfg_lookup_growth(int64_t n, int before)
{
    int growth = before;
    while (growth < MOST_GROWTH && n > buckets_after[growth])
        growth++;
    return growth;
}

enum { NOBODY = -1, FRONT = -2 };       /* what stands before a bucket's first pair, if not a pair */

typedef struct Link {
    uint64_t hash;
    int64_t next;               /* the pair behind this one */
} Link;

typedef struct List {
    int64_t first, n_buckets;
    int64_t first_bucket;       /* that of `first`, where there is one */
    Link *links;                /* by pair */
    int64_t *before;            /* of a bucket: what stands before its first pair */
} List;

static void put(List *l, int64_t pair, int64_t bucket)
{
    int64_t before = l->before[bucket];
    if (before >= 0) {
        l->links[pair].next = l->links[before].next;
        l->links[before].next = pair;
        return;
    }
    if (before == NOBODY && l->first >= 0)
        l->before[l->first_bucket] = pair;
    l->before[bucket] = FRONT;
    l->links[pair].next = l->first;
    l->first = pair;
    l->first_bucket = bucket;
}

#define BLOCK 64

/* Up to BLOCK pairs, one after the other.  All of them is asked for first, so that memory fetches it together. */
static void put_block(List *l, const int64_t *pairs, int n)
{
    int64_t bucket[BLOCK];
    for (int i = 0; i < n; i++) {
        bucket[i] = (int64_t)(l->links[pairs[i]].hash % (uint64_t)l->n_buckets);
        __builtin_prefetch(&l->before[bucket[i]]);
    }
    for (int i = 0; i < n; i++)
        if (l->before[bucket[i]] >= 0)
            __builtin_prefetch(&l->links[l->before[bucket[i]]]);
    for (int i = 0; i < n; i++)
        put(l, pairs[i], bucket[i]);
}

static int grow(List *l, int64_t n_buckets)
{
    int64_t *before = tfg_alloc((size_t)n_buckets * sizeof *before);
    if (!before)
        return -1;
    for (int64_t i = 0; i < n_buckets; i++)
        before[i] = NOBODY;
    tfg_free(l->before);
    l->before = before;
    l->n_buckets = n_buckets;
    int64_t pair = l->first, block[BLOCK];
    for (l->first = NOBODY; pair >= 0;) {
        int n = 0;
        for (; n < BLOCK && pair >= 0; pair = l->links[pair].next)
            block[n++] = pair;
        put_block(l, block, n);
    }
    return 0;
}

static uint64_t hash_string(const TfgString *e) { return tfg_murmur64(e->n ? e->data : "", e->n, 0xc70f6907); }

/* Sizes that are passed before a second pair came decide nothing, so a map starts as large as it was when it was cleared. */
static int build(List *l, const TfgLookupMap *m)
{
    int growth = m->growth;
    if (grow(l, buckets_after[growth]) < 0)
        return -1;
    for (int64_t i = 0, block[BLOCK]; i < m->n;) {
        int needed = tfg_lookup_growth(i + 1, growth), n = 0;
        if (needed != growth && grow(l, buckets_after[growth = needed]) < 0)
            return -1;
        while (n < BLOCK && i < m->n && (n == 0 || i < l->n_buckets || growth == MOST_GROWTH))
            block[n++] = i++;
        put_block(l, block, n);
    }
    return 0;
}

int tfg_lookup_map_order(const TfgLookupMap *m, int64_t *order, TfgStatus *s)
{
    List l = {.first = NOBODY, .links = tfg_alloc(((size_t)m->n + 1) * sizeof *l.links)};
    int rc = -1;
    if (l.links) {
        for (int64_t i = 0; i < m->n; i++)
            l.links[i].hash = tfg_lookup_key_bits(m->key, m->keys + tfg_tensor_size(m->key, i), hash_string);
        rc = build(&l, m);
    }
    for (int64_t pair = rc == 0 ? l.first : NOBODY; pair >= 0; pair = l.links[pair].next)
        *order++ = pair;
    if (rc < 0)
        tfg_fail_memory(s);
    tfg_free(l.links);
    tfg_free(l.before);
    return rc;
}
