#include "runtime/kernel.h"

#include <pthread.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/status.h"

/* All rows of one op. */
typedef struct OpRows {
    const TfgKernelRow **rows;
    size_t n, capacity;
} OpRows;

/* The registry of the process: it only grows.  Rows are looked up while plans are made, not while they run, so one lock will do. */
static struct {
    pthread_mutex_t lock;
    TfgMap ops;                 /* name -> OpRows */
} registry = {.lock = PTHREAD_MUTEX_INITIALIZER};

void tfg_kernels_hold(void) { pthread_mutex_lock(&registry.lock); }
void tfg_kernels_let_go(void) { pthread_mutex_unlock(&registry.lock); }

static int add_row(const TfgKernelRow *row)
{
    size_t n = strlen(row->op);
    OpRows *o = tfg_map_find(&registry.ops, row->op, n);
    if (!o) {
        o = tfg_calloc(1, sizeof *o);
        if (!o || tfg_map_put(&registry.ops, row->op, n, o) < 0) {
            tfg_free(o);
            return -1;
        }
    }
    if (tfg_grow((void **)&o->rows, &o->capacity, o->n + 1, sizeof *o->rows) < 0)
        return -1;
    o->rows[o->n++] = row;
    return 0;
}

int tfg_register_kernels(const TfgKernelRow *rows, int n, TfgStatus *s)
{
    int rc = 0;
    pthread_mutex_lock(&registry.lock);
    for (int i = 0; i < n && rc == 0; i++)
        if (add_row(&rows[i]) < 0)
            rc = tfg_fail_memory(s);
    pthread_mutex_unlock(&registry.lock);
    return rc;
}

static bool allows(const TfgTypeRule *rule, const TfgAttrs *attrs)
{
    const TfgAttr *a = tfg_attrs_find(attrs, rule->attr);
    if (!a || a->kind != TFG_ATTR_TYPE)
        return a && a->is_list && a->n == 0;
    if (!a->is_list)
        return rule->types & TFG_BIT(tfg_dtype_base(a->type));
    for (int i = 0; i < a->n; i++)
        if (!(rule->types & TFG_BIT(tfg_dtype_base(a->list_type[i]))))
            return false;
    return true;
}

static bool fits(const TfgKernelRow *row, const char *device_type, const TfgAttrs *attrs)
{
    if (strcmp(row->device ? row->device : "CPU", device_type) != 0)
        return false;
    const TfgAttr *label = tfg_attrs_find(attrs, "_kernel");
    if (label && label->kind == TFG_ATTR_STRING && label->s.n > 0) {
        if (!row->label || !tfg_attrs_string_is(attrs, "_kernel", row->label))
            return false;
    } else if (row->label) {
        return false;
    }
    for (int i = 0; i < 4 && row->types[i].attr; i++)
        if (!allows(&row->types[i], attrs))
            return false;
    return true;
}

const TfgKernelRow *tfg_find_kernel(const char *op, const char *device_type, const TfgAttrs *attrs)
{
    const TfgKernelRow *found = NULL;
    pthread_mutex_lock(&registry.lock);
    const OpRows *o = tfg_map_find(&registry.ops, op, strlen(op));
    for (size_t i = 0; o && i < o->n && !found; i++)
        if (fits(o->rows[i], device_type, attrs))
            found = o->rows[i];
    pthread_mutex_unlock(&registry.lock);
    return found;
}

int tfg_kernels_of(const char *op, const TfgKernelRow **rows, int max)
{
    pthread_mutex_lock(&registry.lock);
    const OpRows *o = tfg_map_find(&registry.ops, op, strlen(op));
    int n = o ? (int)o->n : 0;
    for (int i = 0; i < n && i < max; i++)
        rows[i] = o->rows[i];
    pthread_mutex_unlock(&registry.lock);
    return n;
}
