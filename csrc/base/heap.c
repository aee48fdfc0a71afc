/* malloc grows its heap by what is asked of it.  Asked for many blocks, each too small to be mapped on its own, it lays them one behind
 * the other; the system is told to make large pages of the whole stretch, and the blocks are freed again, all but the last: it keeps
 * the stretch from being given back before it is used.  Nothing here relies on that order; without it there are just no large pages. */
#include "base/heap.h"

#include <stdint.h>
#include <sys/mman.h>

#include "base/memory.h"
#include "base/parallel.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25        /* Linux 6.1: at once, also where a page of the range is there already */
#endif

#define PAGE ((uintptr_t)2 << 20)
#define BLOCK ((size_t)120 << 10)               /* malloc maps from 128 KiB on */
#define ASKED (BLOCK - sizeof(size_t))          /* what malloc keeps beside a block */
#define WORTH ((size_t)8 << 20)                 /* bytes */
#define PATIENCE 64                             /* blocks that do not lie in a row */

struct TfgHeap {
    TfgHeap *before;            /* the block taken before this one */
};

static bool in_a_row(const TfgHeap *h)
{
    return h->before && (uintptr_t)h->before + BLOCK == (uintptr_t)h;
}

static void free_blocks(TfgHeap *h)
{
    while (h) {
        TfgHeap *before = h->before;
        tfg_free(h);
        h = before;
    }
}

static TfgHeap *take_blocks(size_t n)
{
    TfgHeap *last = NULL;
    int apart = 0;
    for (size_t i = 0; i < n && apart < PATIENCE; i++) {
        TfgHeap *h = tfg_alloc(ASKED);
        if (!h)
            break;
        h->before = last;
        last = h;
        apart += !in_a_row(h);
    }
    return last;
}

static void make_large(void *first, int64_t i)
{
    madvise((char *)first + (uintptr_t)i * PAGE, PAGE, MADV_COLLAPSE);
}

static void make_stretch_large(uintptr_t first, uintptr_t end)
{
    first = (first + PAGE - 1) & ~(PAGE - 1);
    end &= ~(PAGE - 1);
    if (first >= end)
        return;
    madvise((void *)first, end - first, MADV_HUGEPAGE);
    tfg_parallel((int64_t)((end - first) / PAGE), 0, make_large, (void *)first);
}

TfgHeap *tfg_heap_begin(size_t n)
{
    if (n < WORTH || n > SIZE_MAX / 2)
        return NULL;
    TfgHeap *last = take_blocks(n / BLOCK + n / BLOCK / 16 + PAGE / BLOCK);
    for (TfgHeap *h = last; h;) {
        uintptr_t end = (uintptr_t)h + ASKED;
        while (in_a_row(h))
            h = h->before;
        make_stretch_large((uintptr_t)h, end);
        h = h->before;
    }
    if (last) {
        free_blocks(last->before);
        last->before = NULL;
    }
    return last;
}

void tfg_heap_end(TfgHeap *h)
{
    tfg_free(h);
}
