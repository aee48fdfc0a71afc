#include "runtime/block_run.h"

#include <string.h>

#include "base/parallel.h"

#define BUFFER_BYTES 24576      /* block buffers of one tile; with inputs and output this stays in a 48 KB L1 cache */
#define MAX_BLOCK 2048          /* elements */
#define DIRECT_RUN 128          /* rows at least so long are read where they are; shorter ones are copied out first */
#define CACHE_BYTES (1 << 20)   /* more than this comes from afar */
#define LONG_TILE 8             /* tiles of a reduction that one thread takes together where there are so MANY */
#define MANY_TILES 64

/* ---- How an operand is read ------------------------------------------------------------------------------------------------ */

bool tfg_operand_choose_mode(TfgOperand *o, const TfgBlockShape *in, const TfgBlockShape *out, TfgPatterns *patterns, bool whole_blocks)
{
    if (in->count == out->count || in->count == 1) {
        o->mode = in->count == out->count ? TFG_OPERAND_FULL : TFG_OPERAND_SCALAR;
        return true;
    }
    if (patterns->n == (int)(sizeof patterns->at / sizeof patterns->at[0]))
        return false;
    TfgPattern *p = &patterns->at[patterns->n];
    int64_t step = 1;
    p->n_dims = 0;
    for (int i = 1; i <= out->rank; i++) {
        int64_t n = out->dims[out->rank - i], m = i <= in->rank ? in->dims[in->rank - i] : 1;
        if (n == 1)
            continue;
        int64_t here = m == 1 ? 0 : step;
        step *= m;
        int last = p->n_dims - 1;
        if (last >= 0 && here == p->steps[last] * (here ? p->dims[last] : 1) && (here == 0) == (p->steps[last] == 0)) {
            p->dims[last] *= n;
        } else {
            p->dims[p->n_dims] = n;
            p->steps[p->n_dims++] = here;
        }
    }
    o->mode = TFG_OPERAND_EXPAND;
    o->period = p->dims[0];
    if (p->n_dims == 2 && p->steps[0] == 1 && p->steps[1] == 0)
        o->mode = o->period >= DIRECT_RUN && !whole_blocks ? TFG_OPERAND_ROW : TFG_OPERAND_EXPAND_ROW;
    else if (p->n_dims == 2 && p->steps[0] == 0 && p->steps[1] == 1 && o->period >= DIRECT_RUN && !whole_blocks)
        o->mode = TFG_OPERAND_COLUMN;
    if (o->mode == TFG_OPERAND_EXPAND) {
        o->pattern = p;
        patterns->n++;
    }
    return true;
}

static void fill(char *to, const char *element, int64_t size, int64_t n)
{
    switch (size) {
    case 1: memset(to, *element, (size_t)n); return;
    case 4: {
        uint32_t v;
        memcpy(&v, element, 4);
        for (int64_t i = 0; i < n; i++)
            memcpy(to + 4 * i, &v, 4);
        return;
    }
    case 8: {
        uint64_t v;
        memcpy(&v, element, 8);
        for (int64_t i = 0; i < n; i++)
            memcpy(to + 8 * i, &v, 8);
        return;
    }
    default:
        for (int64_t i = 0; i < n; i++)
            memcpy(to + size * i, element, (size_t)size);
    }
}

/* Elements start .. start+n of a periodic operand: one period, then doubling what is there. */
static void expand_row(const TfgOperand *o, char *to, int64_t start, int64_t n)
{
    int64_t at = start % o->period, head = o->period < n ? o->period : n, first = o->period - at < head ? o->period - at : head;
    memcpy(to, o->data + at * o->size, (size_t)(first * o->size));
    memcpy(to + first * o->size, o->data, (size_t)((head - first) * o->size));
    for (int64_t have = head; have < n;) {
        int64_t more = have < n - have ? have : n - have;
        memcpy(to + have * o->size, to, (size_t)(more * o->size));
        have += more;
    }
}

static void expand(const TfgOperand *o, char *to, int64_t start, int64_t n)
{
    const TfgPattern *p = o->pattern;
    int64_t index[TFG_BLOCK_DIMS], at = 0;
    for (int d = 0; d < p->n_dims; d++) {
        index[d] = start % p->dims[d];
        start /= p->dims[d];
        at += index[d] * p->steps[d];
    }
    while (n > 0) {
        int64_t run = p->dims[0] - index[0] < n ? p->dims[0] - index[0] : n;
        if (p->steps[0] == 0)
            fill(to, o->data + at * o->size, o->size, run);
        else
            memcpy(to, o->data + at * o->size, (size_t)(run * o->size));
        to += run * o->size;
        n -= run;
        at -= index[0] * p->steps[0];
        index[0] = 0;
        for (int d = 1; d < p->n_dims; d++) {
            at += p->steps[d];
            if (++index[d] < p->dims[d])
                break;
            at -= p->steps[d] * p->dims[d];
            index[d] = 0;
        }
    }
}

/* ---- Running --------------------------------------------------------------------------------------------------------------- */

#define LINE 64

/* Asks for a part of the lines that the next block reads from memory: without that the processor would wait for them while it has
 * nothing else to do, as its own prefetching stops whenever the passes over a block in the cache begin. */
static inline __attribute__((always_inline)) void fetch_ahead(const TfgBlockJob *j, int64_t at, int64_t n, int32_t k)
{
    for (int32_t i = 0; i < j->n_operands; i++) {
        const TfgOperand *o = &j->operands[i];
        if (o->mode != TFG_OPERAND_FULL)
            continue;
        int64_t lines = (n * o->size + LINE - 1) / LINE, from = lines * k / j->n_steps, to = lines * (k + 1) / j->n_steps;
        for (const char *p = o->data + at * o->size + from * LINE; from < to; from++, p += LINE)
            __builtin_prefetch(p);
    }
}

