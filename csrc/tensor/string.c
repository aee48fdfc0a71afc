/* Text and elements: string elements, and tensors written as text. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "tensor/half.h"
#include "tensor/tensor.h"

/* ---- Slabs ------------------------------------------------------------------------------------------------------------------- */

/* Many strings in one block.  What malloc gives is a multiple of 16; a slab's strings stand 8 behind one, and in those 8 bytes is
 * the slab's address: so everybody who lets go of a string knows what it is. */
#define STEP 16
#define LONGEST 1000            /* bytes of a string that may go into a slab */
#define LEAST_SLAB 512
#define LARGEST_SLAB 32768
#define OPEN (INT64_C(1) << 40) /* counts as so many strings while more may come */

typedef struct Slab {
    _Alignas(STEP) _Atomic int64_t live;        /* strings that are still there */
} Slab;

static _Thread_local struct {
    int depth;
    size_t next;                /* bytes of the next slab */
    Slab *slab;
    char *at, *end;
    int64_t count;              /* strings put into it */
} builder;

static void let_go(Slab *slab, int64_t n)
{
    if (atomic_fetch_sub_explicit(&slab->live, n, memory_order_acq_rel) == n)
        tfg_free(slab);
}

static void close_slab(void)
{
    if (builder.slab)
        let_go(builder.slab, OPEN - builder.count);
    builder.slab = NULL;
}

static int open_slab(size_t need)
{
    close_slab();
    size_t n = builder.next > need ? builder.next : need;
    Slab *slab = tfg_alloc(sizeof *slab + n);
    if (!slab)
        return -1;
    atomic_init(&slab->live, OPEN);
    builder.slab = slab;
    builder.at = (char *)(slab + 1);
    builder.end = builder.at + n;
    builder.count = 0;
    builder.next = builder.next < LARGEST_SLAB ? builder.next * 2 : LARGEST_SLAB;
    return 0;
}

/* With a zero behind, as all strings have. */
static char *put_into_slab(const char *data, size_t n)
{
    size_t need = (sizeof(Slab *) + n + 1 + STEP - 1) / STEP * STEP;
    if ((!builder.slab || (size_t)(builder.end - builder.at) < need) && open_slab(need) < 0)
        return NULL;
    char *to = builder.at + sizeof(Slab *);
    memcpy(builder.at, &builder.slab, sizeof builder.slab);
    memcpy(to, data, n);
    to[n] = 0;
    builder.at += need;
    builder.count++;
    return to;
}

void tfg_strings_begin(int64_t n)
{
    if (builder.depth++)
        return;
    builder.next = n > LARGEST_SLAB / 32 ? LARGEST_SLAB : n < LEAST_SLAB / 32 ? LEAST_SLAB : (size_t)n * 32;
}

void tfg_strings_end(void)
{
    if (--builder.depth == 0)
        close_slab();
}

static void free_string(char *data)
{
    Slab *slab;
    if ((uintptr_t)data % STEP == 0) {
        tfg_free(data);
        return;
    }
    memcpy(&slab, data - sizeof slab, sizeof slab);
    let_go(slab, 1);
}

/* ---- Elements ------------------------------------------------------------------------------------------------------------------ */

void tfg_string_clear(TfgString *e)
{
    free_string(e->data);
    e->data = NULL;
    e->n = 0;
}

int tfg_string_set(TfgString *e, const char *data, size_t n)
{
    char *copy = NULL;
    if (n) {
        copy = builder.depth && n <= LONGEST ? put_into_slab(data, n) : tfg_strndup(data, n);
        if (!copy)
            return -1;
    }
    free_string(e->data);
    e->data = copy;
    e->n = n;
    return 0;
}

/* ---- Numbers as TensorFlow's C++ prints them ----------------------------------------------------------------------------------- */

/* Six digits where they give the number back, else nine. */
static void put_float(TfgStr *out, float v)
{
    char text[32];
    snprintf(text, sizeof text, "%.6g", (double)v);
    float back = strtof(text, NULL);
    if (memcmp(&back, &v, sizeof v) != 0 && v == v)
        snprintf(text, sizeof text, "%.9g", (double)v);
    tfg_str_puts(out, v == v ? text : "nan");
}

