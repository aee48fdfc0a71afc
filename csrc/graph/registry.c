/* The registry of ops.  Rows are hashed when they come and parsed when asked for.  Readers take no lock: a table is published
 * whole, entries never change but for a definition that appears once, and tables that were outgrown stay for those still reading. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/status.h"
#include "graph/opdef.h"

typedef struct Entry {
    const TfgOpRow *row;
    const TfgOpDef *_Atomic def;        /* NULL until parsed */
} Entry;

typedef struct Table {
    size_t n, capacity;                 /* a power of two, at most half in use */
    struct Table *outgrown;
    Entry *_Atomic slots[];
} Table;

static Table *_Atomic published;
static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;
static TfgArena parsed;                 /* definitions; guarded by the lock */

static Entry *_Atomic *locate(Table *t, const char *name)
{
    size_t mask = t->capacity - 1;
    for (size_t i = (size_t)tfg_hash_bytes(name, strlen(name)) & mask;; i = (i + 1) & mask) {
        Entry *e = atomic_load_explicit(&t->slots[i], memory_order_acquire);
        if (!e || strcmp(e->row->name, name) == 0)
            return &t->slots[i];
    }
}

static Table *make_table(size_t capacity, Table *old)
{
    Table *t = tfg_calloc(1, sizeof *t + capacity * sizeof t->slots[0]);
    if (!t)
        return NULL;
    t->capacity = capacity;
    t->outgrown = old;
    for (size_t i = 0; old && i < old->capacity; i++) {
        Entry *e = atomic_load_explicit(&old->slots[i], memory_order_relaxed);
        if (e)
            atomic_store_explicit(locate(t, e->row->name), e, memory_order_relaxed);
    }
    t->n = old ? old->n : 0;
    return t;
}

static Table *make_room(size_t need)
{
    Table *t = atomic_load_explicit(&published, memory_order_relaxed);
    size_t capacity = t ? t->capacity : 2048;
    while (capacity < 2 * need)
        capacity *= 2;
    if (t && t->capacity == capacity)
        return t;
    Table *bigger = make_table(capacity, t);
    if (bigger)
        atomic_store_explicit(&published, bigger, memory_order_release);
    return bigger;
}

static int check_new(Table *t, const TfgOpRow *rows, int n, TfgStatus *s)
{
    for (int i = 0; i < n; i++)
        if (atomic_load_explicit(locate(t, rows[i].name), memory_order_relaxed))
            return tfg_fail(s, TFG_ALREADY_EXISTS, "Op with name %s", rows[i].name);
    return 0;
}

static int add_rows(const TfgOpRow *rows, int n, TfgStatus *s)
{
    Table *t = atomic_load_explicit(&published, memory_order_relaxed);
    t = make_room((t ? t->n : 0) + (size_t)n);
    if (!t)
        return tfg_fail_memory(s);
    if (check_new(t, rows, n, s) < 0)
        return -1;
    Entry *entries = tfg_calloc((size_t)n, sizeof *entries);
    if (!entries)
        return tfg_fail_memory(s);
    for (int i = 0; i < n; i++) {
        Entry *_Atomic *slot = locate(t, rows[i].name);
        if (atomic_load_explicit(slot, memory_order_relaxed))
            return tfg_fail(s, TFG_ALREADY_EXISTS, "Op with name %s", rows[i].name);
        entries[i].row = &rows[i];
        t->n++;
        atomic_store_explicit(slot, &entries[i], memory_order_release);
    }
    return 0;
}

static void hold_registry(void) { pthread_mutex_lock(&registry_lock); }
static void let_go_of_registry(void) { pthread_mutex_unlock(&registry_lock); }

/* A child of fork() must not find the lock held by a thread it does not have.  The lock of data blocks is taken inside this one,
 * and handlers run last come first: so the blocks' handlers are installed before. */
static void watch_forks(void)
{
    tfg_free_data(tfg_alloc_data(1), 1);
    pthread_atfork(hold_registry, let_go_of_registry, let_go_of_registry);
}

int tfg_register_ops(const TfgOpRow *rows, int n, TfgStatus *s)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, watch_forks);
    pthread_mutex_lock(&registry_lock);
    int rc = n > 0 ? add_rows(rows, n, s) : 0;
    pthread_mutex_unlock(&registry_lock);
    return rc;
}

static const TfgOpDef *parse_entry(Entry *e, TfgStatus *s)
{
    pthread_mutex_lock(&registry_lock);
    const TfgOpDef *def = atomic_load_explicit(&e->def, memory_order_relaxed);
    if (!def && (def = tfg_op_def_parse(e->row, &parsed, s)))
        atomic_store_explicit(&e->def, def, memory_order_release);
    pthread_mutex_unlock(&registry_lock);
    return def;
}

