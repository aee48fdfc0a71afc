#include "kernels/strided.h"

#include "kernels/util.h"

#define TILE_BYTES 131072       /* what one thread copies at a time */
#define SQUARE 32               /* side of a block of a transposition */

typedef struct Copy {
    TfgDType dtype;
    size_t size;
    int rank;                   /* at least 1; the last dimension is the inner loop */
    bool transposed;            /* the last two dimensions are copied square by square: `from` is contiguous in the last but one */
    int64_t dims[TFG_MAX_RANK + 2], ts[TFG_MAX_RANK + 2], fs[TFG_MAX_RANK + 2];
    char *to;
    const char *from;
} Copy;

typedef struct Wide { uint64_t part[2]; } Wide;

/* Small blocks of a transposition stay in registers: 4 x 4 numbers of 4 bytes, 2 x 2 of 8. */
typedef uint32_t Four __attribute__((vector_size(16)));
typedef uint64_t Two __attribute__((vector_size(16)));

static inline __attribute__((always_inline)) void block_4(uint32_t *t, int64_t ts, const uint32_t *f, int64_t fs)
{
    Four in[4], half[4], out[4];
    for (int i = 0; i < 4; i++)
        memcpy(&in[i], f + i * fs, sizeof in[i]);
    for (int i = 0; i < 2; i++) {
        half[i] = __builtin_shufflevector(in[2 * i], in[2 * i + 1], 0, 4, 1, 5);
        half[2 + i] = __builtin_shufflevector(in[2 * i], in[2 * i + 1], 2, 6, 3, 7);
    }
    for (int i = 0; i < 2; i++) {
        out[2 * i] = __builtin_shufflevector(half[2 * i], half[2 * i + 1], 0, 1, 4, 5);
        out[2 * i + 1] = __builtin_shufflevector(half[2 * i], half[2 * i + 1], 2, 3, 6, 7);
    }
    for (int i = 0; i < 4; i++)
        memcpy(t + i * ts, &out[i], sizeof out[i]);
}

static inline __attribute__((always_inline)) void block_8(uint64_t *t, int64_t ts, const uint64_t *f, int64_t fs)
{
    Two in[2], out[2];
    for (int i = 0; i < 2; i++)
        memcpy(&in[i], f + i * fs, sizeof in[i]);
    out[0] = __builtin_shufflevector(in[0], in[1], 0, 2);
    out[1] = __builtin_shufflevector(in[0], in[1], 1, 3);
    for (int i = 0; i < 2; i++)
        memcpy(t + i * ts, &out[i], sizeof out[i]);
}

#define NO_BLOCK(t, ts, f, fs) ((void)0)

/* BLOCK: the side of what `block` turns; 1: nothing. */
#define STRIDED_LOOP(name, T, BLOCK, block)                                                       \
    static void name(char *to, int64_t ts, const char *from, int64_t fs, int64_t n)               \
    {                                                                                             \
        T *t = (T *)to;                                                                           \
        const T *f = (const T *)from;                                                             \
        if (ts == 1 && fs == 0) {                                                                 \
            T x = *f;                                                                             \
            for (int64_t i = 0; i < n; i++)                                                       \
                t[i] = x;                                                                         \
        } else {                                                                                  \
            for (int64_t i = 0; i < n; i++)                                                       \
                t[i * ts] = f[i * fs];                                                            \
        }                                                                                         \
    }                                                                                             \
    static void name##_square(char *to, int64_t ts, const char *from, int64_t fs, int64_t rows, int64_t n) \
    {                                                                                             \
        T *t = (T *)to;                                                                           \
        const T *f = (const T *)from;                                                             \
        for (int64_t i = 0; i < n; i += SQUARE) {                                                 \
            int64_t end = i + SQUARE < n ? i + SQUARE : n;                                        \
            int64_t some = BLOCK > 1 ? rows / BLOCK * BLOCK : 0, most = i + (end - i) / BLOCK * BLOCK; \
            for (int64_t r = 0; r < some; r += BLOCK) {                                           \
                for (int64_t k = i; k < most; k += BLOCK)                                         \
                    block(t + r * ts + k, ts, f + r + k * fs, fs);                                \
                for (int64_t k = most; k < end; k++)                                              \
                    for (int64_t q = r; q < r + BLOCK; q++)                                       \
                        t[q * ts + k] = f[q + k * fs];                                            \
            }                                                                                     \
            for (int64_t r = some; r < rows; r++)                                                 \
                for (int64_t k = i; k < end; k++)                                                 \
                    t[r * ts + k] = f[r + k * fs];                                                \
        }                                                                                         \
    }
STRIDED_LOOP(copy1, uint8_t, 1, NO_BLOCK)
STRIDED_LOOP(copy2, uint16_t, 1, NO_BLOCK)
STRIDED_LOOP(copy4, uint32_t, 4, block_4)
STRIDED_LOOP(copy8, uint64_t, 2, block_8)
STRIDED_LOOP(copy16, Wide, 1, NO_BLOCK)

static int copy_row(const Copy *c, char *to, const char *from, TfgStatus *s)
{
    int last = c->rank - 1;
    int64_t n = c->dims[last], ts = c->ts[last], fs = c->fs[last];
    if (!tfg_dtype_is_plain(c->dtype)) {
        for (int64_t i = 0; i < n; i++)
            if (tfg_copy_elements(c->dtype, to + i * ts * (int64_t)c->size, from + i * fs * (int64_t)c->size, 1, s) < 0)
                return -1;
        return 0;
    }
    if (ts == 1 && fs == 1 && (size_t)n * c->size >= 32) {
        memcpy(to, from, (size_t)n * c->size);
        return 0;
    }
    switch (c->size) {
    case 1: copy1(to, ts, from, fs, n); break;
    case 2: copy2(to, ts, from, fs, n); break;
    case 4: copy4(to, ts, from, fs, n); break;
    case 8: copy8(to, ts, from, fs, n); break;
    default: copy16(to, ts, from, fs, n);
    }
    return 0;
}

