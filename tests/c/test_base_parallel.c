/* The thread pool: every tile once, nested and concurrent calls, few and many threads, fork. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/parallel.h"
#include "test.h"

static _Atomic int hits[5000];

static void hit(void *context, int64_t i)
{
    atomic_fetch_add(&((_Atomic int *)context)[i], 1);
}

TEST(every_tile_once)
{
    for (int size = 1; size <= 9; size += 2) {
        tfg_parallel_set_size(size);
        CHECK_EQ_INT(tfg_parallel_size(), size);
        for (int64_t n = 0; n < 5000; n = n * 3 + 1) {
            memset((void *)hits, 0, sizeof hits);
            tfg_parallel(n, (int)(n % 4), hit, hits);
            for (int64_t i = 0; i < 5000; i++)
                CHECK_EQ_INT(hits[i], i < n);
        }
    }
    tfg_parallel_set_size(0);
    CHECK(tfg_parallel_size() >= 1);
}

static _Atomic int64_t nested_sum;

static void add_one(void *context, int64_t i)
{
    (void)context;
    atomic_fetch_add(&nested_sum, i);
}

static void nest(void *context, int64_t i)
{
    (void)i;
    tfg_parallel(10, 0, add_one, context);
}

TEST(nested_calls_run_inside)
{
    tfg_parallel_set_size(4);
    nested_sum = 0;
    tfg_parallel(100, 0, nest, NULL);
    CHECK_EQ_INT(nested_sum, 4500);
}

static void *caller(void *unused)
{
    (void)unused;
    intptr_t bad = 0;
    for (int round = 0; round < 500; round++) {
        _Atomic int mine[64] = {0};
        tfg_parallel(64, 0, hit, mine);
        for (int i = 0; i < 64; i++)
            bad += mine[i] != 1;
    }
    return (void *)bad;
}

TEST(several_callers_at_once)
{
    tfg_parallel_set_size(3);
    pthread_t t[6];
    for (int i = 0; i < 6; i++)
        CHECK_EQ_INT(pthread_create(&t[i], NULL, caller, NULL), 0);
    for (int i = 0; i < 6; i++) {
        void *bad;
        pthread_join(t[i], &bad);
        CHECK(bad == NULL);
    }
}

static void doze(void *context, int64_t i)
{
    struct timespec t = {0, 3000000};
    nanosleep(&t, NULL);
    hit(context, i);
}

/* Workers that sleep wake up, and a caller that waits long sleeps too. */
TEST(sleepers_wake)
{
    tfg_parallel_set_size(4);
    memset((void *)hits, 0, sizeof hits);
    struct timespec t = {0, 20000000};
    for (int round = 0; round < 3; round++) {
        nanosleep(&t, NULL);
        tfg_parallel(16, 0, doze, hits);
    }
    for (int i = 0; i < 16; i++)
        CHECK_EQ_INT(hits[i], 3);
}

static void stand(void *context, int64_t i)
{
    struct timespec t = {0, 5000000};
    if (!pthread_equal(pthread_self(), *(const pthread_t *)context))
        nanosleep(&t, NULL);
    hit(hits, i);
}

static void linger(void *context, int64_t i)
{
    struct timespec t = {0, 200000};
    nanosleep(&t, NULL);
    hit(context, i);
}

/* After a helper held a job up: short jobs, and those that are long enough to ask for help again. */
TEST(a_helper_that_stands)
{
    pthread_t self = pthread_self();
    tfg_parallel_set_size(4);
    memset((void *)hits, 0, sizeof hits);
    for (int round = 0; round < 30; round++) {
        tfg_parallel(64, 0, stand, &self);
        tfg_parallel(64, 0, hit, hits);
        tfg_parallel(2, 0, hit, hits);
        tfg_parallel(round % 5 == 0 ? 64 : 0, 0, linger, hits);
    }
    for (int i = 0; i < 64; i++)
        CHECK_EQ_INT(hits[i], i < 2 ? 96 : 66);
}

static int run_child(void)
{
    pid_t child = fork();
    if (child == 0) {
        alarm(20);
        _Atomic int mine[64] = {0};
        for (int round = 0; round < 50; round++)
            tfg_parallel(64, 0, hit, mine);
        for (int i = 0; i < 64; i++)
            if (mine[i] != 50)
                _exit(1);
        _exit(0);
    }
    int status = -1;
    if (child > 0)
        waitpid(child, &status, 0);
    return status;
}

TEST(child_of_fork_has_a_pool)
{
    tfg_parallel_set_size(4);
    tfg_parallel(64, 0, doze, hits);
    for (int i = 0; i < 5; i++)
        CHECK_EQ_INT(run_child(), 0);
}

static atomic_bool stop;

static void *keep_calling(void *unused)
{
    (void)unused;
    while (!atomic_load(&stop))
        tfg_parallel(64, 0, hit, hits);
    return NULL;
}

TEST(fork_while_others_run)
{
    tfg_parallel_set_size(3);
    pthread_t t[2];
    atomic_store(&stop, false);
    for (int i = 0; i < 2; i++)
        CHECK_EQ_INT(pthread_create(&t[i], NULL, keep_calling, NULL), 0);
    int bad = 0;
    for (int i = 0; i < 20; i++)
        bad += run_child() != 0;
    atomic_store(&stop, true);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    CHECK_EQ_INT(bad, 0);
}

/* Two pieces of work, each waiting for the other: only possible on threads of their own. */
static pthread_barrier_t barrier;
static _Atomic int met;

static void meet(void *context)
{
    (void)context;
    pthread_barrier_wait(&barrier);
    atomic_fetch_add(&met, 1);
}

TEST(detached_work_may_block)
{
    for (int round = 1; round <= 5; round++) {
        pthread_barrier_init(&barrier, NULL, 4);
        for (int i = 0; i < 3; i++)
            CHECK_EQ_INT(tfg_parallel_detach(meet, NULL), 0);
        pthread_barrier_wait(&barrier);
        for (int i = 0; i < 2000 && atomic_load(&met) < 3 * round; i++)
            usleep(1000);
        CHECK_EQ_INT(met, 3 * round);
        pthread_barrier_destroy(&barrier);
    }
}
