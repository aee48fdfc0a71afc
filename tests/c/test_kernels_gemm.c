/* Matrix products against plain loops: every dtype, transposition, odd sizes, batches, strides; the same bits on any number of
 * threads. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/str.h"
#include "kernels/gemm.h"
#include "tensor/half.h"
#include "test.h"

static const TfgDType dtypes[] = {TFG_FLOAT, TFG_DOUBLE, TFG_HALF, TFG_BFLOAT16, TFG_COMPLEX64, TFG_COMPLEX128, TFG_INT8, TFG_UINT8,
                                  TFG_INT16, TFG_UINT16, TFG_INT32, TFG_UINT32, TFG_INT64, TFG_UINT64};

/* Small integers, so that every type's sums are exact, halves excepted. */
static void fill(TfgDType d, void *p, int64_t n, uint64_t seed)
{
    for (int64_t i = 0; i < n; i++) {
        int v = (int)(tfg_hash_mix(seed, (uint64_t)i) % 7) - 3, w = (int)(tfg_hash_mix(seed + 1, (uint64_t)i) % 7) - 3;
        switch (d) {
        case TFG_FLOAT: ((float *)p)[i] = (float)v; break;
        case TFG_DOUBLE: ((double *)p)[i] = v; break;
        case TFG_HALF: ((uint16_t *)p)[i] = tfg_float_to_half((float)v / 4); break;
        case TFG_BFLOAT16: ((uint16_t *)p)[i] = tfg_float_to_bfloat16((float)v / 4); break;
        case TFG_COMPLEX64: ((TfgComplex64 *)p)[i] = (TfgComplex64){(float)v, (float)w}; break;
        case TFG_COMPLEX128: ((TfgComplex128 *)p)[i] = (TfgComplex128){v, w}; break;
        case TFG_INT8: case TFG_UINT8: ((int8_t *)p)[i] = (int8_t)(v * 40); break;
        case TFG_INT16: case TFG_UINT16: ((int16_t *)p)[i] = (int16_t)(v * 9999); break;
        case TFG_INT32: case TFG_UINT32: ((int32_t *)p)[i] = v * 700000000; break;
        default: ((int64_t *)p)[i] = v * INT64_C(3000000000000000000);
        }
    }
}

typedef struct Arrays { char *a, *b, *c, *want; size_t bytes; } Arrays;

static Arrays make(TfgDType d, int64_t elements)
{
    size_t n = (size_t)elements * tfg_dtype_size(d);
    Arrays x = {malloc(n), malloc(n), malloc(n), malloc(n), n};
    fill(d, x.a, elements, 1);
    fill(d, x.b, elements, 3);
    memset(x.c, 0x55, n);
    memset(x.want, 0x55, n);
    return x;
}

static void drop(Arrays *x)
{
    free(x->a);
    free(x->b);
    free(x->c);
    free(x->want);
}

/* True when tfg_gemm and the plain loops leave the same bytes, those between c's rows included. */
static bool agrees(TfgGemm g, int64_t elements)
{
    TfgStatus s = TFG_STATUS_INIT;
    Arrays x = make(g.dtype, elements);
    g.a = x.a;
    g.b = x.b;
    g.c = x.c;
    bool ok = tfg_gemm(&g, &s) == 0;
    g.c = x.want;
    ok = ok && tfg_gemm_plain(&g, &s) == 0 && memcmp(x.c, x.want, x.bytes) == 0;
    drop(&x);
    return ok;
}

