#include "kernels/gemm.h"

#include <limits.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/status.h"
#include "base/system.h"
#include "kernels/blas.h"
#include "kernels/gemm_simd.h"
#include "kernels/isa.h"
#include "kernels/onednn.h"
#include "tensor/half.h"

/* One matrix product on one thread. */
typedef struct Piece {
    TfgTrans ta, tb;
    int64_t m, n, k;
    const void *a, *b;
    void *c;
    int64_t lda, ldb, ldc;
} Piece;

/* ---- Plain loops ------------------------------------------------------------------------------------------------------------- */

#define ADD_PRODUCT(sum, x, y) ((sum) += (x) * (y))
#define SAME(x, conjugate) ((void)(conjugate), (x))

#define NAME plain_float
#define T float
#define ACC float
#define ZERO 0
#define LOAD SAME
#define STORE(v) (v)
#define MULTIPLY_ADD ADD_PRODUCT
#include "kernels/gemm_plain.inc"

#define NAME plain_double
#define T double
#define ACC double
#define ZERO 0
#define LOAD SAME
#define STORE(v) (v)
#define MULTIPLY_ADD ADD_PRODUCT
#include "kernels/gemm_plain.inc"

#define NAME plain_half
#define T uint16_t
#define ACC float
#define ZERO 0
#define LOAD(x, conjugate) ((void)(conjugate), tfg_half_to_float(x))
#define STORE(v) tfg_float_to_half(v)
#define MULTIPLY_ADD ADD_PRODUCT
#include "kernels/gemm_plain.inc"

#define NAME plain_bfloat16
#define T uint16_t
#define ACC float
#define ZERO 0
#define LOAD(x, conjugate) ((void)(conjugate), tfg_bfloat16_to_float(x))
#define STORE(v) tfg_float_to_bfloat16(v)
#define MULTIPLY_ADD ADD_PRODUCT
#include "kernels/gemm_plain.inc"

#define ADD_COMPLEX(sum, x, y) \
    ((sum).re += (x).re * (y).re - (x).im * (y).im, (sum).im += (x).re * (y).im + (x).im * (y).re)

#define NAME plain_complex64
#define T TfgComplex64
#define ACC TfgComplex64
#define ZERO {0, 0}
#define LOAD(x, conjugate) {(x).re, (conjugate) ? -(x).im : (x).im}
#define STORE(v) (v)
#define MULTIPLY_ADD ADD_COMPLEX
#include "kernels/gemm_plain.inc"

#define NAME plain_complex128
#define T TfgComplex128
#define ACC TfgComplex128
#define ZERO {0, 0}
#define LOAD(x, conjugate) {(x).re, (conjugate) ? -(x).im : (x).im}
#define STORE(v) (v)
#define MULTIPLY_ADD ADD_COMPLEX
#include "kernels/gemm_plain.inc"

/* Integers wrap around, so sums are unsigned; row by row of b, which the compiler turns into vectors.  Narrow results keep the low
 * bits of a wide sum, which are those of a narrow one. */
#define INTEGER_GEMM(name, type, wide)                                                                      \
    TFG_WIDE static void name##_row(type *restrict row, const type *restrict b, int64_t n, wide x)          \
    {                                                                                                       \
        for (int64_t j = 0; j < n; j++)                                                                     \
            row[j] = (type)((wide)row[j] + x * (wide)b[j]);                                                 \
    }                                                                                                       \
    static void name(const Piece *p)                                                                        \
    {                                                                                                       \
        const type *a = p->a, *b = p->b;                                                                    \
        for (int64_t i = 0; i < p->m; i++) {                                                                \
            type *row = (type *)p->c + i * p->ldc;                                                          \
            memset(row, 0, (size_t)p->n * sizeof *row);                                                     \
            for (int64_t l = 0; l < p->k; l++) {                                                            \
                wide x = (wide)(p->ta ? a[l * p->lda + i] : a[i * p->lda + l]);                             \
                if (p->tb)                                                                                  \
                    for (int64_t j = 0; j < p->n; j++)                                                      \
                        row[j] = (type)((wide)row[j] + x * (wide)b[j * p->ldb + l]);                        \
                else                                                                                        \
                    name##_row(row, b + l * p->ldb, p->n, x);                                               \
            }                                                                                               \
        }                                                                                                   \
    }
