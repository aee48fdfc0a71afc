/* Allocation: the failing hook, the counts, growing, data blocks and their limits. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "base/memory.h"
#include "base/system.h"
#include "test.h"

TEST(nth_request_fails_once)
{
    for (int n = 1; n <= 5; n++) {
        tfg_alloc_fail_at(n);
        for (int i = 1; i <= 6; i++) {
            void *p = i % 2 ? tfg_alloc(8) : tfg_alloc_data(8);
            CHECK((p == NULL) == (i == n));
            CHECK(tfg_alloc_failed() == (i >= n));
            if (i % 2)
                tfg_free(p);
            else
                tfg_free_data(p, 8);
        }
    }
    tfg_alloc_fail_at(0);
    CHECK(!tfg_alloc_failed());
    CHECK_EQ_INT(tfg_alloc_live(), 0);
}

TEST(impossible_sizes)
{
    CHECK(tfg_alloc(SIZE_MAX) == NULL);
    CHECK(tfg_calloc(SIZE_MAX / 2, 3) == NULL);
    CHECK(tfg_alloc_data(SIZE_MAX) == NULL);
    CHECK(tfg_alloc_data(SIZE_MAX / 4) == NULL);
    CHECK(tfg_alloc_data((size_t)tfg_system_memory() + 1) == NULL);
    void *p = tfg_alloc(0), *q = tfg_alloc_data(0);
    CHECK(p && q);
    tfg_free(p);
    tfg_free_data(q, 0);
    CHECK_EQ_INT(tfg_alloc_live(), 0);
}

/* More than the machine has, in blocks that Linux would each grant: all are refused in time although no page is touched. */
TEST(memory_is_not_promised_twice)
{
    size_t block = (size_t)1 << 30;
    int most = (int)(tfg_system_memory() / block) + 2, n = 0;
    void **p = calloc((size_t)most, sizeof *p);
    CHECK(p != NULL);
    while (n < most && (p[n] = tfg_alloc_data(block)) != NULL)
        n++;
    CHECK(n < most - 1);
    for (int i = 0; i < n; i++)
        tfg_free_data(p[i], block);
    free(p);
    CHECK_EQ_INT(tfg_alloc_live(), 0);
}

TEST(grow_doubles)
{
    int *items = NULL;
    size_t capacity = 0, moves = 0;
    for (size_t i = 0; i < 10000; i++) {
        size_t before = capacity;
        CHECK_EQ_INT(tfg_grow((void **)&items, &capacity, i + 1, sizeof *items), 0);
        moves += capacity != before;
        items[i] = (int)i;
    }
    CHECK(moves < 15);
    for (int i = 0; i < 10000; i++)
        CHECK_EQ_INT(items[i], i);
    CHECK_EQ_INT(tfg_grow((void **)&items, &capacity, SIZE_MAX / 2, sizeof *items), -1);
    CHECK(capacity >= 10000);
    tfg_free(items);
    CHECK_EQ_INT(tfg_alloc_live(), 0);
}

TEST(data_blocks_are_aligned_and_apart)
{
    enum { N = 400 };
    unsigned char *p[N];
    size_t n[N];
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < N; i++) {
            n[i] = (size_t)(i * i) * 7 % 70001;
            p[i] = tfg_alloc_data(n[i]);
            CHECK(p[i] && (uintptr_t)p[i] % 64 == 0);
            memset(p[i], i & 0xff, n[i]);
        }
        for (int i = 0; i < N; i++)
            for (size_t j = 0; j < n[i]; j += 97)
                CHECK(p[i][j] == (i & 0xff));
        for (int i = 0; i < N; i++)
            tfg_free_data(p[i], n[i]);
    }
    CHECK_EQ_INT(tfg_alloc_live(), 0);
}

static void *churn(void *seed)
{
    uint64_t x = (uint64_t)(uintptr_t)seed * 0x9e3779b97f4a7c15u;
    unsigned char *held[32] = {0};
    size_t sizes[32];
    intptr_t bad = 0;
    for (int i = 0; i < 20000; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        int k = (int)(x >> 59);
        if (held[k]) {
            bad += held[k][0] != (unsigned char)(uintptr_t)seed || held[k][sizes[k] - 1] != (unsigned char)(uintptr_t)seed;
            tfg_free_data(held[k], sizes[k]);
        }
        sizes[k] = 1 + (x >> 20 & 0xfff);
        held[k] = tfg_alloc_data(sizes[k]);
        held[k][0] = held[k][sizes[k] - 1] = (unsigned char)(uintptr_t)seed;
    }
    for (int k = 0; k < 32; k++)
        if (held[k])
            tfg_free_data(held[k], sizes[k]);
    return (void *)bad;
}

TEST(data_blocks_from_many_threads)
{
    pthread_t t[4];
    for (uintptr_t i = 0; i < 4; i++)
        CHECK_EQ_INT(pthread_create(&t[i], NULL, churn, (void *)(i + 1)), 0);
    for (int i = 0; i < 4; i++) {
        void *bad;
        pthread_join(t[i], &bad);
        CHECK(bad == NULL);
    }
    CHECK_EQ_INT(tfg_alloc_live(), 0);
}

/* Whatever malloc makes of the hint, memory taken between begin and end is as any other. */
TEST(heap_in_large_pages)
{
    CHECK(tfg_heap_begin(0) == NULL && tfg_heap_begin(1000) == NULL && tfg_heap_begin(SIZE_MAX) == NULL);
    for (int round = 0; round < 3; round++) {
        size_t n = (size_t)(round + 1) * 3500001;
        char *held[4];
        TfgHeap *heap = tfg_heap_begin(4 * n);
        for (int i = 0; i < 4; i++)
            if ((held[i] = tfg_alloc(n)))
                memset(held[i], i, n);
        tfg_heap_end(heap);
        for (int i = 0; i < 4; i++) {
            CHECK(held[i] && held[i][0] == i && held[i][n - 1] == i);
            tfg_free(held[i]);
        }
    }
    for (int n = 1; n <= 300; n += 23) {
        tfg_alloc_fail_at(n);
        tfg_heap_end(tfg_heap_begin((size_t)16 << 20));
    }
    tfg_alloc_fail_at(0);
    CHECK_EQ_INT(tfg_alloc_live(), 0);
}

TEST(system_has_something)
{
    CHECK(tfg_system_cpus() >= 1);
    CHECK(tfg_system_memory() > (1u << 26));
    CHECK(tfg_system_memory_free() > 0 && tfg_system_memory_free() <= UINT64_MAX / 2);
}
