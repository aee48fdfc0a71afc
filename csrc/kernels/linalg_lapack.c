/* Factorisations through LAPACK, one matrix on one thread; where it is absent, the plain ones.  LAPACK's matrices are column-major:
 * what it calls a matrix is our transpose. */
#include <limits.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/blas.h"
#include "kernels/linalg.h"

typedef void Potrf(const char *uplo, const int *n, void *a, const int *lda, int *info);
typedef void Getrf(const int *m, const int *n, void *a, const int *lda, int *pivots, int *info);
typedef void Geqrf(const int *m, const int *n, void *a, const int *lda, void *tau, void *work, const int *lwork, int *info);
typedef void Orgqr(const int *m, const int *n, const int *k, void *a, const int *lda, const void *tau, void *work, const int *lwork, int *info);
typedef void Trsm(const char *side, const char *uplo, const char *trans, const char *diag, const int *m, const int *n, const void *alpha,
                  const void *a, const int *lda, void *b, const int *ldb);

static bool is_complex(TfgDType dtype)
{
    return dtype == TFG_COMPLEX64 || dtype == TFG_COMPLEX128;
}

static bool is_single(TfgDType dtype)
{
    return dtype == TFG_FLOAT || dtype == TFG_COMPLEX64;
}

/* A routine by the letter of its dtype and its name; complex matrices have unitary ones where real ones have orthogonal ones. */
static void *routine(TfgDType dtype, const char *real_name, const char *complex_name)
{
    char symbol[16] = {dtype == TFG_FLOAT ? 's' : dtype == TFG_DOUBLE ? 'd' : dtype == TFG_COMPLEX64 ? 'c' : 'z'};
    const char *name = is_complex(dtype) ? complex_name : real_name;
    memcpy(symbol + 1, name, strlen(name) + 1);
    return tfg_lapack(symbol);
}

static int fail_argument(int info, TfgStatus *s)
{
    return tfg_fail(s, TFG_INTERNAL, "LAPACK refuses its argument %d", -info);
}

/* ---- QR --------------------------------------------------------------------------------------------------------------------------- */

/* to[i][j] = from[j][i] for i < rows, j < columns; rows of `from` are `ld` elements apart. */
static void transpose(size_t size, int64_t rows, int64_t columns, char *to, const char *from, int64_t ld)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            memcpy(to + (size_t)(i * columns + j) * size, from + (size_t)(j * ld + i) * size, size);
}

/* The upper triangle of the factored matrix `a` (column-major, m rows) into r, k x n. */
static void take_r(const TfgQr *p, int64_t k, size_t size, const char *a)
{
    transpose(size, k, p->n, p->r, a, p->m);
    for (int64_t i = 1; i < k; i++)
        memset((char *)p->r + (size_t)(i * p->n) * size, 0, (size_t)(i < p->n ? i : p->n) * size);
}

int tfg_qr(const TfgQr *p, TfgStatus *s)
{
    enum { BLOCK = 64 };        /* at least the block size that LAPACK chooses for these routines */
    int64_t least = p->m < p->n ? p->m : p->n, k = p->full ? p->m : least, columns = k > p->n ? k : p->n;
    Geqrf *geqrf = NULL;
    Orgqr *orgqr = NULL;
    if (least > 0 && p->m < INT_MAX / BLOCK && columns < INT_MAX / BLOCK) {
        *(void **)&geqrf = routine(p->dtype, "geqrf_", "geqrf_");
        *(void **)&orgqr = routine(p->dtype, "orgqr_", "ungqr_");
    }
    if (!geqrf || !orgqr)
        return tfg_qr_plain(p, s);
    int m = (int)p->m, n = (int)p->n, reflections = (int)least, q_columns = (int)k, lwork = (int)columns * BLOCK, info = 0;
    size_t size = tfg_dtype_size(p->dtype);
    char *a = tfg_alloc((size_t)(p->m * columns + least + lwork) * size);
    if (!a)
        return tfg_fail_memory(s);
    char *tau = a + (size_t)(p->m * columns) * size, *work = tau + (size_t)least * size;
    transpose(size, p->n, p->m, a, p->a, p->n);
    geqrf(&m, &n, a, &m, tau, work, &lwork, &info);
    take_r(p, k, size, a);
    if (info == 0)
        orgqr(&m, &q_columns, &reflections, a, &m, tau, work, &lwork, &info);
    transpose(size, p->m, k, p->q, a, p->m);
    tfg_free(a);
    return info == 0 ? 0 : fail_argument(info, s);
}