INTEGER_GEMM(integer_8, uint8_t, uint32_t)
INTEGER_GEMM(integer_16, uint16_t, uint32_t)
INTEGER_GEMM(integer_32, uint32_t, uint32_t)
INTEGER_GEMM(integer_64, uint64_t, uint64_t)

static void run_plain(TfgDType d, const Piece *p)
{
    switch (d) {
    case TFG_FLOAT: plain_float(p); break;
    case TFG_DOUBLE: plain_double(p); break;
    case TFG_HALF: plain_half(p); break;
    case TFG_BFLOAT16: plain_bfloat16(p); break;
    case TFG_COMPLEX64: plain_complex64(p); break;
    case TFG_COMPLEX128: plain_complex128(p); break;
    case TFG_INT8: case TFG_UINT8: integer_8(p); break;
    case TFG_INT16: case TFG_UINT16: integer_16(p); break;
    case TFG_INT32: case TFG_UINT32: integer_32(p); break;
    default: integer_64(p);
    }
}

/* ---- Libraries --------------------------------------------------------------------------------------------------------------- */

static bool fits_int(const Piece *p)
{
    return p->m <= INT_MAX && p->n <= INT_MAX && p->k <= INT_MAX && p->lda <= INT_MAX && p->ldb <= INT_MAX && p->ldc <= INT_MAX;
}

static int blas_trans(TfgTrans t)
{
    return t == TFG_PLAIN ? TFG_BLAS_PLAIN : t == TFG_TRANSPOSED ? TFG_BLAS_TRANSPOSED : TFG_BLAS_ADJOINT;
}

/* oneDNN is ahead on small and middle products (471 against 248 GF/s at 32x156x512); on big ones OpenBLAS draws level or leads,
 * provided that it knows the processor. */
static bool prefers_blas(const Piece *p)
{
    const TfgBlas *l = tfg_blas();
    return l && l->is_fast && fits_int(p) && p->m * p->n >= 256 * 256 && p->k >= 256;
}

int tfg_product(const TfgProduct *p)
{
#if defined(__x86_64__)
    static TfgProductFn *const levels[] = {tfg_product_v2, tfg_product_v3, tfg_product_v4};
    return levels[tfg_isa_level()](p);
#else
    return tfg_product_base(p);
#endif
}

/* Our own product; plain loops when there is no memory for its panels. */
static void run_own(TfgDType d, const Piece *p)
{
    TfgProduct x = {.dtype = d, .m = p->m, .n = p->n, .k = p->k, .a = p->a, .b = p->b, .c = p->c, .c_row = p->ldc,
                    .a_row = p->ta ? 1 : p->lda, .a_column = p->ta ? p->lda : 1, .b_row = p->tb ? 1 : p->ldb,
                    .b_column = p->tb ? p->ldb : 1, .conjugate_a = p->ta == TFG_ADJOINT, .conjugate_b = p->tb == TFG_ADJOINT};
    if (tfg_product(&x) < 0)
        run_plain(d, p);
}

/* A library's call costs more than a few numbers do.  Rows of b are vectors; where it is transposed, of few columns, they are not. */
#define TINY_WORK 256
#define TINY_COLUMNS 16

static bool is_tiny(const Piece *p) { return p->n <= TINY_COLUMNS && p->m <= TINY_WORK && p->k <= TINY_WORK && p->m * p->n * p->k <= TINY_WORK; }