TEST(all_dtypes_and_transpositions)
{
    static const int64_t sizes[][3] = {{1, 1, 1}, {3, 5, 7}, {17, 1, 33}, {1, 65, 16}, {16, 16, 16}, {70, 129, 31}, {2, 3, 0}, {0, 3, 2}};
    for (size_t d = 0; d < sizeof dtypes / sizeof *dtypes; d++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
            for (int t = 0; t < 9; t++) {
                TfgGemm g = {.dtype = dtypes[d], .ta = (TfgTrans)(t / 3), .tb = (TfgTrans)(t % 3), .m = sizes[i][0], .n = sizes[i][1],
                             .k = sizes[i][2]};
                if (!agrees(g, 70 * 129))
                    TEST_FAIL("dtype %d size %zu trans %d", (int)dtypes[d], i, t);
            }
}

TEST(strides_and_batches)
{
    static const int64_t offsets[] = {0, 130, 65, 0, 130}, other[] = {10, 0, 77, 200, 0};
    for (size_t d = 0; d < sizeof dtypes / sizeof *dtypes; d++)
        for (int t = 0; t < 4; t++) {
            TfgGemm g = {.dtype = dtypes[d], .ta = (TfgTrans)(t & 1), .tb = (TfgTrans)(t >> 1), .m = 6, .n = 9, .k = 5, .lda = 13,
                         .ldb = 11, .ldc = 10, .batch = 5, .step_a = 90, .step_b = 100, .step_c = 64};
            CHECK(agrees(g, 700));
            g.ldc = 0;
            g.step_c = 54;
            CHECK(agrees(g, 700));
            g.offset_a = offsets;
            g.offset_b = other;
            CHECK(agrees(g, 700));
        }
}

TEST(tiles_give_the_whole)
{
    static const int64_t sizes[][3] = {{513, 300, 37}, {100, 10, 784}, {1, 1000, 300}, {2000, 3, 60}, {97, 700, 65}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int t = 0; t < 4; t++) {
            TfgGemm g = {.dtype = TFG_FLOAT, .ta = (TfgTrans)(t & 1), .tb = (TfgTrans)(t >> 1), .m = sizes[i][0], .n = sizes[i][1],
                         .k = sizes[i][2]};
            CHECK(agrees(g, 300000));
            g.dtype = TFG_DOUBLE;
            CHECK(agrees(g, 300000));
        }
}

TEST(bits_do_not_depend_on_threads)
{
    enum { M = 300, N = 260, K = 200 };
    static float a[M * K], b[K * N], first[M * N], c[M * N];
    for (int i = 0; i < M * K; i++)
        a[i] = sinf((float)i);
    for (int i = 0; i < K * N; i++)
        b[i] = cosf((float)i);
    TfgStatus s = TFG_STATUS_INIT;
    for (int threads = 1; threads <= 7; threads += threads == 3 ? 4 : 1) {
        tfg_parallel_set_size(threads);
        TfgGemm g = {.dtype = TFG_FLOAT, .m = M, .n = N, .k = K, .a = a, .b = b, .c = threads == 1 ? first : c};
        CHECK_OK(tfg_gemm(&g, &s) == 0, s);
        CHECK(threads == 1 || memcmp(first, c, sizeof c) == 0);
    }
    tfg_parallel_set_size(0);
    for (int i = 0; i < M * N; i += 997) {
        double sum = 0;
        for (int k = 0; k < K; k++)
            sum += (double)a[i / N * K + k] * (double)b[k * N + i % N];
        CHECK(fabs(sum - (double)first[i]) < 1e-4);
    }
}

/* Adds 1000 * row + column to each element: every one is seen once, with its place. */
static void add_place(void *context, void *c, int64_t ldc, int64_t row0, int64_t column0, int64_t rows, int64_t columns)
{
    (void)context;
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            ((float *)c)[i * ldc + j] += (float)(1000 * (row0 + i) + column0 + j);
}

TEST(epilogue_sees_every_element_once)
{
    static const int64_t sizes[][3] = {{300, 200, 100}, {3, 4, 0}, {5, 6, 7}};
    for (size_t i = 0; i < 3; i++) {
        TfgGemm g = {.dtype = TFG_FLOAT, .m = sizes[i][0], .n = sizes[i][1], .k = sizes[i][2], .epilogue = add_place};
        CHECK(agrees(g, 300 * 200));
    }
}

TEST(half_without_memory)
{
    uint16_t a[4] = {0}, b[4] = {0}, c[4];
    TfgStatus s = TFG_STATUS_INIT;
    int64_t live = tfg_alloc_live();
    for (int n = 1; n <= 3; n++) {
        TfgGemm g = {.dtype = TFG_HALF, .m = 2, .n = 2, .k = 2, .a = a, .b = b, .c = c};
        tfg_alloc_fail_at(n);
        CHECK_EQ_INT(tfg_gemm(&g, &s), -1);
        CHECK_EQ_INT(s.code, TFG_RESOURCE_EXHAUSTED);
        CHECK_EQ_INT(tfg_alloc_live(), live);
    }
    tfg_alloc_fail_at(0);
    tfg_status_fini(&s);
}
