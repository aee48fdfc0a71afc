#include "base/parallel.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/denormals.h"
#include "base/memory.h"
#include "base/system.h"

/* How it works.  A call puts a job, which lives on its stack, into a list.  A worker looks for a job that wants more threads,
 * joins it under the list's lock, takes tiles by counting up job->next, and leaves by counting down job->helpers.  The caller
 * does the same, takes the job out of the list, and waits for its helpers.  Idle workers watch `epoch` for a moment, because the
 * next call of a running step comes within microseconds, then sleep on it. */

#define MAX_WORKERS 1023
#define SPIN_NS 100000          /* how long an idle worker watches before it sleeps */

/* Where other programs want the processors too, a helper may lose its own in the middle of a tile, and the caller then stands for
 * milliseconds before a job that it would have done by itself in microseconds.  Whoever met that asks for help only with jobs that
 * have already taken a while, and does so for a time in proportion to what was lost. */
#define STALL_NS 300000         /* waiting longer than this, and than the job itself took, is a stall */
#define ALONE_NS 500000         /* after a stall: how long a job is done alone */
#define STALL_COST 30           /* a stall is remembered for so many times its length, but not for longer than this; */
#define MAX_SHY_NS 300000000
#define LONG_SHY_NS 2000000000  /* the next one, where it comes soon, for twice as long, up to this */

typedef struct Job {
    struct Job *next_job, **link;       /* in the pool's list, under its lock */
    TfgTileFn fn;
    void *context;
    int64_t n_tiles;
    int wanted;                         /* helpers that may still join; under the lock */
    int cpu;                            /* where the caller ran when it began */
    _Alignas(64) _Atomic int64_t next;  /* the tile to take */
    _Alignas(64) _Atomic uint32_t helpers;      /* inside the job now */
} Job;

static struct {
    atomic_flag lock;
    Job *jobs;                          /* newest first */
    int n_workers;                      /* started threads; under the lock */
    _Atomic int size;                   /* threads that may work on a job; 0: not asked yet */
    _Alignas(64) _Atomic uint32_t epoch;        /* counts published jobs; workers sleep on it */
    _Alignas(64) _Atomic int32_t sleepers;
    _Atomic int64_t shy_until, shy_ns;  /* the time until which a stall is remembered; how long that was */
} pool = {.lock = ATOMIC_FLAG_INIT};

static pthread_once_t fork_once = PTHREAD_ONCE_INIT;
static _Thread_local bool inside;       /* this thread is working on a job: calls it makes run alone */