static inline __attribute__((always_inline)) void tiny_rows(const Piece *p, const int64_t n)
{
    const float *a = p->a, *b = p->b;
    int64_t along = p->ta ? 1 : p->lda, depth = p->ta ? p->lda : 1, down = p->tb ? 1 : p->ldb, across = p->tb ? p->ldb : 1, k = p->k;
    for (int64_t i = 0; i < p->m; i++) {
        float sum[TINY_COLUMNS] = {0}, *to = (float *)p->c + i * p->ldc;
        if (across == 1)
            for (int64_t l = 0; l < k; l++)
                for (int64_t j = 0; j < n; j++)
                    sum[j] += a[i * along + l * depth] * b[l * down + j];
        else
            for (int64_t l = 0; l < k; l++)
                for (int64_t j = 0; j < n; j++)
                    sum[j] += a[i * along + l * depth] * b[l * down + j * across];
        for (int64_t j = 0; j < n; j++)
            to[j] = sum[j];
    }
}

static void run_tiny(const Piece *p)
{
    switch (p->n) {
    case 1: tiny_rows(p, 1); break;
    case 2: tiny_rows(p, 2); break;
    case 3: tiny_rows(p, 3); break;
    case 4: tiny_rows(p, 4); break;
    case 8: tiny_rows(p, 8); break;
    default: tiny_rows(p, p->n);
    }
}

static void run_float(const Piece *p)
{
    if (is_tiny(p)) {
        run_tiny(p);
        return;
    }
    bool blas_first = prefers_blas(p);
    if (!blas_first && tfg_onednn_sgemm(p->ta, p->tb, p->m, p->n, p->k, p->a, p->lda, p->b, p->ldb, p->c, p->ldc))
        return;
    const TfgBlas *l = tfg_blas();
    if (!l || !l->is_fast || !fits_int(p)) {
        run_own(TFG_FLOAT, p);
        return;
    }
    l->sgemm(TFG_BLAS_ROW_MAJOR, p->ta ? TFG_BLAS_TRANSPOSED : TFG_BLAS_PLAIN, p->tb ? TFG_BLAS_TRANSPOSED : TFG_BLAS_PLAIN,
             (int)p->m, (int)p->n, (int)p->k, 1.0f, p->a, (int)p->lda, p->b, (int)p->ldb, 0.0f, p->c, (int)p->ldc);
}

static void run_wide(TfgDType d, const Piece *p)
{
    const TfgBlas *l = tfg_blas();
    if (!l || !l->is_fast || !fits_int(p)) {
        run_own(d, p);
        return;
    }
    static const TfgComplex64 one64 = {1, 0}, zero64 = {0, 0};
    static const TfgComplex128 one128 = {1, 0}, zero128 = {0, 0};
    int ta = blas_trans(p->ta), tb = blas_trans(p->tb), m = (int)p->m, n = (int)p->n, k = (int)p->k;
    int lda = (int)p->lda, ldb = (int)p->ldb, ldc = (int)p->ldc;
    if (d == TFG_DOUBLE)
        l->dgemm(TFG_BLAS_ROW_MAJOR, ta, tb, m, n, k, 1.0, p->a, lda, p->b, ldb, 0.0, p->c, ldc);
    else if (d == TFG_COMPLEX64)
        l->cgemm(TFG_BLAS_ROW_MAJOR, ta, tb, m, n, k, &one64, p->a, lda, p->b, ldb, &zero64, p->c, ldc);
    else
        l->zgemm(TFG_BLAS_ROW_MAJOR, ta, tb, m, n, k, &one128, p->a, lda, p->b, ldb, &zero128, p->c, ldc);
}

static void run_piece(TfgDType d, const Piece *p)
{
    switch (d) {
    case TFG_FLOAT: run_float(p); break;
    case TFG_DOUBLE: case TFG_COMPLEX64: case TFG_COMPLEX128: run_wide(d, p); break;
    default: run_plain(d, p);
    }
}

/* ---- Tiles ------------------------------------------------------------------------------------------------------------------- */

typedef struct Tiles {
    const TfgGemm *g;
    size_t size;                /* of an element */
    int64_t tile_m, tile_n;     /* of one matrix's tile */
    int64_t grid_m, grid_n;
    int64_t group;              /* matrices that one tile does whole, where they are small */
} Tiles;

