/* Block functions: an element's result depends on its value alone, at every instruction set, and is right to 2 ulp. */
#include <math.h>
#include <stdlib.h>

#include "kernels/isa.h"
#include "test.h"

#define N 1031

typedef struct Level { const char *name; TfgRowsFn *unary, *binary, *activation; } Level;

#if defined(__x86_64__)
static const Level levels[] = {
    {"v2", tfg_kernels_math_unary_v2, tfg_kernels_math_binary_v2, tfg_kernels_nn_activation_v2},
    {"v3", tfg_kernels_math_unary_v3, tfg_kernels_math_binary_v3, tfg_kernels_nn_activation_v3},
    {"v4", tfg_kernels_math_unary_v4, tfg_kernels_math_binary_v4, tfg_kernels_nn_activation_v4},
};

static bool has_level(int i)
{
    __builtin_cpu_init();
    return i == 0 || (i == 1 ? __builtin_cpu_supports("x86-64-v3") : __builtin_cpu_supports("x86-64-v4"));
}
#else
static const Level levels[] = {{"base", tfg_kernels_math_unary_base, tfg_kernels_math_binary_base, tfg_kernels_nn_activation_base}};
static bool has_level(int i) { return i == 0; }
#endif
#define LEVELS (int)(sizeof levels / sizeof levels[0])

/* Values of every size, the special ones among them, next to each other. */
static double value(int i)
{
    static const double special[] = {0.0, -0.0, 1, -1, 0.5, -0.5, 1e-40, 1e-310, 1e30, -1e30, 3e38, INFINITY, -INFINITY, NAN, 126, 40000, 1e15};
    if (i % 7 == 3)
        return special[i / 7 % (int)(sizeof special / sizeof special[0])];
    uint32_t h = (uint32_t)i * 2654435761u;
    double u = (h >> 8) / 16777216.0 * 2 - 1;
    return i % 3 == 0 ? u * 100 : i % 3 == 1 ? u : u * 10;
}

static void fill(TfgDType d, void *p, int from)
{
    for (int i = 0; i < N; i++) {
        if (d == TFG_FLOAT)
            ((float *)p)[i] = (float)value(i + from);
        else
            ((double *)p)[i] = value(i + from);
    }
}

static bool same(const char *a, const char *b, size_t size)
{
    if (memcmp(a, b, size) == 0)
        return true;
    if (size == 4)
        return isnan(*(const float *)a) && isnan(*(const float *)b);
    return size == 8 && isnan(*(const double *)a) && isnan(*(const double *)b);
}

static TfgDType row_dtype(const TfgKernelRow *r)
{
    for (int d = 1; d < TFG_N_DTYPES; d++)
        if (r->types[0].types == TFG_BIT(d))
            return (TfgDType)d;
    return TFG_INVALID;
}

static bool alone_as_together(const TfgKernelRow *r, TfgDType d, int n_in, const char *level)
{
    static _Alignas(64) char in[2][N * 8], out[N * 8], one[64];
    size_t size = tfg_dtype_size(d);
    for (int j = 0; j < n_in; j++)
        fill(d, in[j], j * 5);
    memset(out, 0, sizeof out);
    TfgBlock all = {.n = N, .out = out, .in = {in[0], in[1]}};
    r->block(&all);
    bool is_test = strncmp(r->op, "Is", 2) == 0;
    size_t out_size = is_test ? 1 : size;
    for (int i = 0; i < N; i++) {
        TfgBlock b = {.n = 1, .out = one, .in = {in[0] + (size_t)i * size, in[1] + (size_t)i * size}};
        r->block(&b);
        if (!same(one, out + (size_t)i * out_size, out_size)) {
            fprintf(stderr, "%s %s (%s) of %g differs alone\n", r->op, tfg_dtype_name(d), level, value(i));
            return false;
        }
        b.scalar = (1u << n_in) - 1;
        r->block(&b);
        if (!same(one, out + (size_t)i * out_size, out_size)) {
            fprintf(stderr, "%s %s (%s) of %g differs as a scalar\n", r->op, tfg_dtype_name(d), level, value(i));
            return false;
        }
    }
    return true;
}

static bool check_rows(TfgRowsFn *fn, int n_in, const char *level)
{
    int n, ran = 0;
    bool good = true;
    const TfgKernelRow *rows = fn(&n);
    for (int i = 0; i < n; i++) {
        TfgDType d = row_dtype(&rows[i]);
        if (!rows[i].block || (d != TFG_FLOAT && d != TFG_DOUBLE))
            continue;
        int takes = strstr(rows[i].op, "Grad") ? 2 : n_in;
        good = alone_as_together(&rows[i], d, takes, level) && good;
        ran++;
    }
    return good && ran > 5;
}

TEST(value_alone)
{
    for (int i = 0; i < LEVELS; i++)
        if (has_level(i)) {
            CHECK(check_rows(levels[i].unary, 1, levels[i].name));
            CHECK(check_rows(levels[i].binary, 2, levels[i].name));
            CHECK(check_rows(levels[i].activation, 1, levels[i].name));
        }
}

/* ---- Pairs ------------------------------------------------------------------------------------------------------------------ */

static const TfgKernelRow *float_row(TfgRowsFn *fn, const char *op)
{
    int n;
    const TfgKernelRow *rows = fn(&n);
    for (int i = 0; i < n; i++)
        if (strcmp(rows[i].op, op) == 0 && row_dtype(&rows[i]) == TFG_FLOAT)
            return &rows[i];
    return NULL;
}