/* ---- Triangles -------------------------------------------------------------------------------------------------------------------- */

void tfg_triangular_solve(const TfgSolve *p)
{
    if (tfg_triangular_solve_banded(p))
        return;
    Trsm *trsm = NULL;
    if (p->n < INT_MAX && p->columns < INT_MAX)
        *(void **)&trsm = routine(p->dtype, "trsm_", "trsm_");
    if (!trsm) {
        tfg_triangular_solve_plain(p);
        return;
    }
    static const double one[2] = {1, 0};
    static const float one_float[2] = {1, 0};
    const void *alpha = is_single(p->dtype) ? (const void *)one_float : (const void *)one;
    int n = (int)p->n, columns = (int)p->columns;
    trsm("R", p->lower ? "U" : "L", p->adjoint ? "C" : "N", p->unit ? "U" : "N", &columns, &n, alpha, p->a, &n, p->x, &columns);
}

bool tfg_cholesky(TfgDType dtype, int64_t n, void *a)
{
    enum { SMALL = 32 };
    Potrf *potrf = NULL;
    if (n > SMALL && n < INT_MAX && tfg_linalg_parts(dtype, a, n * n) == TFG_FINITE)
        *(void **)&potrf = routine(dtype, "potrf_", "potrf_");
    if (!potrf)
        return tfg_cholesky_plain(dtype, n, a);
    int size = (int)n, info = 0;
    potrf("U", &size, a, &size, &info);
    for (int64_t i = 0; i < n; i++)
        memset((char *)a + (size_t)(i * n + i + 1) * tfg_dtype_size(dtype), 0, (size_t)(n - i - 1) * tfg_dtype_size(dtype));
    return info == 0;
}

void tfg_cholesky_solve(TfgDType dtype, int64_t n, int64_t columns, const void *l, void *x)
{
    if (n == 0 || columns == 0)
        return;
    TfgSolve solve = {.dtype = dtype, .n = n, .columns = columns, .lower = true, .a = l, .x = x};
    tfg_triangular_solve(&solve);
    solve.adjoint = true;
    tfg_triangular_solve(&solve);
}

/* ---- LU --------------------------------------------------------------------------------------------------------------------------- */

#define TURN(T)                                                             \
    for (int64_t i = 0; i < rows; i++)                                      \
        for (int64_t j = 0; j < columns; j++) {                             \
            T *row = (T *)a + i * ld + j, *turned = (T *)room + j * rows + i;       \
            if (back)                                                       \
                *row = *turned;                                             \
            else                                                            \
                *turned = *row;                                             \
        }

/* Rows of a into columns of room, or back. */
static void turn(TfgDType dtype, int64_t rows, int64_t columns, void *a, int64_t ld, void *room, bool back)
{
    switch (dtype) {
    case TFG_FLOAT: TURN(float) break;
    case TFG_DOUBLE: TURN(double) break;
    case TFG_COMPLEX64: TURN(TfgComplex64) break;
    default: TURN(TfgComplex128)
    }
}

int tfg_lu_panel(TfgDType dtype, int64_t rows, int64_t columns, void *a, int64_t ld, int32_t *swaps, void *room, TfgStatus *s)
{
    Getrf *getrf;
    int m = (int)rows, n = (int)columns, info = 0;
    *(void **)&getrf = routine(dtype, "getrf_", "getrf_");
    turn(dtype, rows, columns, a, ld, room, false);
    getrf(&m, &n, room, &m, swaps, &info);
    turn(dtype, rows, columns, a, ld, room, true);
    for (int64_t i = 0; i < columns; i++)
        swaps[i]--;
    return info >= 0 ? 0 : fail_argument(info, s);
}

int tfg_lu(TfgDType dtype, int64_t n, void *a, int32_t *swaps, TfgStatus *s)
{
    enum { SMALL = 16 };        /* up to here Eigen works column by column, and the plain loops give its bits */
    if (n <= SMALL || n >= INT_MAX || !routine(dtype, "getrf_", "getrf_") || tfg_linalg_parts(dtype, a, n * n) != TFG_FINITE) {
        tfg_lu_plain(dtype, n, a, swaps);
        return 0;
    }
    if (n >= TFG_LU_BANDED)
        return tfg_lu_banded(dtype, n, a, swaps, s);
    void *room = tfg_alloc((size_t)(n * n) * tfg_dtype_size(dtype));
    if (!room)
        return tfg_fail_memory(s);
    int rc = tfg_lu_panel(dtype, n, n, a, n, swaps, room, s);
    tfg_free(room);
    return rc;
}