/* Fifteen digits where they give the number back, else seventeen. */
static void put_double(TfgStr *out, double v)
{
    char text[40];
    snprintf(text, sizeof text, "%.15g", v);
    double back = strtod(text, NULL);
    if (memcmp(&back, &v, sizeof v) != 0 && v == v)
        snprintf(text, sizeof text, "%.17g", v);
    tfg_str_puts(out, v == v ? text : "nan");
}

static void put_escaped(TfgStr *out, const TfgString *e)
{
    for (size_t i = 0; i < e->n; i++) {
        unsigned char c = (unsigned char)e->data[i];
        switch (c) {
        case '\n': tfg_str_puts(out, "\\n"); break;
        case '\r': tfg_str_puts(out, "\\r"); break;
        case '\t': tfg_str_puts(out, "\\t"); break;
        case '"': tfg_str_puts(out, "\\\""); break;
        case '\'': tfg_str_puts(out, "\\'"); break;
        case '\\': tfg_str_puts(out, "\\\\"); break;
        default:
            if (c >= 0x20 && c < 0x7f)
                tfg_str_putc(out, (char)c);
            else
                tfg_str_printf(out, "\\%03o", c);
        }
    }
}

/* What TensorFlow has no text for (complex, bfloat16, 32-bit quantized, handles) is "?". */
void tfg_tensor_format_element(const TfgTensor *t, int64_t i, TfgStr *out)
{
    switch (t->dtype) {
    case TFG_FLOAT: put_float(out, ((const float *)t->data)[i]); break;
    case TFG_HALF: put_float(out, tfg_half_to_float(((const uint16_t *)t->data)[i])); break;
    case TFG_DOUBLE: put_double(out, ((const double *)t->data)[i]); break;
    case TFG_UINT64: tfg_str_printf(out, "%" PRIu64, ((const uint64_t *)t->data)[i]); break;
    case TFG_STRING: put_escaped(out, &((const TfgString *)t->data)[i]); break;
    case TFG_COMPLEX64: case TFG_COMPLEX128: case TFG_BFLOAT16: case TFG_QINT32: case TFG_RESOURCE: case TFG_VARIANT: case TFG_INVALID:
        tfg_str_putc(out, '?');
        break;
    default: tfg_str_printf(out, "%" PRId64, tfg_tensor_int(t, i));
    }
}

/* ---- Summaries --------------------------------------------------------------------------------------------------------------- */

/* Types without a text of their own, and strings, are written without brackets. */
static bool is_nested(TfgDType d)
{
    switch (d) {
    case TFG_STRING: case TFG_COMPLEX64: case TFG_COMPLEX128: case TFG_BFLOAT16: case TFG_QINT32: case TFG_RESOURCE: case TFG_VARIANT:
        return false;
    default: return true;
    }
}

static void put_flat(const TfgTensor *t, int64_t limit, TfgStr *out)
{
    for (int64_t i = 0; i < limit; i++) {
        if (i)
            tfg_str_putc(out, ' ');
        tfg_tensor_format_element(t, i, out);
    }
}

/* Elements of dimension `d` from *next on; the last, broken row of an inner dimension says so itself. */
static void put_nested(const TfgTensor *t, int d, int64_t limit, int64_t *next, TfgStr *out)
{
    for (int64_t i = 0; i < t->dims[d]; i++) {
        if (d == t->rank - 1) {
            if (*next >= limit) {
                if (d > 0)
                    tfg_str_puts(out, "...");
                return;
            }
            if (i)
                tfg_str_putc(out, ' ');
            tfg_tensor_format_element(t, (*next)++, out);
        } else {
            if (*next >= limit)
                return;
            tfg_str_putc(out, '[');
            put_nested(t, d + 1, limit, next, out);
            tfg_str_putc(out, ']');
        }
    }
}

void tfg_tensor_summarize(const TfgTensor *t, int64_t max, TfgStr *out)
{
    int64_t limit = max < 0 || max > t->count ? t->count : max, next = 0;
    if (t->rank < 2 || !is_nested(t->dtype))
        put_flat(t, limit, out);
    else if (limit > 0)
        put_nested(t, 0, limit, &next, out);
    if (t->count > limit)
        tfg_str_puts(out, "...");
}