static void fail_unknown(const char *name, TfgStatus *s)
{
    char host[256] = "";
    gethostname(host, sizeof host - 1);
    tfg_fail(s, TFG_NOT_FOUND, "Op type not registered '%s' in binary running on %s. Make sure the Op and Kernel are registered in "
             "the binary running in this process. Note that if you are loading a saved graph which used ops from tf.contrib, "
             "accessing (e.g.) `tf.contrib.resampler` should be done before importing the graph, as contrib ops are lazily "
             "registered when the module is first accessed.", name, host);
}

const TfgOpDef *tfg_load_op_def(const char *name, TfgStatus *s)
{
    Table *t = atomic_load_explicit(&published, memory_order_acquire);
    Entry *e = t ? atomic_load_explicit(locate(t, name), memory_order_acquire) : NULL;
    if (!e) {
        fail_unknown(name, s);
        return NULL;
    }
    const TfgOpDef *def = atomic_load_explicit(&e->def, memory_order_acquire);
    return def ? def : parse_entry(e, s);
}

const TfgOpDef *tfg_find_op_def(const char *name)
{
    Table *t = atomic_load_explicit(&published, memory_order_acquire);
    Entry *e = t ? atomic_load_explicit(locate(t, name), memory_order_acquire) : NULL;
    if (!e)
        return NULL;
    const TfgOpDef *def = atomic_load_explicit(&e->def, memory_order_acquire);
    if (def)
        return def;
    TfgStatus s = TFG_STATUS_INIT;
    def = parse_entry(e, &s);
    tfg_status_fini(&s);
    return def;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char **tfg_op_def_names(int *n)
{
    *n = 0;
    pthread_mutex_lock(&registry_lock);
    Table *t = atomic_load_explicit(&published, memory_order_relaxed);
    const char **names = tfg_alloc((t ? t->n : 0) * sizeof *names);
    for (size_t i = 0; names && t && i < t->capacity; i++) {
        Entry *e = atomic_load_explicit(&t->slots[i], memory_order_relaxed);
        if (e)
            names[(*n)++] = e->row->name;
    }
    pthread_mutex_unlock(&registry_lock);
    if (names)
        qsort(names, (size_t)*n, sizeof *names, compare_names);
    return names;
}

/* ---- Definitions ---- */

const TfgAttrDef *tfg_op_def_attr(const TfgOpDef *d, const char *name)
{
    for (int i = 0; i < d->n_attr; i++)
        if (d->attr[i].name == name || strcmp(d->attr[i].name, name) == 0)
            return &d->attr[i];
    return NULL;
}

const TfgAttrDef *tfg_op_def_later(const TfgOpDef *d, const char *name)
{
    for (int i = 0; i < d->n_later; i++)
        if (strcmp(d->later[i].name, name) == 0)
            return &d->later[i];
    return NULL;
}

const TfgOpDef *tfg_op_def_for_inputs(const TfgOpDef *d, int n)
{
    return d->longer && d->longer->n_in == n ? d->longer : d;
}

bool tfg_op_def_lets(const TfgOpDef *d, const char *name)
{
    return !tfg_op_def_attr(d, name) && (name[0] == '_' || tfg_op_def_later(d, name));
}

int tfg_arg_count(const TfgArgDef *arg, const TfgAttrs *attrs)
{
    if (arg->number_attr)
        return (int)tfg_attrs_int(attrs, arg->number_attr);
    if (!arg->type_list_attr)
        return 1;
    const TfgAttr *list = tfg_attrs_find(attrs, arg->type_list_attr);
    return list && list->is_list ? list->n : 0;
}

TfgDType tfg_arg_dtype(const TfgArgDef *arg, int i, const TfgAttrs *attrs)
{
    TfgDType type = arg->type;
    if (arg->type_attr) {
        type = tfg_attrs_type(attrs, arg->type_attr);
    } else if (arg->type_list_attr) {
        const TfgAttr *list = tfg_attrs_find(attrs, arg->type_list_attr);
        type = list && list->kind == TFG_ATTR_TYPE && i < list->n ? list->list_type[i] : TFG_INVALID;
    }
    return arg->is_ref && type < TFG_REF && type != TFG_INVALID ? (TfgDType)(type + TFG_REF) : type;
}

/* ---- Checks of values, in the words of the C++ library ---- */

static const char *value_kind(const TfgAttr *v, char text[32])
{
    static const char *const names[] = {"unknown", "string", "int", "float", "bool", "type", "shape", "tensor", "func", "placeholder"};
    const char *name = names[v->kind];
    if (!v->is_list)
        return name;
    TfgStr s = TFG_STR_INIT;
    tfg_str_printf(&s, "list(%s)", name);
    strncpy(text, tfg_str_text(&s), 31);
    text[31] = '\0';
    tfg_str_fini(&s);
    return text;
}

static int check_kind(const TfgAttrDef *a, const TfgAttr *v, TfgStatus *s)
{
    if (v->kind == TFG_ATTR_PLACEHOLDER)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "AttrValue had value with unexpected type 'placeholder' for attr '%s'", a->name);
    bool empty_list = v->is_list && v->n == 0 && a->is_list;
    if (empty_list || (v->kind == a->kind && v->is_list == a->is_list))
        return 0;
    char text[32];
    if (v->kind == TFG_ATTR_NONE)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "AttrValue missing value with expected type '%s' for attr '%s'", a->type, a->name);
    return tfg_fail(s, TFG_INVALID_ARGUMENT, "AttrValue had value with type '%s' when '%s' expected for attr '%s'",
                    value_kind(v, text), a->type, a->name);
}