/* `rows` of the last but one dimension, transposed into rows of the last. */
static void copy_squares(const Copy *c, char *to, const char *from, int64_t rows)
{
    int last = c->rank - 1;
    int64_t n = c->dims[last], ts = c->ts[last - 1], fs = c->fs[last];
    switch (c->size) {
    case 1: copy1_square(to, ts, from, fs, rows, n); break;
    case 2: copy2_square(to, ts, from, fs, rows, n); break;
    case 4: copy4_square(to, ts, from, fs, rows, n); break;
    case 8: copy8_square(to, ts, from, fs, rows, n); break;
    default: copy16_square(to, ts, from, fs, rows, n);
    }
}

static int copy_range(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Copy *c = context;
    int n = c->rank - (c->transposed ? 2 : 1);      /* dimensions walked here */
    int64_t at[TFG_MAX_RANK + 2], squares = c->transposed ? (c->dims[n] + SQUARE - 1) / SQUARE : 1;
    int64_t i = begin / squares, square = begin % squares, to = 0, from = 0;
    for (int d = n - 1; d >= 0; d--) {
        at[d] = i % c->dims[d];
        i /= c->dims[d];
        to += at[d] * c->ts[d];
        from += at[d] * c->fs[d];
    }
    for (int64_t row = begin; row < end; row++) {
        if (!c->transposed) {
            if (copy_row(c, c->to + to * (int64_t)c->size, c->from + from * (int64_t)c->size, s) < 0)
                return -1;
        } else {
            int64_t first = square * SQUARE, rows = c->dims[n] - first < SQUARE ? c->dims[n] - first : SQUARE;
            copy_squares(c, c->to + (to + first * c->ts[n]) * (int64_t)c->size, c->from + (from + first) * (int64_t)c->size, rows);
            if (++square < squares)
                continue;
            square = 0;
        }
        for (int d = n - 1; d >= 0; d--) {
            to += c->ts[d];
            from += c->fs[d];
            if (++at[d] < c->dims[d])
                break;
            to -= c->dims[d] * c->ts[d];
            from -= c->dims[d] * c->fs[d];
            at[d] = 0;
        }
    }
    return 0;
}

/* Drops sizes of 1 and merges neighbours that are one dimension in both layouts. */
static void merge(Copy *c, int rank, const int64_t *dims, const int64_t *ts, const int64_t *fs)
{
    c->rank = 0;
    for (int d = 0; d < rank; d++) {
        if (dims[d] == 1)
            continue;
        int k = c->rank - 1;
        if (k >= 0 && c->ts[k] == ts[d] * dims[d] && c->fs[k] == fs[d] * dims[d]) {
            c->dims[k] *= dims[d];
            c->ts[k] = ts[d];
            c->fs[k] = fs[d];
            continue;
        }
        c->dims[++k] = dims[d];
        c->ts[k] = ts[d];
        c->fs[k] = fs[d];
        c->rank = k + 1;
    }
    if (c->rank == 0) {
        c->dims[0] = c->ts[0] = c->fs[0] = 1;
        c->rank = 1;
    }
}

static void move_dim(Copy *c, int from, int to)
{
    int64_t n = c->dims[from], ts = c->ts[from], fs = c->fs[from];
    for (int d = from; d < to; d++) {
        c->dims[d] = c->dims[d + 1];
        c->ts[d] = c->ts[d + 1];
        c->fs[d] = c->fs[d + 1];
    }
    c->dims[to] = n;
    c->ts[to] = ts;
    c->fs[to] = fs;
}

/* Where the destination is contiguous along one dimension and the source along another, both go in squares. */
static void find_transposition(Copy *c)
{
    int last = c->rank - 1;
    c->transposed = false;
    if (!tfg_dtype_is_plain(c->dtype) || c->ts[last] != 1 || c->fs[last] == 1 || c->fs[last] == 0)
        return;
    for (int d = 0; d < last; d++)
        if (c->fs[d] == 1 && c->dims[d] >= 4) {
            move_dim(c, d, last - 1);
            c->transposed = true;
            return;
        }
}

static int copy_run(void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    const Copy *c = context;
    return tfg_copy_elements(c->dtype, c->to + (size_t)begin * c->size, c->from + (size_t)begin * c->size, end - begin, s);
}

int tfg_strided_copy(TfgDType dtype, int rank, const int64_t *dims, void *to, const int64_t *to_strides, const void *from,
                     const int64_t *from_strides, TfgStatus *s)
{
    for (int d = 0; d < rank; d++)
        if (dims[d] == 0)
            return 0;
    Copy c;
    c.dtype = dtype;
    c.size = tfg_dtype_size(dtype);
    c.to = to;
    c.from = from;
    merge(&c, rank, dims, to_strides, from_strides);
    find_transposition(&c);
    int outer = c.rank - (c.transposed ? 2 : 1);
    int64_t rows = tfg_dims_product(outer, c.dims), row_elements = c.dims[c.rank - 1];
    if (c.transposed) {
        rows *= (c.dims[outer] + SQUARE - 1) / SQUARE;
        row_elements *= SQUARE;
    }
    if (c.rank == 1 && c.ts[0] == 1 && c.fs[0] == 1)    /* one run: cut anywhere */
        return tfg_try_ranges(row_elements, TILE_BYTES / (int64_t)c.size, copy_run, &c, s);
    return tfg_try_ranges(rows, TILE_BYTES / (row_elements * (int64_t)c.size + 1) + 1, copy_range, &c, s);
}
