/* The order of a hash table's pairs.  TensorFlow 1.12 gives them, and saves them, in the order of its std::unordered_map as libstdc++
 * has it: a list in which a key whose bucket is empty goes to the front and any other goes behind the first of its bucket's
 * predecessors; when the map grows, the list is taken apart from its front and put together anew in the same way.  So the keys in
 * the order of their coming, and the sizes that the map went through, decide everything. */
#include <string.h>

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

#define BLOCK 64

static uint64_t hash_string(const TfgString *e) { return tfg_murmur64(e->n ? e->data : "", e->n, 0xc70f6907); }

/* Memory decides how long this takes, so numbers of pairs are as narrow as they can be. */
#define PAIR int32_t
#define NAME(f) f##_narrow
#include "kernels/lookup_order.inc"

#define PAIR int64_t
#define NAME(f) f##_wide
#include "kernels/lookup_order.inc"

#ifdef TFG_TEST_SIZES
#define MOST_NARROW 100
#else
#define MOST_NARROW INT32_MAX
#endif

int tfg_lookup_map_order(const TfgLookupMap *m, int64_t *order, TfgStatus *s)
{
    int rc = m->n < MOST_NARROW && buckets_after[tfg_lookup_growth(m->n, m->growth)] < MOST_NARROW ? order_narrow(m, order) : order_wide(m, order);
    return rc < 0 ? tfg_fail_memory(s) : 0;
}