/* A pair over n elements, some operands scalars, beside its two ops one after the other. */
static bool pair_as_two(const TfgKernelRow *first, const TfgBlockPair *p, const TfgKernelRow *second, int n, uint32_t scalar)
{
    static _Alignas(64) float in[3][N], middle[N], want[N], got[N];
    bool binary = strcmp(second->op, "Square") != 0 && strcmp(second->op, "Relu") != 0;
    for (int j = 0; j < 3; j++)
        fill(TFG_FLOAT, in[j], j * 5 + (int)scalar);
    TfgBlock one = {.n = n, .out = middle, .in = {in[0], in[1]}, .scalar = scalar & 3};
    first->block(&one);
    TfgBlock two = {.n = n, .out = want, .in = {middle, in[2]}, .scalar = scalar >> 2 << 1};
    if (p->at == 1)
        two = (TfgBlock){.n = n, .out = want, .in = {in[2], middle}, .scalar = scalar >> 2};
    second->block(&two);
    TfgBlock both = {.n = n, .out = got, .in = {in[0], in[1], binary ? in[2] : NULL}, .scalar = scalar};
    p->fn(&both);
    for (int i = 0; i < n; i++)
        if (!same((const char *)&want[i], (const char *)&got[i], 4)) {
            fprintf(stderr, "%s, %s (%d, scalars %u): element %d of %d is %g, not %g\n", first->op, second->op, p->at, scalar, i, n,
                    (double)got[i], (double)want[i]);
            return false;
        }
    return true;
}

static bool check_pairs(const Level *l, const TfgKernelRow *second)
{
    bool good = true;
    int n_pairs = 0;
    for (const TfgBlockPair *p = second->pairs; p && p->first; p++, n_pairs++) {
        const TfgKernelRow *first = float_row(l->binary, p->first);
        for (uint32_t scalar = 0; first && scalar < 8; scalar++)
            for (int n = 1; n <= N; n = n < 70 ? n + 1 : n + 961)
                good = good && pair_as_two(first, p, second, n, scalar);
        good = good && first;
    }
    return good && n_pairs >= 7;
}

TEST(pairs)
{
    static const char *const binary[] = {"Add", "AddV2", "Sub", "Mul", "Maximum", "Minimum", NULL};
    for (int i = 0; i < LEVELS; i++) {
        if (!has_level(i))
            continue;
        for (const char *const *op = binary; *op; op++)
            CHECK(check_pairs(&levels[i], float_row(levels[i].binary, *op)));
        CHECK(check_pairs(&levels[i], float_row(levels[i].unary, "Square")));
        CHECK(check_pairs(&levels[i], float_row(levels[i].activation, "Relu")));
    }
}

/* ---- Accuracy --------------------------------------------------------------------------------------------------------------- */

typedef struct Exact { const char *op; double (*fn)(double); } Exact;
static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double rsqrt(double x) { return 1 / sqrt(x); }
static const Exact exacts[] = {
    {"Acos", acos}, {"Acosh", acosh}, {"Asin", asin}, {"Asinh", asinh}, {"Atan", atan}, {"Atanh", atanh}, {"Cos", cos}, {"Cosh", cosh},
    {"Erf", erf}, {"Exp", exp}, {"Expm1", expm1}, {"Log", log}, {"Log1p", log1p}, {"Sin", sin}, {"Sinh", sinh}, {"Sqrt", sqrt},
    {"Tan", tan}, {"Tanh", tanh}, {"Rsqrt", rsqrt}, {"Sigmoid", sigmoid}, {"Floor", floor}, {"Ceil", ceil}, {"Rint", rint},
};

static bool exact_enough(const TfgKernelRow *r, double (*fn)(double), const char *level)
{
    float in[N], out[N];
    fill(TFG_FLOAT, in, 0);
    TfgBlock b = {.n = N, .out = out, .in = {in}};
    r->block(&b);
    for (int i = 0; i < N; i++) {
        double want = fn((double)in[i]);
        float w = (float)want;
        if (isnan(want) ? isnan(out[i]) : w == out[i])
            continue;
        if (strstr(r->op, "inh") || strstr(r->op, "osh"))
            if (fabs(want) > 1e37)      /* near the end of the range it may say infinity */
                continue;
        if (fabs(want) < 1.2e-38 && out[i] == 0)
            continue;           /* sigmoid's exp() ran over where the result is below the normal range */
        double ulp = (double)(nextafterf(fabsf(w), INFINITY) - fabsf(w));
        if (!(fabs((double)out[i] - want) <= (r->op[1] == 'i' && r->op[2] == 'g' ? 3 : 2) * ulp)) {
            fprintf(stderr, "%s(%g) is %.9g, not %.9g (%s)\n", r->op, (double)in[i], (double)out[i], want, level);
            return false;
        }
    }
    return true;
}

TEST(accuracy)
{
    bool good = true;
    for (int i = 0; i < LEVELS; i++) {
        int n;
        if (!has_level(i))
            continue;
        const TfgKernelRow *rows = levels[i].unary(&n);
        for (size_t e = 0; e < sizeof exacts / sizeof exacts[0]; e++) {
            bool found = false;
            for (int k = 0; k < n; k++)
                if (strcmp(rows[k].op, exacts[e].op) == 0 && row_dtype(&rows[k]) == TFG_FLOAT) {
                    found = true;
                    good = exact_enough(&rows[k], exacts[e].fn, levels[i].name) && good;
                }
            CHECK(found);
        }
    }
    CHECK(good);
}