static inline void relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void futex_wait(_Atomic uint32_t *word, uint32_t value)
{
    syscall(SYS_futex, (void *)word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void futex_wake(_Atomic uint32_t *word, int n)
{
    syscall(SYS_futex, (void *)word, FUTEX_WAKE_PRIVATE, n, NULL, NULL, 0);
}

static void lock_pool(void)
{
    for (int i = 0; atomic_flag_test_and_set_explicit(&pool.lock, memory_order_acquire); i++)
        if (i < 64)
            relax();
        else
            sched_yield();
}

static void unlock_pool(void)
{
    atomic_flag_clear_explicit(&pool.lock, memory_order_release);
}

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- Threads --------------------------------------------------------------------------------------------------------------- */

/* A detached thread that leaves all signals to the program's own threads. */
static int start_thread(void *(*main)(void *), void *argument)
{
    sigset_t all, before;
    pthread_attr_t attributes;
    pthread_t thread;
    if (pthread_attr_init(&attributes) != 0)
        return -1;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&thread, &attributes, main, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return rc == 0 ? 0 : -1;
}

static void work(Job *job)
{
    for (int64_t i; (i = atomic_fetch_add_explicit(&job->next, 1, memory_order_relaxed)) < job->n_tiles;)
        job->fn(job->context, i);
}

/* A job that still has tiles and wants one more thread; the caller is now one of its helpers. */
static Job *join_job(void)
{
    Job *found = NULL;
    lock_pool();
    for (Job *j = pool.jobs; j && !found; j = j->next_job)
        if (j->wanted > 0 && atomic_load_explicit(&j->next, memory_order_relaxed) < j->n_tiles)
            found = j;
    if (found) {
        found->wanted--;
        atomic_fetch_add_explicit(&found->helpers, 1, memory_order_relaxed);
    }
    unlock_pool();
    return found;
}

/* Bit 31 of helpers says that the caller sleeps on it.  After the count has gone down the job may be gone, so waking uses only
 * the address. */
#define CALLER_SLEEPS 0x80000000u

static void leave_job(Job *job)
{
    if (atomic_fetch_sub_explicit(&job->helpers, 1, memory_order_acq_rel) == (CALLER_SLEEPS | 1u))
        futex_wake(&job->helpers, 1);
}

static void wait_for_job(uint32_t seen)
{
    int64_t until = now_ns() + SPIN_NS;
    do {
        for (int i = 0; i < 50; i++) {
            if (atomic_load_explicit(&pool.epoch, memory_order_acquire) != seen)
                return;
            relax();
        }
    } while (now_ns() < until);
    atomic_fetch_add(&pool.sleepers, 1);
    if (atomic_load(&pool.epoch) == seen)
        futex_wait(&pool.epoch, seen);
    atomic_fetch_sub(&pool.sleepers, 1);
}

/* On a busy machine the kernel likes to wake a worker where the caller runs, and then both share one processor while others are
 * free or have less urgent work.  A worker that meets its caller keeps off that processor from then on. */
static void keep_off(int cpu, const cpu_set_t *allowed)
{
    if (cpu < 0 || cpu >= CPU_SETSIZE || sched_getcpu() != cpu)
        return;
    cpu_set_t rest = *allowed;
    CPU_CLR((size_t)cpu, &rest);
    if (CPU_COUNT(&rest) > 0)
        sched_setaffinity(0, sizeof rest, &rest);
}

static void *worker_main(void *unused)
{
    (void)unused;
    inside = true;
    tfg_denormals_off();
    cpu_set_t allowed;
    bool may_move = sched_getaffinity(0, sizeof allowed, &allowed) == 0;
    for (;;) {
        uint32_t seen = atomic_load_explicit(&pool.epoch, memory_order_acquire);
        Job *job = join_job();
        if (!job) {
            wait_for_job(seen);
            continue;
        }
        if (may_move)
            keep_off(job->cpu, &allowed);
        work(job);
        leave_job(job);
    }
    return NULL;
}

static void fork_prepare(void);
static void fork_parent(void);
static void fork_child(void);

static void install_fork(void)
{
    pthread_atfork(fork_prepare, fork_parent, fork_child);
}

/* Brings the number of started workers to n, or as near as the system lets us. */
static void start_workers(int n)
{
    for (;;) {
        lock_pool();
        bool more = pool.n_workers < n;
        pool.n_workers += more;
        unlock_pool();
        if (!more)
            return;
        if (start_thread(worker_main, NULL) < 0) {
            lock_pool();
            pool.n_workers--;
            unlock_pool();
            return;
        }
    }
}

/* ---- Size ------------------------------------------------------------------------------------------------------------------ */

static int clamp_size(int n)
{
    return n < 1 ? 1 : n > MAX_WORKERS + 1 ? MAX_WORKERS + 1 : n;
}

/* TFG_THREADS in the environment wins over what the machine has: tests compare the bits of several sizes. */
static int usual_size(void)
{
    const char *forced = getenv("TFG_THREADS");
    long n = forced ? strtol(forced, NULL, 10) : 0;
    return clamp_size(n > 0 && n < 4096 ? (int)n : tfg_system_cpus());
}

int tfg_parallel_size(void)
{
    int n = atomic_load_explicit(&pool.size, memory_order_relaxed);
    if (n == 0) {
        n = usual_size();
        atomic_store_explicit(&pool.size, n, memory_order_relaxed);
    }
    return n;
}

void tfg_parallel_set_size(int n)
{
    atomic_store_explicit(&pool.size, n <= 0 ? 0 : clamp_size(n), memory_order_relaxed);
}

/* ---- A call ---------------------------------------------------------------------------------------------------------------- */

static void publish(Job *job)
{
    int wanted = job->wanted;   /* the worker that joins counts it down */
    lock_pool();
    job->next_job = pool.jobs;
    job->link = &pool.jobs;
    if (pool.jobs)
        pool.jobs->link = &job->next_job;
    pool.jobs = job;
    int n_workers = pool.n_workers;
    unlock_pool();
    atomic_fetch_add(&pool.epoch, 1);
    if (n_workers < wanted)
        start_workers(wanted);
    if (atomic_load(&pool.sleepers) > 0)
        futex_wake(&pool.epoch, wanted);
}

static void withdraw(Job *job)
{
    lock_pool();
    *job->link = job->next_job;
    if (job->next_job)
        job->next_job->link = job->link;
    unlock_pool();
}

/* No new helper can come: waits for those inside to finish their last tile.  Whether that took long. */
static bool wait_for_helpers(Job *job)
{
    int64_t until = 0;
    for (int i = 0; atomic_load_explicit(&job->helpers, memory_order_acquire) != 0; i++) {
        relax();
        if (i % 64 != 63)
            continue;
        int64_t now = now_ns();
        if (until == 0)
            until = now + SPIN_NS;
        if (now < until)
            continue;
        uint32_t n = atomic_fetch_or_explicit(&job->helpers, CALLER_SLEEPS, memory_order_acq_rel) | CALLER_SLEEPS;
        while ((n & ~CALLER_SLEEPS) != 0) {
            futex_wait(&job->helpers, n);
            n = atomic_load_explicit(&job->helpers, memory_order_acquire);
        }
        return true;
    }
    return false;
}

static void note_stall(int64_t worked, int64_t now, int64_t since)
{
    int64_t lost = now - since;
    if (lost < STALL_NS || lost < worked)
        return;
    int64_t shy = lost > MAX_SHY_NS / STALL_COST ? MAX_SHY_NS : lost * STALL_COST;
    int64_t before = atomic_load_explicit(&pool.shy_ns, memory_order_relaxed), ended = atomic_load_explicit(&pool.shy_until, memory_order_relaxed);
    if (before > 0 && now - ended < before && shy < 2 * before)
        shy = 2 * before < LONG_SHY_NS ? 2 * before : LONG_SHY_NS;
    atomic_store_explicit(&pool.shy_ns, shy, memory_order_relaxed);
    atomic_store_explicit(&pool.shy_until, now + shy, memory_order_relaxed);
}

/* Does tiles until the job is done, or has taken so long that help is asked for all the same; whether it has. */
static bool work_alone(Job *job, int64_t start)
{
    int64_t next = 0;
    while (next < job->n_tiles) {
        job->fn(job->context, next++);
        if (next < job->n_tiles - 1 && now_ns() - start > ALONE_NS)
            break;
    }
    atomic_store_explicit(&job->next, next, memory_order_relaxed);
    return next < job->n_tiles;
}

void tfg_parallel(int64_t n_tiles, int max_threads, TfgTileFn fn, void *context)
{
    int threads = inside || n_tiles <= 1 ? 1 : tfg_parallel_size();
    if (max_threads > 0 && max_threads < threads)
        threads = max_threads;
    if (n_tiles < threads)
        threads = (int)n_tiles;
    if (threads <= 1) {
        for (int64_t i = 0; i < n_tiles; i++)
            fn(context, i);
        return;
    }
    /* Before the first job is published: a fork in another thread must not copy a list that no handler empties. */
    pthread_once(&fork_once, install_fork);
    Job job = {.fn = fn, .context = context, .n_tiles = n_tiles, .wanted = threads - 1, .cpu = sched_getcpu()};
    int64_t start = now_ns();
    inside = true;
    if (start >= atomic_load_explicit(&pool.shy_until, memory_order_relaxed) || work_alone(&job, start)) {
        publish(&job);
        work(&job);
        withdraw(&job);
        int64_t end = now_ns();
        if (wait_for_helpers(&job))
            note_stall(end - start, now_ns(), end);
    }
    inside = false;
}

/* ---- Threads that may block -------------------------------------------------------------------------------------------------- */

#define HELPER_IDLE_S 5         /* a helper thread without work ends after this long */

typedef struct Blocking {
    struct Blocking *next;
    void (*fn)(void *context);
    void *context;
} Blocking;

static struct {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    Blocking *first, **last;    /* waiting for a thread */
    int n_waiting, n_idle;
} blocking = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER, .last = &blocking.first};

/* The next piece of work, or NULL when none came for a while.  Called, and returns, with the lock held. */
static Blocking *next_blocking(void)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += HELPER_IDLE_S;
    blocking.n_idle++;
    int rc = 0;
    while (!blocking.first && rc != ETIMEDOUT)
        rc = pthread_cond_timedwait(&blocking.wake, &blocking.lock, &until);
    blocking.n_idle--;
    Blocking *b = blocking.first;
    if (b) {
        blocking.first = b->next;
        if (!blocking.first)
            blocking.last = &blocking.first;
        blocking.n_waiting--;
    }
    return b;
}