void tfg_lu_solve(TfgDType dtype, int64_t n, int64_t columns, const void *lu, const int32_t *swaps, void *x)
{
    if (n == 0 || columns == 0)
        return;
    size_t row = (size_t)columns * tfg_dtype_size(dtype);
    for (int64_t i = 0; i < n; i++) {
        char *one = (char *)x + (size_t)i * row, *other = (char *)x + (size_t)swaps[i] * row;
        for (size_t j = 0; j < row && one != other; j++) {
            char kept = one[j];
            one[j] = other[j];
            other[j] = kept;
        }
    }
    TfgSolve solve = {.dtype = dtype, .n = n, .columns = columns, .lower = true, .unit = true, .a = lu, .x = x};
    tfg_triangular_solve(&solve);
    solve.lower = solve.unit = false;
    tfg_triangular_solve(&solve);
}

/* ---- Eigenvalues and singular values ---------------------------------------------------------------------------------------------- */

/* The size that a routine asks for in the first element of its workspace; a float may have been rounded down. */
static int64_t asked(TfgDType dtype, const void *work)
{
    double n = is_single(dtype) ? (double)*(const float *)work : *(const double *)work;
    n = n * (1 + 0x1p-22) + 8;
    return n < INT_MAX ? (int64_t)n : -1;
}

static int fail_size(TfgStatus *s)
{
    return tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "The matrix is too large for LAPACK");
}

/* What a routine works in: pieces of one allocation. */
typedef struct Work {
    char *all, *a, *first, *second, *work, *rwork;
    int *iwork;
    int lwork;
} Work;

static size_t round_up(size_t n)
{
    return (n + 63) / 64 * 64;
}

/* Elements of a, first, second, work; reals of rwork; ints of iwork. */
static int allocate(Work *w, TfgDType dtype, const int64_t elements[4], int64_t reals, int64_t ints, TfgStatus *s)
{
    size_t size = tfg_dtype_size(dtype), at[6], total = 0;
    for (int i = 0; i < 6; i++) {
        at[i] = total;
        total += round_up(i < 4 ? (size_t)elements[i] * size : i == 4 ? (size_t)reals * sizeof(double) : (size_t)ints * sizeof(int));
    }
    if (!(w->all = tfg_alloc(total + 64)))
        return tfg_fail_memory(s);
    w->a = w->all;
    w->first = w->all + at[1];
    w->second = w->all + at[2];
    w->work = w->all + at[3];
    w->rwork = w->all + at[4];
    w->iwork = (int *)(void *)(w->all + at[5]);
    w->lwork = (int)elements[3];
    return 0;
}

/* n reals of the dtype's precision as elements of the dtype. */
static void take_reals(TfgDType dtype, void *to, const void *from, int64_t n)
{
    size_t part = is_single(dtype) ? sizeof(float) : sizeof(double), size = tfg_dtype_size(dtype);
    memset(to, 0, (size_t)n * size);
    for (int64_t i = 0; i < n; i++)
        memcpy((char *)to + (size_t)i * size, (const char *)from + (size_t)i * part, part);
}

typedef void Syevd(const char *job, const char *uplo, const int *n, void *a, const int *lda, void *w, void *work, const int *lwork, int *iwork,
                   const int *liwork, int *info);
typedef void Heevd(const char *job, const char *uplo, const int *n, void *a, const int *lda, void *w, void *work, const int *lwork, void *rwork,
                   const int *lrwork, int *iwork, const int *liwork, int *info);

/* Our lower triangle is LAPACK's upper one, of the conjugate matrix. */
static void call_eigen(void *fn, const TfgEigen *p, Work *w, int lwork, int lrwork, int liwork, int *info)
{
    const char *job = p->v ? "V" : "N";
    int n = (int)p->n;
    if (is_complex(p->dtype)) {
        Heevd *heevd;
        *(void **)&heevd = fn;
        heevd(job, "U", &n, w->a, &n, w->first, w->work, &lwork, w->rwork, &lrwork, w->iwork, &liwork, info);
    } else {
        Syevd *syevd;
        *(void **)&syevd = fn;
        syevd(job, "U", &n, w->a, &n, w->first, w->work, &lwork, w->iwork, &liwork, info);
    }
}

