/* Triangular systems and LU factors of large matrices, band by band.  Nearly all of the work is then in products of matrices, which
 * are cut over the thread pool; a band by itself is small enough for the routines of linalg_lapack.c. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/gemm.h"
#include "kernels/linalg.h"

#define BAND 64

/* Takes a product, piece by piece, from what stands at `from`. */
typedef struct Subtract {
    TfgDType dtype;
    char *from;
    int64_t ld;                 /* elements from one row to the next */
} Subtract;

#define SUBTRACT(T)                                                                     \
    for (int64_t i = 0; i < rows; i++) {                                                \
        T *to = (T *)u->from + ((row + i) * u->ld + column) * parts;                    \
        const T *x = (const T *)product + i * ld * parts;                               \
        for (int64_t j = 0; j < columns * parts; j++)                                   \
            to[j] -= x[j];                                                              \
    }

static void subtract(void *context, void *product, int64_t ld, int64_t row, int64_t column, int64_t rows, int64_t columns)
{
    const Subtract *u = context;
    int64_t parts = u->dtype == TFG_COMPLEX64 || u->dtype == TFG_COMPLEX128 ? 2 : 1;
    if (u->dtype == TFG_FLOAT || u->dtype == TFG_COMPLEX64) {
        SUBTRACT(float)
    } else {
        SUBTRACT(double)
    }
}

static void copy_rows(char *to, int64_t to_ld, const char *from, int64_t from_ld, int64_t rows, int64_t columns, size_t size)
{
    for (int64_t i = 0; i < rows; i++)
        memcpy(to + (size_t)(i * to_ld) * size, from + (size_t)(i * from_ld) * size, (size_t)columns * size);
}

/* Rows [row, row + rows) of x lose what the `known` rows from `first` on contribute. */
static int take_known(const TfgSolve *p, int64_t row, int64_t rows, int64_t first, int64_t known, char *room, TfgStatus *s)
{
    size_t size = tfg_dtype_size(p->dtype);
    char *x = p->x;
    Subtract u = {.dtype = p->dtype, .from = x + (size_t)(row * p->columns) * size, .ld = p->columns};
    int64_t a = p->adjoint ? first * p->n + row : row * p->n + first;
    TfgGemm g = {.dtype = p->dtype, .ta = p->adjoint ? TFG_ADJOINT : TFG_PLAIN, .m = rows, .n = p->columns, .k = known,
                 .a = (const char *)p->a + (size_t)a * size, .lda = p->n, .b = x + (size_t)(first * p->columns) * size, .c = room,
                 .epilogue = subtract, .context = &u};
    return tfg_gemm(&g, s);
}

bool tfg_triangular_solve_banded(const TfgSolve *p)
{
    enum { FEW = 16 };          /* columns for which reading the matrix is the work */
    size_t size = tfg_dtype_size(p->dtype), bytes = (size_t)(BAND * (p->columns + BAND)) * size;
    if (p->n < 2 * BAND || p->columns < FEW)
        return false;
    char *room = tfg_alloc_data(bytes), *diagonal = room + (size_t)(BAND * p->columns) * size;
    if (!room)
        return false;
    TfgStatus s = TFG_STATUS_INIT;
    bool down = p->lower != p->adjoint;
    for (int64_t known = 0, rows; known < p->n; known += rows) {
        rows = p->n - known < BAND ? p->n - known : BAND;
        int64_t row = down ? known : p->n - known - rows;
        if (known)
            take_known(p, row, rows, down ? 0 : row + rows, known, room, &s);   /* fails for half types alone */
        copy_rows(diagonal, rows, (const char *)p->a + (size_t)(row * p->n + row) * size, p->n, rows, rows, size);
        TfgSolve band = *p;
        band.n = rows;
        band.a = diagonal;
        band.x = (char *)p->x + (size_t)(row * p->columns) * size;
        tfg_triangular_solve(&band);
    }
    tfg_status_fini(&s);
    tfg_free_data(room, bytes);
    return true;
}

/* ---- LU ------------------------------------------------------------------------------------------------------------------------- */

static void swap_bytes(char *a, char *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char kept = a[i];
        a[i] = b[i];
        b[i] = kept;
    }
}

/* Outside the columns [j, j + w) of the panel, rows change places as they did inside. */
static void swap_rows(char *a, int64_t n, int64_t j, int64_t w, const int32_t *swaps, size_t size)
{
    for (int64_t i = j; i < j + w; i++) {
        char *one = a + (size_t)(i * n) * size, *other = a + (size_t)(swaps[i] * n) * size;
        if (one == other)
            continue;
        swap_bytes(one, other, (size_t)j * size);
        swap_bytes(one + (size_t)(j + w) * size, other + (size_t)(j + w) * size, (size_t)(n - j - w) * size);
    }
}

/* What is right of the panel: u's rows are solved for, and what lies below loses l's part times them. */
static int update_rest(TfgDType dtype, int64_t n, char *a, int64_t j, int64_t w, char *room, TfgStatus *s)
{
    size_t size = tfg_dtype_size(dtype);
    int64_t rest = n - j - w;
    char *right = a + (size_t)(j * n + j + w) * size, *below = a + (size_t)((j + w) * n) * size;
    char *diagonal = room, *u = diagonal + (size_t)(w * w) * size, *product = u + (size_t)(w * rest) * size;
    copy_rows(diagonal, w, a + (size_t)(j * n + j) * size, n, w, w, size);
    copy_rows(u, rest, right, n, w, rest, size);
    TfgSolve solve = {.dtype = dtype, .n = w, .columns = rest, .lower = true, .unit = true, .a = diagonal, .x = u};
    tfg_triangular_solve(&solve);
    copy_rows(right, n, u, rest, w, rest, size);
    Subtract part = {.dtype = dtype, .from = below + (size_t)(j + w) * size, .ld = n};
    TfgGemm g = {.dtype = dtype, .m = rest, .n = rest, .k = w, .a = below + (size_t)j * size, .lda = n, .b = u, .c = product,
                 .epilogue = subtract, .context = &part};
    return tfg_gemm(&g, s);
}

int tfg_lu_banded(TfgDType dtype, int64_t n, void *a, int32_t *swaps, TfgStatus *s)
{
    size_t size = tfg_dtype_size(dtype), bytes = (size_t)(n * n + 2 * BAND * n) * size;
    char *room = tfg_alloc_data(bytes);
    int rc = room ? 0 : tfg_fail_memory(s);
    for (int64_t j = 0; j < n && rc == 0; j += BAND) {
        int64_t w = n - j < BAND ? n - j : BAND;
        rc = tfg_lu_panel(dtype, n - j, w, (char *)a + (size_t)(j * n + j) * size, n, swaps + j, room, s);
        if (rc < 0)
            break;
        for (int64_t i = j; i < j + w; i++)
            swaps[i] += (int32_t)j;
        swap_rows(a, n, j, w, swaps, size);
        if (j + w < n)
            rc = update_rest(dtype, n, a, j, w, room, s);
    }
    tfg_free_data(room, bytes);
    return rc;
}
