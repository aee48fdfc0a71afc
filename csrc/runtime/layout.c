#include "runtime/layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"

#define ALIGN 64

int tfg_layout_init(TfgLayout *l, int32_t n_slots, TfgStatus *s)
{
    memset(l, 0, sizeof *l);
    l->slots = tfg_calloc((size_t)n_slots, sizeof *l->slots);
    if (!l->slots)
        return tfg_fail_memory(s);
    l->n = n_slots;
    for (int32_t i = 0; i < n_slots; i++)
        l->slots[i].offset = l->slots[i].parent = l->slots[i].seen_parent = -1;
    return 0;
}

void tfg_layout_fini(TfgLayout *l)
{
    for (int32_t i = 0; i < l->n; i++)
        tfg_tensor_unref(l->slots[i].header);
    tfg_free(l->slots);
    if (l->arena)
        tfg_free_data(l->arena, l->arena_n);
    memset(l, 0, sizeof *l);
}

TfgTensor *tfg_layout_header(TfgLayout *l, int32_t slot, TfgDType dtype, int rank, const int64_t *dims, int64_t count, void *data)
{
    TfgLayoutSlot *k = &l->slots[slot];
    if (rank > TFG_INLINE_DIMS)
        return NULL;
    TfgTensor *t = k->header;
    if (!t) {
        TfgStatus ignored = TFG_STATUS_INIT;
        t = k->header = tfg_tensor_wrap_steal(dtype, rank, dims, data, NULL, &ignored);
        tfg_status_fini(&ignored);
        if (!t)
            return NULL;
    } else if (atomic_load_explicit(&t->refs, memory_order_acquire) != 1) {
        return NULL;
    }
    t->dtype = dtype;
    t->rank = rank;
    t->count = count;
    t->data = data;
    t->dims = t->small;
    for (int i = 0; i < rank; i++)
        t->small[i] = dims[i];
    atomic_store_explicit(&t->refs, 2, memory_order_relaxed);   /* the frame's and the caller's */
    return t;
}

/* ---- Making the regions ---------------------------------------------------------------------------------------------------- */

typedef struct Gap { size_t offset, size; } Gap;

typedef struct Packer {         /* free parts of the arena, by offset */
    Gap *gaps;
    size_t n, capacity;
    size_t end;                 /* bytes in use at most */
} Packer;

#define MAX_SEARCH 512          /* gaps that are looked at for the best fit */
#define MAX_GAPS 8192           /* more are not kept: what is freed then stays unused */

static size_t take(Packer *p, size_t size)
{
    size_t offset;
    size_t best = p->n;
    for (size_t i = p->n > MAX_SEARCH ? p->n - MAX_SEARCH : 0; i < p->n; i++)
        if (p->gaps[i].size >= size && (best == p->n || p->gaps[i].size < p->gaps[best].size))
            best = i;
    if (best == p->n) {         /* a gap at the end can grow */
        if (p->n && p->gaps[p->n - 1].offset + p->gaps[p->n - 1].size == p->end) {
            offset = p->gaps[--p->n].offset;
            p->end = offset + size;
            return offset;
        }
        offset = p->end;
        p->end += size;
        return offset;
    }
    offset = p->gaps[best].offset;
    if (p->gaps[best].size == size) {
        memmove(p->gaps + best, p->gaps + best + 1, (p->n - best - 1) * sizeof *p->gaps);
        p->n--;
    } else {
        p->gaps[best].offset += size;
        p->gaps[best].size -= size;
    }
    return offset;
}

static int give(Packer *p, size_t offset, size_t size)
{
    size_t low = 0, high = p->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (p->gaps[middle].offset < offset)
            low = middle + 1;
        else
            high = middle;
    }
    bool joins_left = low > 0 && p->gaps[low - 1].offset + p->gaps[low - 1].size == offset;
    bool joins_right = low < p->n && offset + size == p->gaps[low].offset;
    if (joins_left && joins_right) {
        p->gaps[low - 1].size += size + p->gaps[low].size;
        memmove(p->gaps + low, p->gaps + low + 1, (p->n - low - 1) * sizeof *p->gaps);
        p->n--;
    } else if (joins_left) {
        p->gaps[low - 1].size += size;
    } else if (joins_right) {
        p->gaps[low].offset = offset;
        p->gaps[low].size += size;
    } else if (p->n < MAX_GAPS) {
        if (tfg_grow((void **)&p->gaps, &p->capacity, p->n + 1, sizeof *p->gaps) < 0)
            return -1;
        memmove(p->gaps + low + 1, p->gaps + low, (p->n - low) * sizeof *p->gaps);
        p->gaps[low] = (Gap){offset, size};
        p->n++;
    }
    return 0;
}