static int run_eigen(void *fn, const TfgEigen *p, int *info, TfgStatus *s)
{
    double first[2], rwork[2];
    int iwork[1];
    Work query = {.work = (char *)first, .rwork = (char *)rwork, .iwork = iwork}, w;
    call_eigen(fn, p, &query, -1, -1, -1, info);
    bool complexes = is_complex(p->dtype);
    int64_t lwork = asked(p->dtype, first), lrwork = complexes ? asked(p->dtype, rwork) : 0;
    if (*info != 0)
        return fail_argument(*info, s);
    if (lwork < 0 || lrwork < 0)
        return fail_size(s);
    if (allocate(&w, p->dtype, (int64_t[]){p->n * p->n, p->n, 0, lwork}, lrwork, iwork[0], s) < 0)
        return -1;
    size_t size = tfg_dtype_size(p->dtype);
    memcpy(w.a, p->a, (size_t)(p->n * p->n) * size);
    call_eigen(fn, p, &w, w.lwork, (int)lrwork, iwork[0], info);
    take_reals(p->dtype, p->e, w.first, p->n);
    if (p->v)
        tfg_linalg_transpose(p->dtype, p->n, p->n, p->v, w.a, complexes);
    tfg_free(w.all);
    return *info >= 0 ? 0 : fail_argument(*info, s);
}

int tfg_eigen(const TfgEigen *p, TfgStatus *s)
{
    void *fn = p->n > 1 && p->n < INT_MAX ? routine(p->dtype, "syevd_", "heevd_") : NULL;
    int info = 1;
    if (fn && run_eigen(fn, p, &info, s) < 0)
        return -1;
    return info == 0 ? 0 : tfg_eigen_plain(p, s);
}

typedef void Gesdd(const char *job, const int *m, const int *n, void *a, const int *lda, void *s, void *u, const int *ldu, void *vt,
                   const int *ldvt, void *work, const int *lwork, int *iwork, int *info);
typedef void GesddComplex(const char *job, const int *m, const int *n, void *a, const int *lda, void *s, void *u, const int *ldu, void *vt,
                          const int *ldvt, void *work, const int *lwork, void *rwork, int *iwork, int *info);

/* LAPACK sees a^T = conj(v) s u^T: its u is our conj(v), and its v^H lies in memory as our u. */
static void call_svd(void *fn, const TfgSvd *p, Work *w, void *values, void *u, int lwork, int *info)
{
    const char *job = !p->u ? "N" : p->full ? "A" : "S";
    int m = (int)p->n, n = (int)p->m, least = m < n ? m : n, ld = p->full ? n : least;
    if (is_complex(p->dtype)) {
        GesddComplex *gesdd;
        *(void **)&gesdd = fn;
        gesdd(job, &m, &n, w->a, &m, values, w->first, &m, u, &ld, w->work, &lwork, w->rwork, w->iwork, info);
    } else {
        Gesdd *gesdd;
        *(void **)&gesdd = fn;
        gesdd(job, &m, &n, w->a, &m, values, w->first, &m, u, &ld, w->work, &lwork, w->iwork, info);
    }
}

static int run_svd(void *fn, const TfgSvd *p, int *info, TfgStatus *s)
{
    double first[2] = {0, 0};
    int64_t least = p->m < p->n ? p->m : p->n, most = p->m < p->n ? p->n : p->m, k = p->full ? p->n : least;
    int iwork[1];
    Work query = {.work = (char *)first, .iwork = iwork, .rwork = (char *)first}, w;
    call_svd(fn, p, &query, first, p->u, -1, info);
    int64_t lwork = asked(p->dtype, first), lrwork = 0;
    if (*info != 0)
        return fail_argument(*info, s);
    bool over = lwork < 0 || least > INT_MAX / 8;
    if (is_complex(p->dtype))
        over = over || __builtin_mul_overflow(least, 4 * (most + least) + 16, &lrwork);
    if (over)
        return fail_size(s);
    if (allocate(&w, p->dtype, (int64_t[]){p->m * p->n, p->u ? p->n * k : 0, least, lwork}, lrwork, 8 * least, s) < 0)
        return -1;
    memcpy(w.a, p->a, (size_t)(p->m * p->n) * tfg_dtype_size(p->dtype));
    call_svd(fn, p, &w, w.second, p->u, w.lwork, info);
    take_reals(p->dtype, p->s, w.second, least);
    if (p->u)
        tfg_linalg_transpose(p->dtype, k, p->n, p->v, w.first, is_complex(p->dtype));
    tfg_free(w.all);
    return *info >= 0 ? 0 : fail_argument(*info, s);
}