/* A tile below TILE_WORK multiply-adds is not worth a thread's attention.  Up to FEW_TILES, sides may be small; beyond, only tiles are
 * cut that stay big enough for packing to pay.  Least sides are what oneDNN still does at full speed (64 columns are a tenth slower
 * than 32 or 128); where b is transposed, every row of tiles packs all of it again, so columns are cut first. */
#define TILE_WORK 3e5
#define FEW_TILES 16
#define MAX_TILES 128           /* of one matrix */
#define GOOD_SIDE 512

/* Where every side may be GOOD_SIDE, more tiles only mean more packing: two for each processor of the machine (whether or not this
 * process may use it, so that the cut is the same for any number of threads), and columns first, since a tile as high as the product
 * packs its part of b once (2048^3 on two processors: 4 columns 49.0 ms, 4 x 4 tiles 53.1 to 55.8 ms; oneDNN's own two threads 48.8
 * to 50.3 ms). */
static bool enough(const Tiles *t, int64_t m, int64_t n)
{
    return m >= GOOD_SIDE && n >= GOOD_SIDE && t->grid_m * t->grid_n >= 2 * tfg_system_processors();
}

static int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

/* Cuts in two, along the side with more room, until the tiles are small enough, or as many as may be. */
static void cut(Tiles *t)
{
    const TfgGemm *g = t->g;
    t->grid_m = t->grid_n = 1;
    for (int64_t tiles = 1; tiles < MAX_TILES; tiles *= 2) {
        int64_t m = divide_up(g->m, t->grid_m), n = divide_up(g->n, t->grid_n);
        if ((double)m * (double)n * (double)g->k < 2 * TILE_WORK)
            break;
        int64_t least_m = tiles >= FEW_TILES ? GOOD_SIDE : g->tb ? 128 : 32, least_n = tiles >= FEW_TILES ? GOOD_SIDE : 128;
        if (g->tb && tiles < FEW_TILES && tiles < tfg_system_processors())
            least_n = 64;       /* two thirds as fast, but nobody stands idle */
        bool can_m = m >= 2 * least_m, can_n = n >= 2 * least_n, wide = m >= GOOD_SIDE && n >= 2 * GOOD_SIDE;
        if ((!can_m && !can_n) || enough(t, m, n))
            break;
        if (can_m && !wide && (!can_n || m * least_n > n * least_m))
            t->grid_m *= 2;
        else
            t->grid_n *= 2;
    }
    /* Sides in whole vectors, so that only the last tile has a tail. */
    t->tile_m = t->grid_m == 1 ? g->m : divide_up(divide_up(g->m, t->grid_m), 16) * 16;
    t->tile_n = t->grid_n == 1 ? g->n : divide_up(divide_up(g->n, t->grid_n), 16) * 16;
    t->grid_m = divide_up(g->m, t->tile_m);
    t->grid_n = divide_up(g->n, t->tile_n);
    double work = (double)g->m * (double)g->n * (double)(g->k ? g->k : 1);
    t->group = t->grid_m * t->grid_n > 1 || work >= TILE_WORK / 2 ? 1 : (int64_t)(TILE_WORK / 2 / work) + 1;
}

static const void *element(const void *base, int64_t i, size_t size)
{
    return (const char *)base + (size_t)i * size;
}

/* Rows [row, row + m) and columns [column, column + n) of the product of matrix i. */
static void run_part(const Tiles *t, int64_t i, int64_t row, int64_t column, int64_t m, int64_t n)
{
    const TfgGemm *g = t->g;
    int64_t a = g->offset_a ? g->offset_a[i] : i * g->step_a, b = g->offset_b ? g->offset_b[i] : i * g->step_b;
    a += g->ta ? row : row * g->lda;
    b += g->tb ? column * g->ldb : column;
    char *c = (char *)g->c + (size_t)(i * g->step_c + row * g->ldc + column) * t->size;
    Piece p = {g->ta, g->tb, m, n, g->k, element(g->a, a, t->size), element(g->b, b, t->size), c, g->lda, g->ldb, g->ldc};
    run_piece(g->dtype, &p);
    if (g->epilogue)
        g->epilogue(g->context, c, g->ldc, row, column, m, n);
}