/* The tree of sharing: a slot's parent has a lower number, since slots are numbered in the order of instructions. */
typedef struct Tree {
    int32_t *child, *sibling;   /* -1: none */
    int32_t *end;               /* last use of the slot or of any that shares its memory through it */
} Tree;

static void make_tree(TfgLayout *l, const int32_t *last, Tree *t)
{
    for (int32_t k = 0; k < l->n; k++) {
        l->slots[k].parent = l->slots[k].seen_parent;
        t->child[k] = t->sibling[k] = -1;
        t->end[k] = last[k];
    }
    for (int32_t k = l->n - 1; k >= 0; k--) {
        int32_t parent = l->slots[k].parent;
        if (parent < 0)
            continue;
        t->sibling[k] = t->child[parent];
        t->child[parent] = k;
        if (t->end[k] > t->end[parent])
            t->end[parent] = t->end[k];
        if (l->slots[k].escapes)
            l->slots[parent].escapes = true;
    }
}

/* Whether anything else in the memory of in-place output k still lives when k overwrites it.  Above an in-place parent nothing
 * can: that was asked when the parent itself was looked at. */
static bool still_needed(const TfgLayout *l, const Tree *t, const int32_t *first, const int32_t *last, int32_t k)
{
    for (int32_t below = k, a = l->slots[k].parent; a >= 0; below = a, a = l->slots[a].parent) {
        if (last[a] > first[k])
            return true;
        for (int32_t m = t->child[a]; m >= 0; m = t->sibling[m])
            if (m != below && l->slots[m].parent == a && t->end[m] > first[k])
                return true;
        if (l->slots[a].seen_share == TFG_SHARE_INPLACE)
            break;
    }
    return false;
}

void tfg_layout_make(TfgLayout *l, const int32_t *first, const int32_t *last)
{
    size_t n = (size_t)l->n;
    int32_t *numbers = tfg_alloc(4 * n * sizeof *numbers), *dying = numbers;    /* dying: list of the slots that die together */
    Tree tree = {0};
    Packer packer = {0};
    int32_t n_instr = 0, instr = -1;
    int32_t *dying_at = NULL;
    char *old = l->arena;
    size_t old_n = l->arena_n;
    l->dirty = false;
    l->remade++;
    for (size_t k = 0; k < n; k++)
        l->slots[k].offset = -1;
    if (!numbers)
        goto done;
    tree = (Tree){numbers + n, numbers + 2 * n, numbers + 3 * n};
    make_tree(l, last, &tree);
    for (int32_t k = 0; k < l->n; k++) {
        if (l->slots[k].parent >= 0 && l->slots[k].seen_share == TFG_SHARE_INPLACE && still_needed(l, &tree, first, last, k))
            l->slots[k].parent = -1;
        n_instr = last[k] >= n_instr ? last[k] + 1 : n_instr;
        n_instr = first[k] >= n_instr ? first[k] + 1 : n_instr;
    }
    dying_at = tfg_alloc(((size_t)n_instr + 1) * sizeof *dying_at);
    if (!dying_at)
        goto done;
    for (int32_t i = 0; i <= n_instr; i++)
        dying_at[i] = -1;
    for (int32_t k = 0; k < l->n; k++) {
        TfgLayoutSlot *slot = &l->slots[k];
        if (slot->parent >= 0 || slot->escapes || slot->need == 0 || first[k] < 0)
            continue;
        for (; instr < first[k]; instr++)       /* what died before this instruction is free now */
            for (int32_t d = instr >= 0 ? dying_at[instr] : -1; d >= 0; d = dying[d])
                if (give(&packer, (size_t)l->slots[d].offset, l->slots[d].size) < 0)
                    goto done;
        slot->size = (slot->need + ALIGN - 1) / ALIGN * ALIGN;
        slot->offset = (int64_t)take(&packer, slot->size);
        int32_t dies = tree.end[k] < first[k] ? first[k] : tree.end[k];
        dying[k] = dying_at[dies];
        dying_at[dies] = k;
    }
    if (packer.end > old_n || packer.end < old_n / 4) {
        l->arena = packer.end && packer.end <= l->limit ? tfg_alloc_data(packer.end) : NULL;
        l->arena_n = l->arena ? packer.end : 0;
        if (old)
            tfg_free_data(old, old_n);
    }
done:
    if (!l->arena || packer.end > l->arena_n)
        for (size_t k = 0; k < n; k++)
            l->slots[k].offset = -1;
    tfg_free(packer.gaps);
    tfg_free(dying_at);
    tfg_free(numbers);
}