static int check_minimum(const TfgAttrDef *a, const TfgAttr *v, TfgStatus *s)
{
    if (a->is_list && v->n < a->minimum)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Length for attr '%s' of %d must be at least minimum %lld", a->name, (int)v->n,
                        (long long)a->minimum);
    if (!a->is_list && a->kind == TFG_ATTR_INT && v->i < a->minimum)
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Value for attr '%s' of %lld must be at least minimum %lld", a->name,
                        (long long)v->i, (long long)a->minimum);
    return 0;
}

static int fail_allowed_type(const TfgAttrDef *a, TfgDType type, TfgStatus *s)
{
    TfgStr allowed = TFG_STR_INIT;
    for (int i = 0; i < a->n_allowed_types; i++)
        tfg_str_printf(&allowed, "%s%s", i ? ", " : "", tfg_dtype_signature_name(a->allowed_order[i]));
    tfg_fail(s, TFG_INVALID_ARGUMENT, "Value for attr '%s' of %s is not in the list of allowed values: %s", a->name,
             tfg_dtype_signature_name(type), tfg_str_text(&allowed));
    tfg_str_fini(&allowed);
    return -1;
}

static int check_type(const TfgAttrDef *a, TfgDType type, TfgStatus *s)
{
    if (!tfg_dtype_is_valid((int)type))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "Attr '%s' has an unknown type %d", a->name, (int)type);
    if (a->allowed_types && (type >= TFG_N_DTYPES || !(a->allowed_types >> type & 1)))
        return fail_allowed_type(a, type, s);
    return 0;
}

bool tfg_attr_lets_string(const TfgAttrDef *a, TfgBytes v)
{
    for (int i = 0; i < a->n_allowed_strings; i++)
        if (a->allowed_strings[i].n == v.n && (v.n == 0 || memcmp(a->allowed_strings[i].data, v.data, v.n) == 0))
            return true;
    return a->n_allowed_strings == 0;
}

static int check_string(const TfgOpDef *d, const TfgAttrDef *a, TfgBytes v, TfgStatus *s)
{
    const TfgAttrDef *later = tfg_op_def_later(d, a->name);
    if (tfg_attr_lets_string(a, v) || (later && tfg_attr_lets_string(later, v)))
        return 0;
    TfgStr allowed = TFG_STR_INIT;
    for (int i = 0; i < a->n_allowed_strings; i++) {
        TfgBytes b = a->allowed_strings[i];
        tfg_str_printf(&allowed, "%s\"%.*s\"", i ? ", " : "", (int)b.n, b.data);
    }
    int rc = tfg_fail(s, TFG_INVALID_ARGUMENT, "Value for attr '%s' of \"%.*s\" is not in the list of allowed values: %s", a->name,
                 (int)v.n, v.n ? v.data : "", tfg_str_text(&allowed));
    tfg_str_fini(&allowed);
    return rc;
}

int tfg_check_attr(const TfgOpDef *d, const TfgAttrDef *a, const TfgAttr *v, TfgStatus *s)
{
    if (check_kind(a, v, s) < 0 || (a->has_minimum && check_minimum(a, v, s) < 0))
        return -1;
    if (a->kind == TFG_ATTR_TYPE) {
        for (int i = 0; i < (a->is_list ? v->n : 1); i++)
            if (check_type(a, a->is_list ? v->list_type[i] : v->type, s) < 0)
                return -1;
    } else if (a->kind == TFG_ATTR_STRING) {
        for (int i = 0; i < (a->is_list ? v->n : 1); i++)
            if (check_string(d, a, a->is_list ? v->list_s[i] : v->s, s) < 0)
                return -1;
    }
    return 0;
}
