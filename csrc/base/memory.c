#include "base/memory.h"

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/system.h"

/* ---- The test hook and the count of live blocks ---------------------------------------------------------------------------- */

static _Atomic int64_t fail_countdown;
static atomic_bool fail_fired;

/* Live blocks are counted in several places, so that threads do not fight for one cache line. */
#define N_COUNTERS 16
static struct { _Alignas(64) _Atomic int64_t n; } live[N_COUNTERS];
static _Atomic unsigned next_counter;

static void count_live(int64_t change)
{
    static _Thread_local unsigned mine;         /* 1 + index; 0: not chosen yet */
    if (mine == 0)
        mine = 1 + atomic_fetch_add_explicit(&next_counter, 1, memory_order_relaxed) % N_COUNTERS;
    atomic_fetch_add_explicit(&live[mine - 1].n, change, memory_order_relaxed);
}

static bool fails_now_slow(void)
{
    if (atomic_fetch_sub_explicit(&fail_countdown, 1, memory_order_relaxed) != 1)
        return false;
    atomic_store_explicit(&fail_fired, true, memory_order_relaxed);
    return true;
}

static inline bool fails_now(void)
{
    return __builtin_expect(atomic_load_explicit(&fail_countdown, memory_order_relaxed) > 0, 0) && fails_now_slow();
}

void tfg_alloc_fail_at(int64_t n)
{
    atomic_store_explicit(&fail_fired, false, memory_order_relaxed);
    atomic_store_explicit(&fail_countdown, n, memory_order_relaxed);
}

bool tfg_alloc_failed(void)
{
    return atomic_load_explicit(&fail_fired, memory_order_relaxed);
}

int64_t tfg_alloc_live(void)
{
    int64_t n = 0;
    for (int i = 0; i < N_COUNTERS; i++)
        n += atomic_load_explicit(&live[i].n, memory_order_relaxed);
    return n;
}

/* ---- Small blocks ---------------------------------------------------------------------------------------------------------- */

void *tfg_alloc(size_t n)
{
    if (n > PTRDIFF_MAX || fails_now())
        return NULL;
    void *p = malloc(n ? n : 1);
    if (p)
        count_live(1);
    return p;
}

void *tfg_calloc(size_t count, size_t size)
{
    size_t n;
    if (__builtin_mul_overflow(count, size, &n) || n > PTRDIFF_MAX || fails_now())
        return NULL;
    void *p = calloc(n ? n : 1, 1);
    if (p)
        count_live(1);
    return p;
}

void *tfg_realloc(void *p, size_t n)
{
    if (!p)
        return tfg_alloc(n);
    if (n > PTRDIFF_MAX || fails_now())
        return NULL;
    return realloc(p, n ? n : 1);
}

void tfg_free(void *p)
{
    if (!p)
        return;
    count_live(-1);
    free(p);
}

char *tfg_strdup(const char *text)
{
    return tfg_strndup(text, strlen(text));
}

char *tfg_strndup(const char *text, size_t n)
{
    if (n >= PTRDIFF_MAX)
        return NULL;
    char *p = tfg_alloc(n + 1);
    if (p) {
        memcpy(p, text, n);
        p[n] = 0;
    }
    return p;
}

int tfg_grow(void **items, size_t *capacity, size_t need, size_t size)
{
    if (need <= *capacity)
        return 0;
    size_t n = *capacity < 4 ? 8 : *capacity > SIZE_MAX / 2 ? need : *capacity * 2, bytes;
    if (n < need)
        n = need;
    if (__builtin_mul_overflow(n, size, &bytes))
        return -1;
    void *p = tfg_realloc(*items, bytes);
    if (!p)
        return -1;
    *items = p;
    *capacity = n;
    return 0;
}

/* ---- Data blocks ----------------------------------------------------------------------------------------------------------- */

/* Sizes are rounded up to classes: powers of two from 64 bytes and three steps between each.  A freed block waits in its class's
 * list for the next request, so a training step that allocates the same sizes again touches no system call and no cold page. */
#define MIN_SHIFT 6
#define MAX_SHIFT 27                            /* above 128 MiB blocks go back to the system at once */
#define N_CLASSES ((MAX_SHIFT - MIN_SHIFT) * 4 + 1)
#define KEEP_BYTES ((int64_t)256 << 20)         /* all lists together */
#define SMALL_BYTES ((size_t)4096)              /* below, lists are bounded by their length alone */
#define SMALL_KEPT 256
#define HUGE_BYTES ((size_t)2 << 20)            /* blocks that may use huge pages */
#define CHECK_BYTES ((size_t)16 << 20)          /* blocks for which the machine's memory is asked first */

typedef struct FreeBlock { struct FreeBlock *next; } FreeBlock;

static struct DataClass {
    _Alignas(64) atomic_flag lock;
    int n;
    FreeBlock *first;
} classes[N_CLASSES];
static _Atomic int64_t kept_bytes;              /* in all lists of blocks from SMALL_BYTES on */
static _Atomic int64_t big_bytes;               /* in blocks of CHECK_BYTES and more that are in use */
static _Atomic unsigned trim_hand;              /* the class to take from next when the lists are too long */
static pthread_once_t data_once = PTHREAD_ONCE_INIT;

static void lock_class(struct DataClass *c)
{
    for (int i = 0; atomic_flag_test_and_set_explicit(&c->lock, memory_order_acquire); i++)
        if (i > 100)
            sched_yield();
}

static void unlock_class(struct DataClass *c)
{
    atomic_flag_clear_explicit(&c->lock, memory_order_release);
}