int tfg_svd(const TfgSvd *p, TfgStatus *s)
{
    int64_t least = p->m < p->n ? p->m : p->n;
    void *fn = least > 0 && p->m < INT_MAX && p->n < INT_MAX ? routine(p->dtype, "gesdd_", "gesdd_") : NULL;
    int info = 1;
    if (fn && run_svd(fn, p, &info, s) < 0)
        return -1;
    return info == 0 ? 0 : tfg_svd_plain(p, s);
}

/* ---- Least squares ---------------------------------------------------------------------------------------------------------------- */

typedef void Gelsy(const int *m, const int *n, const int *nrhs, void *a, const int *lda, void *b, const int *ldb, int *pivots, const void *rcond,
                   int *rank, void *work, const int *lwork, int *info);
typedef void GelsyComplex(const int *m, const int *n, const int *nrhs, void *a, const int *lda, void *b, const int *ldb, int *pivots,
                          const void *rcond, int *rank, void *work, const int *lwork, void *rwork, int *info);

static void call_least_squares(void *fn, const TfgLeastSquares *p, Work *w, int lwork, int *info)
{
    int m = (int)p->m, n = (int)p->n, columns = (int)p->columns, most = m < n ? n : m, least = m < n ? m : n, rank = 0;
    double threshold = least * 0x1p-52;
    float threshold_float = (float)least * 0x1p-23f;
    const void *rcond = is_single(p->dtype) ? (const void *)&threshold_float : (const void *)&threshold;
    if (is_complex(p->dtype)) {
        GelsyComplex *gelsy;
        *(void **)&gelsy = fn;
        gelsy(&m, &n, &columns, w->a, &m, w->first, &most, w->iwork, rcond, &rank, w->work, &lwork, w->rwork, info);
    } else {
        Gelsy *gelsy;
        *(void **)&gelsy = fn;
        gelsy(&m, &n, &columns, w->a, &m, w->first, &most, w->iwork, rcond, &rank, w->work, &lwork, info);
    }
}

int tfg_least_squares(const TfgLeastSquares *p, TfgStatus *s)
{
    int64_t most = p->m < p->n ? p->n : p->m;
    void *fn = p->m > 0 && p->n > 0 && most < INT_MAX / 2 && p->columns < INT_MAX ? routine(p->dtype, "gelsy_", "gelsy_") : NULL;
    if (!fn)
        return tfg_least_squares_plain(p, s);
    double first[2] = {0, 0};
    int info = 0, iwork[1];
    Work query = {.work = (char *)first, .iwork = iwork, .rwork = (char *)first}, w;
    call_least_squares(fn, p, &query, -1, &info);
    int64_t lwork = asked(p->dtype, first);
    if (info != 0)
        return fail_argument(info, s);
    if (lwork < 0)
        return fail_size(s);
    if (allocate(&w, p->dtype, (int64_t[]){p->m * p->n, most * p->columns, 0, lwork}, 2 * p->n, p->n, s) < 0)
        return -1;
    size_t size = tfg_dtype_size(p->dtype);
    tfg_linalg_transpose(p->dtype, p->m, p->n, w.a, p->a, false);
    for (int64_t j = 0; j < p->columns; j++)
        for (int64_t i = 0; i < p->m; i++)
            memcpy(w.first + (size_t)(j * most + i) * size, (const char *)p->b + (size_t)(i * p->columns + j) * size, size);
    memset(w.iwork, 0, (size_t)p->n * sizeof *w.iwork);
    call_least_squares(fn, p, &w, w.lwork, &info);
    transpose(size, p->n, p->columns, p->x, w.first, most);
    tfg_free(w.all);
    return info == 0 ? 0 : fail_argument(info, s);
}
