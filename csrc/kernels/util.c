#include "kernels/util.h"

#include <stdio.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "base/status.h"

static int copy_strings(TfgString *to, const TfgString *from, int64_t n, int64_t step, TfgStatus *s)
{
    int rc = 0;
    if (n > 1)
        tfg_strings_begin(n);
    for (int64_t i = 0; i < n && rc == 0; i++)
        rc = tfg_string_set(&to[i], from[i * step].data, from[i * step].n);
    if (n > 1)
        tfg_strings_end();
    return rc < 0 ? tfg_fail_memory(s) : 0;
}

static void copy_handles(TfgHandle **to, TfgHandle *const *from, int64_t n, int64_t step)
{
    for (int64_t i = 0; i < n; i++) {
        TfgHandle *old = to[i];
        to[i] = from[i * step] ? tfg_handle_ref(from[i * step]) : NULL;
        if (old)
            tfg_handle_unref(old);
    }
}

int tfg_copy_elements(TfgDType d, void *to, const void *from, int64_t n, TfgStatus *s)
{
    if (n <= 0)
        return 0;
    if (d == TFG_STRING)
        return copy_strings(to, from, n, 1, s);
    if (d == TFG_RESOURCE || d == TFG_VARIANT)
        copy_handles(to, from, n, 1);
    else
        memcpy(to, from, tfg_tensor_size(d, n));
    return 0;
}

/* Doubles what is already written, so a long fill is a few big copies. */
static void fill_bytes(char *to, const char *one, size_t size, int64_t n)
{
    size_t total = size * (size_t)n, done = size;
    bool zero = true;
    for (size_t i = 0; i < size; i++)
        zero = zero && one[i] == 0;
    if (zero || size == 1) {
        memset(to, one[0], total);
        return;
    }
    memcpy(to, one, size);
    while (done < total) {
        size_t piece = done < total - done ? done : total - done;
        if (piece > 16384)
            piece = 16384 - 16384 % size;
        memcpy(to + done, to, piece);
        done += piece;
    }
}

int tfg_fill_elements(TfgDType d, void *to, const void *one, int64_t n, TfgStatus *s)
{
    if (n <= 0)
        return 0;
    if (d == TFG_STRING)
        return copy_strings(to, one, n, 0, s);
    if (d == TFG_RESOURCE || d == TFG_VARIANT)
        copy_handles(to, one, n, 0);
    else
        fill_bytes(to, one, tfg_dtype_size(d), n);
    return 0;
}

typedef struct Ranges {
    int64_t n, grain;
    TfgRangeFn fn;
    TfgTryRangeFn try_fn;
    void *context;
    TfgStatus *statuses;
} Ranges;

static void run_range(void *context, int64_t tile)
{
    Ranges *r = context;
    int64_t begin = tile * r->grain, end = r->n - begin < r->grain ? r->n : begin + r->grain;
    r->fn(r->context, begin, end);
}

void tfg_for_ranges(int64_t n, int64_t grain, TfgRangeFn fn, void *context)
{
    if (grain < 1)
        grain = 1;
    if (n <= grain) {
        if (n > 0)
            fn(context, 0, n);
        return;
    }
    Ranges r = {.n = n, .grain = grain, .fn = fn, .context = context};
    tfg_parallel((n + grain - 1) / grain, 0, run_range, &r);
}

/* Strings that a range puts into its output share slabs. */
static int try_range(TfgTryRangeFn fn, void *context, int64_t begin, int64_t end, TfgStatus *s)
{
    if (end - begin < 4)
        return fn(context, begin, end, s);
    tfg_strings_begin(end - begin);
    int rc = fn(context, begin, end, s);
    tfg_strings_end();
    return rc;
}

static void run_try_range(void *context, int64_t tile)
{
    Ranges *r = context;
    int64_t begin = tile * r->grain, end = r->n - begin < r->grain ? r->n : begin + r->grain;
    try_range(r->try_fn, r->context, begin, end, &r->statuses[tile]);
}

int tfg_try_ranges(int64_t n, int64_t grain, TfgTryRangeFn fn, void *context, TfgStatus *s)
{
    if (grain < 1)
        grain = 1;
    if (n <= grain)
        return n > 0 ? try_range(fn, context, 0, n, s) : 0;
    int64_t tiles = (n + grain - 1) / grain;
    Ranges r = {.n = n, .grain = grain, .try_fn = fn, .context = context,
                .statuses = tfg_calloc((size_t)tiles, sizeof(TfgStatus))};
    if (!r.statuses)
        return tfg_fail_memory(s);
    tfg_parallel(tiles, 0, run_try_range, &r);
    int rc = 0;
    for (int64_t i = 0; i < tiles; i++) {
        if (rc == 0 && r.statuses[i].code != TFG_OK) {
            tfg_status_move(s, &r.statuses[i]);
            rc = -1;
        }
        tfg_status_fini(&r.statuses[i]);
    }
    tfg_free(r.statuses);
    return rc;
}

static const char *list_text(int count, const int64_t *values, const char *between, TfgShapeText *buffer)
{
    size_t n = 0, max = sizeof buffer->text;
    buffer->text[n++] = '[';
    for (int i = 0; i < count && n + 26 < max; i++)
        n += (size_t)snprintf(buffer->text + n, max - n, "%s%lld", i ? between : "", (long long)values[i]);
    buffer->text[n++] = ']';
    buffer->text[n] = 0;
    return buffer->text;
}

const char *tfg_dims_text(int rank, const int64_t *dims, TfgShapeText *buffer)
{
    return list_text(rank, dims, ",", buffer);
}

const char *tfg_values_text(int n, const int64_t *values, TfgShapeText *buffer)
{
    return list_text(n, values, ", ", buffer);
}

const char *tfg_shape_text(const TfgTensor *t, TfgShapeText *buffer)
{
    return tfg_dims_text(t->rank, t->dims, buffer);
}

int64_t tfg_dims_count(int rank, const int64_t *dims)
{
    int64_t p = 1;
    bool over = false;
    for (int i = 0; i < rank; i++) {
        if (dims[i] == 0)
            return 0;
        over = over || dims[i] < 0 || __builtin_mul_overflow(p, dims[i], &p);
    }
    return over ? -1 : p;
}

void tfg_dims_strides(int rank, const int64_t *dims, int64_t *strides)
{
    int64_t p = 1;
    for (int i = rank - 1; i >= 0; i--) {
        strides[i] = p;
        p *= dims[i];
    }
}

bool tfg_axis_in_range(int64_t *axis, int rank)
{
    if (*axis < -(int64_t)rank || *axis >= rank)
        return false;
    if (*axis < 0)
        *axis += rank;
    return true;
}