static void fork_prepare(void)
{
    for (int i = 0; i < N_CLASSES; i++)
        lock_class(&classes[i]);
}

static void fork_done(void)
{
    for (int i = 0; i < N_CLASSES; i++)
        unlock_class(&classes[i]);
}

static void data_init(void)
{
    pthread_atfork(fork_prepare, fork_done, fork_done);
}

/* The class of a size; its blocks hold *bytes.  -1 for blocks that are too big to keep. */
static int class_of(size_t n, size_t *bytes)
{
    n = (n + 63) & ~(size_t)63;
    if (n <= (size_t)1 << MIN_SHIFT) {
        *bytes = (size_t)1 << MIN_SHIFT;
        return 0;
    }
    if (n > (size_t)1 << MAX_SHIFT) {
        *bytes = (n + 4095) & ~(size_t)4095;
        return -1;
    }
    int shift = 63 - __builtin_clzll((unsigned long long)(n - 1));          /* 2^shift < n <= 2^(shift+1) */
    size_t step = (size_t)1 << (shift - 2), k = (n - 1 - ((size_t)1 << shift)) / step + 1;       /* 1..4 */
    *bytes = ((size_t)1 << shift) + k * step;
    return (shift - MIN_SHIFT) * 4 + (int)k;
}

static size_t class_bytes(int c)
{
    size_t base = (size_t)1 << (MIN_SHIFT + c / 4);
    return base + (base >> 2) * (size_t)(c % 4);
}

static void *take_block(int c, size_t bytes)
{
    struct DataClass *class = &classes[c];
    lock_class(class);
    FreeBlock *b = class->first;
    if (b) {
        class->first = b->next;
        class->n--;
    }
    unlock_class(class);
    if (b && bytes >= SMALL_BYTES)
        atomic_fetch_sub_explicit(&kept_bytes, (int64_t)bytes, memory_order_relaxed);
    return b;
}

/* Gives kept blocks back to the system, class after class, until `bytes` more fit into the budget. */
static void trim(int64_t bytes)
{
    for (int tries = 0; tries < N_CLASSES && atomic_load_explicit(&kept_bytes, memory_order_relaxed) + bytes > KEEP_BYTES; tries++) {
        int c = (int)(atomic_fetch_add_explicit(&trim_hand, N_CLASSES - 1, memory_order_relaxed) % N_CLASSES);
        for (void *p; atomic_load_explicit(&kept_bytes, memory_order_relaxed) + bytes > KEEP_BYTES && (p = take_block(c, class_bytes(c)));)
            free(p);
    }
}

/* True when the machine has the memory.  Linux hands out more than there is and kills the process that then uses it. */
static bool memory_is_there(size_t bytes)
{
    static _Atomic uint64_t total;
    uint64_t limit = atomic_load_explicit(&total, memory_order_relaxed);
    if (limit == 0) {
        limit = tfg_system_memory();
        atomic_store_explicit(&total, limit, memory_order_relaxed);
    }
    uint64_t used = (uint64_t)atomic_load_explicit(&big_bytes, memory_order_relaxed);
    if (bytes > limit || used > limit - bytes)
        return false;
    if (bytes > tfg_system_memory_free()) {
        trim(KEEP_BYTES);
        return bytes <= tfg_system_memory_free();
    }
    return true;
}

static void *system_block(size_t bytes)
{
    void *p;
    if (bytes < HUGE_BYTES)
        return aligned_alloc(64, bytes);
    if (bytes >= CHECK_BYTES && !memory_is_there(bytes))
        return NULL;
    if (posix_memalign(&p, HUGE_BYTES, bytes) != 0)
        return NULL;
    madvise(p, bytes & ~(HUGE_BYTES - 1), MADV_HUGEPAGE);
    return p;
}

#if defined(__SANITIZE_ADDRESS__)
#define KEEPS_BLOCKS 0          /* a kept block would hide its use after free */
#else
#define KEEPS_BLOCKS 1
#endif

void *tfg_alloc_data(size_t n)
{
    if (n > PTRDIFF_MAX / 2 || fails_now())
        return NULL;
    size_t bytes;
    int c = class_of(n, &bytes);
    void *p = KEEPS_BLOCKS && c >= 0 ? take_block(c, bytes) : NULL;
    if (!p)
        p = system_block(bytes);
    if (!p)
        return NULL;
    if (bytes >= CHECK_BYTES)
        atomic_fetch_add_explicit(&big_bytes, (int64_t)bytes, memory_order_relaxed);
    count_live(1);
    return p;
}

void tfg_free_data(void *p, size_t n)
{
    if (!p)
        return;
    count_live(-1);
    size_t bytes;
    int c = class_of(n, &bytes);
    if (bytes >= CHECK_BYTES)
        atomic_fetch_sub_explicit(&big_bytes, (int64_t)bytes, memory_order_relaxed);
    if (!KEEPS_BLOCKS || c < 0) {
        free(p);
        return;
    }
    pthread_once(&data_once, data_init);
    if (bytes >= SMALL_BYTES &&
        atomic_fetch_add_explicit(&kept_bytes, (int64_t)bytes, memory_order_relaxed) + (int64_t)bytes > KEEP_BYTES)
        trim(0);
    struct DataClass *class = &classes[c];
    FreeBlock *b = p;
    lock_class(class);
    bool keeps = bytes >= SMALL_BYTES || class->n < SMALL_KEPT;
    if (keeps) {
        b->next = class->first;
        class->first = b;
        class->n++;
    }
    unlock_class(class);
    if (!keeps)
        free(p);
}