static void run_tile(void *context, int64_t tile)
{
    const Tiles *t = context;
    const TfgGemm *g = t->g;
    if (t->grid_m * t->grid_n == 1) {
        int64_t end = (tile + 1) * t->group < g->batch ? (tile + 1) * t->group : g->batch;
        for (int64_t i = tile * t->group; i < end; i++)
            run_part(t, i, 0, 0, g->m, g->n);
        return;
    }
    int64_t per = t->grid_m * t->grid_n, i = tile / per, rest = tile % per;
    int64_t row = rest / t->grid_n * t->tile_m, column = rest % t->grid_n * t->tile_n;
    int64_t m = g->m - row < t->tile_m ? g->m - row : t->tile_m, n = g->n - column < t->tile_n ? g->n - column : t->tile_n;
    run_part(t, i, row, column, m, n);
}

/* ---- Half types ---------------------------------------------------------------------------------------------------------------- */

/* Half types are widened, multiplied as float and rounded once. */

#define CHUNK 65536

typedef struct Convert {
    const void *from;
    void *to;
    int64_t n;
    TfgDType dtype;             /* the half type */
    bool widen;
} Convert;

static void convert_chunk(void *context, int64_t i)
{
    const Convert *c = context;
    int64_t begin = i * CHUNK, end = begin + CHUNK < c->n ? begin + CHUNK : c->n;
    const uint16_t *h = c->from;
    const float *f = c->from;
    if (c->widen && c->dtype == TFG_HALF)
        for (int64_t j = begin; j < end; j++)
            ((float *)c->to)[j] = tfg_half_to_float(h[j]);
    else if (c->widen)
        for (int64_t j = begin; j < end; j++)
            ((float *)c->to)[j] = tfg_bfloat16_to_float(h[j]);
    else if (c->dtype == TFG_HALF)
        for (int64_t j = begin; j < end; j++)
            ((uint16_t *)c->to)[j] = tfg_float_to_half(f[j]);
    else
        for (int64_t j = begin; j < end; j++)
            ((uint16_t *)c->to)[j] = tfg_float_to_bfloat16(f[j]);
}

static void convert(const void *from, void *to, int64_t n, TfgDType dtype, bool widen)
{
    Convert c = {from, to, n, dtype, widen};
    tfg_parallel(divide_up(n, CHUNK), 0, convert_chunk, &c);
}

/* Elements from the first that an operand's matrices use to the last. */
static int64_t extent(int64_t rows, int64_t ld, int64_t columns, int64_t batch, int64_t step, const int64_t *offset)
{
    int64_t last = 0;
    for (int64_t i = 0; i < batch; i++) {
        int64_t o = offset ? offset[i] : i * step;
        last = o > last ? o : last;
    }
    return last + (rows - 1) * ld + columns;
}

static int run_tiles(const TfgGemm *g)
{
    Tiles t = {.g = g, .size = tfg_dtype_size(g->dtype)};
    cut(&t);
    int64_t per = t.grid_m * t.grid_n;
    tfg_parallel(per == 1 ? divide_up(g->batch, t.group) : per * g->batch, 0, run_tile, &t);
    return 0;
}