static void run_steps(const TfgBlockJob *j, char *buffers, int64_t at, int64_t n, int64_t ahead)
{
    if (j->expands)
        for (int32_t i = 0; i < j->n_operands; i++) {
            const TfgOperand *o = &j->operands[i];
            if (o->mode == TFG_OPERAND_EXPAND_ROW)
                expand_row(o, buffers + o->reg * j->reg_bytes, at, n);
            else if (o->mode == TFG_OPERAND_EXPAND)
                expand(o, buffers + o->reg * j->reg_bytes, at, n);
        }
    for (int32_t k = 0; k < j->n_steps; k++) {
        const TfgBlockStep *step = &j->steps[k];
        TfgBlock b;
        if (ahead > 0)
            fetch_ahead(j, at + n, ahead, k);
        b.n = n;
        b.out = step->reg < 0 ? j->out + (j->out ? at * j->out_size : 0) : buffers + step->reg * j->reg_bytes;
        b.scalar = 0;
        b.state = step->state;
        for (int32_t i = 0; i < step->n_in; i++) {
            const TfgOperand *o = &j->operands[step->in[i]];
            switch (o->mode) {
            case TFG_OPERAND_FULL: b.in[i] = o->data + at * o->size; break;
            case TFG_OPERAND_SCALAR: b.in[i] = o->data; b.scalar |= 1u << i; break;
            case TFG_OPERAND_ROW: b.in[i] = o->data + at % o->period * o->size; break;
            case TFG_OPERAND_COLUMN: b.in[i] = o->data + at / o->period * o->size; b.scalar |= 1u << i; break;
            case TFG_OPERAND_EXPAND_ROW: case TFG_OPERAND_EXPAND: case TFG_OPERAND_MEMBER: b.in[i] = buffers + o->reg * j->reg_bytes; break;
            }
        }
        step->fn(&b);
    }
}

/* Elements begin .. end; what is asked for ahead lies before `limit`. */
static void run_range(const TfgBlockJob *j, char *buffers, void *state, int64_t begin, int64_t end, int64_t limit)
{
    for (int64_t at = begin, n; at < end; at += n) {
        n = end - at < j->block ? end - at : j->block;
        if (j->rows)
            for (int32_t i = 0; i < j->n_operands; i++) {
                const TfgOperand *o = &j->operands[i];
                if ((o->mode == TFG_OPERAND_ROW || o->mode == TFG_OPERAND_COLUMN) && o->period - at % o->period < n)
                    n = o->period - at % o->period;
            }
        int64_t rest = limit - at - n;
        run_steps(j, buffers, at, n, !j->fetches ? 0 : rest < n ? rest : n);
        if (j->reduce)
            j->reduce->add(state, buffers + j->last_reg * j->reg_bytes, n);
    }
}

static void run_tile(void *context, int64_t tile)
{
    const TfgBlockJob *j = context;
    _Alignas(64) char buffers[BUFFER_BYTES];
    _Alignas(64) char state[TFG_REDUCE_STATE];
    int64_t begin = tile * j->tile, end = j->count - begin < j->tile ? j->count : begin + j->tile;
    if (!j->reduce) {
        run_range(j, buffers, NULL, begin, end, end);
        return;
    }
    for (int64_t at = begin; at < end; at += TFG_REDUCE_TILE) {
        j->reduce->begin(state);
        run_range(j, buffers, state, at, end - at < TFG_REDUCE_TILE ? end : at + TFG_REDUCE_TILE, end);
        j->reduce->end(state, j->accumulators + at / TFG_REDUCE_TILE * TFG_BLOCK_ACCUMULATOR);
    }
}

/* Elements of a tile: enough work for a thread, and for much data a stretch long enough that memory is read in order. */
static int64_t tile_elements(const TfgBlockJob *j)
{
    if (j->reduce)
        return j->count >= MANY_TILES * LONG_TILE * TFG_REDUCE_TILE ? LONG_TILE * TFG_REDUCE_TILE : TFG_REDUCE_TILE;
    int64_t n = TFG_BLOCK_WORK / (j->n_steps + 1) / MAX_BLOCK * MAX_BLOCK;
    return n > 2 * MAX_BLOCK ? n : 2 * MAX_BLOCK;
}

bool tfg_block_run(TfgBlockJob *j, int32_t n_regs, int64_t width)
{
    int64_t full_bytes = 0;
    j->expands = j->rows = false;
    for (int32_t i = 0; i < j->n_operands; i++) {
        TfgOperand *o = &j->operands[i];
        if (o->mode == TFG_OPERAND_EXPAND || o->mode == TFG_OPERAND_EXPAND_ROW) {
            o->reg = n_regs++;
            j->expands = true;
            width = o->size > width ? o->size : width;
        }
        full_bytes += o->mode == TFG_OPERAND_FULL ? o->size * j->count : 0;
        j->rows |= o->mode == TFG_OPERAND_ROW || o->mode == TFG_OPERAND_COLUMN;
    }
    j->block = j->count;
    if (n_regs > 0) {
        j->block = BUFFER_BYTES / (n_regs * width) / 64 * 64;
        if (j->block < 64)
            return false;
        j->block = j->block < MAX_BLOCK ? j->block : MAX_BLOCK;
    }
    j->reg_bytes = j->block * width;
    j->fetches = full_bytes > CACHE_BYTES;
    j->tile = tile_elements(j);
    int64_t n_tiles = (j->count + j->tile - 1) / j->tile;
    if (n_tiles == 1)
        run_tile(j, 0);
    else if (n_tiles > 1)
        tfg_parallel(n_tiles, 0, run_tile, j);
    return true;
}