static void *helper_main(void *unused)
{
    (void)unused;
    tfg_denormals_off();
    pthread_mutex_lock(&blocking.lock);
    for (Blocking *b; (b = next_blocking()) != NULL;) {
        pthread_mutex_unlock(&blocking.lock);
        b->fn(b->context);
        tfg_free(b);
        pthread_mutex_lock(&blocking.lock);
    }
    pthread_mutex_unlock(&blocking.lock);
    return NULL;
}

#define COPY_TILE ((size_t)2 << 20)      /* a huge page, which one thread then has to itself */

typedef struct Copy {
    char *to;
    const char *from;
    size_t n;
} Copy;

static void copy_tile(void *context, int64_t tile)
{
    const Copy *c = context;
    size_t at = (size_t)tile * COPY_TILE, n = c->n - at < COPY_TILE ? c->n - at : COPY_TILE;
    memcpy(c->to + at, c->from + at, n);
}

void tfg_parallel_copy(void *to, const void *from, size_t n)
{
    Copy c = {to, from, n};
    if (n < 2 * COPY_TILE)
        memcpy(to, from, n);
    else
        tfg_parallel((int64_t)((n + COPY_TILE - 1) / COPY_TILE), 0, copy_tile, &c);
}

int tfg_parallel_detach(void (*fn)(void *context), void *context)
{
    Blocking *b = tfg_alloc(sizeof *b);
    if (!b)
        return -1;
    *b = (Blocking){NULL, fn, context};
    pthread_once(&fork_once, install_fork);
    pthread_mutex_lock(&blocking.lock);
    bool needs_thread = blocking.n_idle <= blocking.n_waiting;
    if (needs_thread && start_thread(helper_main, NULL) < 0) {
        pthread_mutex_unlock(&blocking.lock);
        tfg_free(b);
        return -1;
    }
    *blocking.last = b;
    blocking.last = &b->next;
    blocking.n_waiting++;
    pthread_cond_signal(&blocking.wake);
    pthread_mutex_unlock(&blocking.lock);
    return 0;
}

/* ---- fork ------------------------------------------------------------------------------------------------------------------ */

/* Taken in this order, and nothing else is locked under them, so that the child finds both lists whole. */
static void fork_prepare(void)
{
    pthread_mutex_lock(&blocking.lock);
    lock_pool();
}

static void fork_parent(void)
{
    unlock_pool();
    pthread_mutex_unlock(&blocking.lock);
}

/* The child has one thread.  Jobs of the parent's other threads are not its business, and work that waited for a helper thread
 * belongs to steps that do not go on here: its records are dropped with the threads' stacks. */
static void fork_child(void)
{
    pool.jobs = NULL;
    pool.n_workers = 0;
    atomic_store(&pool.sleepers, 0);
    unlock_pool();
    blocking.first = NULL;
    blocking.last = &blocking.first;
    blocking.n_waiting = blocking.n_idle = 0;
    pthread_mutex_init(&blocking.lock, NULL);
    pthread_cond_init(&blocking.wake, NULL);
}