static int run_half(const TfgGemm *g, TfgStatus *s)
{
    int64_t na = extent(g->ta ? g->k : g->m, g->lda, g->ta ? g->m : g->k, g->batch, g->step_a, g->offset_a);
    int64_t nb = extent(g->tb ? g->n : g->k, g->ldb, g->tb ? g->k : g->n, g->batch, g->step_b, g->offset_b);
    int64_t nc = extent(g->m, g->ldc, g->n, g->batch, g->step_c, NULL);
    size_t bytes[3] = {(size_t)na * sizeof(float), (size_t)nb * sizeof(float), (size_t)nc * sizeof(float)};
    float *p[3];
    int rc = -1, n = 0;
    for (; n < 3; n++)
        if (!(p[n] = tfg_alloc_data(bytes[n]))) {
            tfg_fail_memory(s);
            goto done;
        }
    convert(g->a, p[0], na, g->dtype, true);
    convert(g->b, p[1], nb, g->dtype, true);
    TfgGemm f = *g;
    f.dtype = TFG_FLOAT;
    f.a = p[0];
    f.b = p[1];
    f.c = p[2];
    rc = run_tiles(&f);
    if (g->ldc == g->n && (g->step_c == g->m * g->n || g->batch == 1))
        convert(p[2], g->c, nc, g->dtype, false);
    else                        /* between c's rows lie elements that are not ours */
        for (int64_t i = 0; i < g->batch; i++)
            for (int64_t r = 0; r < g->m; r++) {
                int64_t o = i * g->step_c + r * g->ldc;
                convert(p[2] + o, (uint16_t *)g->c + o, g->n, g->dtype, false);
            }
done:
    while (n-- > 0)
        tfg_free_data(p[n], bytes[n]);
    return rc;
}

/* ---- Entry --------------------------------------------------------------------------------------------------------------------- */

/* Fills in what zeros stand for.  False when there is nothing to do. */
static bool complete(const TfgGemm *g, TfgGemm *out)
{
    *out = *g;
    if (out->batch == 0)
        out->batch = 1;
    if (out->lda == 0)
        out->lda = g->ta ? g->m : g->k;
    if (out->ldb == 0)
        out->ldb = g->tb ? g->k : g->n;
    if (out->ldc == 0)
        out->ldc = g->n;
    /* A leading dimension of an empty or single row does not matter, but libraries check it. */
    if (out->lda < 1)
        out->lda = 1;
    if (out->ldb < 1)
        out->ldb = 1;
    return out->m > 0 && out->n > 0;
}

static void fill_zeros(const TfgGemm *g)
{
    size_t size = tfg_dtype_size(g->dtype);
    for (int64_t i = 0; i < g->batch; i++)
        for (int64_t r = 0; r < g->m; r++)
            memset((char *)g->c + (size_t)(i * g->step_c + r * g->ldc) * size, 0, (size_t)g->n * size);
}

int tfg_gemm(const TfgGemm *gemm, TfgStatus *s)
{
    TfgGemm g;
    if (!complete(gemm, &g))
        return 0;
    if (g.k == 0) {
        fill_zeros(&g);
        if (g.epilogue)
            for (int64_t i = 0; i < g.batch; i++)
                g.epilogue(g.context, (char *)g.c + (size_t)(i * g.step_c) * tfg_dtype_size(g.dtype), g.ldc, 0, 0, g.m, g.n);
        return 0;
    }
    return g.dtype == TFG_HALF || g.dtype == TFG_BFLOAT16 ? run_half(&g, s) : run_tiles(&g);
}

int tfg_gemm_plain(const TfgGemm *gemm, TfgStatus *s)
{
    (void)s;
    TfgGemm g;
    if (!complete(gemm, &g))
        return 0;
    size_t size = tfg_dtype_size(g.dtype);
    for (int64_t i = 0; i < g.batch; i++) {
        char *c = (char *)g.c + (size_t)(i * g.step_c) * size;
        Piece p = {g.ta, g.tb, g.m, g.n, g.k, element(g.a, g.offset_a ? g.offset_a[i] : i * g.step_a, size),
                   element(g.b, g.offset_b ? g.offset_b[i] : i * g.step_b, size), c, g.lda, g.ldb, g.ldc};
        run_plain(g.dtype, &p);
        if (g.epilogue)
            g.epilogue(g.context, c, g.ldc, 0, 0, g.m, g.n);
    }
    return 0;
}
