/* Names already given out, and name scopes.  Keys are lower case, because TensorFlow takes "Add" and "add" for the same name. */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "graph/names.h"

/* ---- What a name may look like ---- */

static bool is_inner(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-' ||
           c == '/';
}

bool tfg_is_scope_name(const char *name)
{
    while (is_inner(*name))
        name++;
    return !*name;
}

bool tfg_is_op_name(const char *name)
{
    char c = *name;
    bool first = c && is_inner(c) && c != '_' && c != '-' && c != '/';
    return first && tfg_is_scope_name(name);
}

/* ---- The scope of a thread ---- */

/* The address of a thread's own variable tells threads apart; the value is never used. */
static const void *this_thread(void)
{
    static _Thread_local char mark;
    return &mark;
}

TfgThreadScope *tfg_thread_scope(const TfgGraph *g)
{
    const void *me = this_thread();
    for (TfgThreadScope *t = atomic_load_explicit(&g->threads, memory_order_acquire); t; t = t->next)
        if (t->thread == me)
            return t;
    return NULL;
}

/* Called with the lock held.  Entries stay: threads that build graphs are few. */
TfgThreadScope *tfg_thread_scope_make(TfgGraph *g, TfgStatus *s)
{
    TfgThreadScope *t = tfg_thread_scope(g);
    if (t)
        return t;
    t = g->first_thread.thread ? tfg_arena_alloc(&g->arena, sizeof *t) : &g->first_thread;
    if (!t) {
        tfg_fail_memory(s);
        return NULL;
    }
    t->thread = this_thread();
    t->scope = "";
    t->next = atomic_load_explicit(&g->threads, memory_order_relaxed);
    atomic_store_explicit(&g->threads, t, memory_order_release);
    return t;
}

const char *tfg_graph_name_scope(const TfgGraph *g)
{
    const TfgThreadScope *t = tfg_thread_scope(g);
    return t ? t->scope : "";
}

/* ---- Unique names ---- */

#define STACK_NAME 512

typedef struct Buffer {         /* scope/name and its key, with room for "_" and a number behind each */
    char *name, *key;
    size_t n;
    bool is_lower;
    char small[STACK_NAME];
    char *heap;
} Buffer;
#define SUFFIX 24

static char to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static int fill_buffer(Buffer *b, const char *scope, size_t scope_n, const char *name)
{
    size_t name_n = strlen(name), start = scope_n ? scope_n + 1 : 0;
    b->n = start + name_n;
    size_t each = b->n + SUFFIX;
    b->heap = 2 * each > sizeof b->small ? tfg_alloc(2 * each) : NULL;
    b->name = b->heap ? b->heap : b->small;
    b->key = b->name + each;
    if (2 * each > sizeof b->small && !b->heap)
        return -1;
    memcpy(b->name, scope, scope_n);
    if (scope_n)
        b->name[scope_n] = '/';
    memcpy(b->name + start, name, name_n + 1);
    b->is_lower = true;
    for (size_t i = 0; i < b->n; i++) {
        b->key[i] = to_lower(b->name[i]);
        b->is_lower = b->is_lower && b->key[i] == b->name[i];
    }
    b->key[b->n] = '\0';
    return 0;
}

static size_t write_number(char *to, size_t at, uint64_t v)
{
    char digits[20];
    size_t n = 0;
    do
        digits[n++] = (char)('0' + v % 10);
    while (v /= 10);
    to[at++] = '_';
    while (n)
        to[at++] = digits[--n];
    to[at] = '\0';
    return at;
}

/* "base_1", "base_2" ...: from how often base was asked for on, the first that is free.  Its length; *entry where it was in use. */
static size_t find_free(const TfgGraph *g, Buffer *b, uint64_t i, int64_t *entry, uint32_t *hash)
{
    for (;; i++) {
        size_t n = write_number(b->key, b->n, i);
        *entry = tfg_name_table_find(&g->names, b->key, n, hash);
        if (*entry < 0 || !g->names.entries[*entry].used) {
            write_number(b->name, b->n, i);
            return n;
        }
    }
}

/* The entry of a name, made if need be. */
static int64_t make_entry(TfgGraph *g, const Buffer *b, size_t n, const char *name, int64_t entry, uint32_t hash)
{
    if (entry >= 0)
        return entry;
    const char *key = b->is_lower ? name : tfg_arena_strndup(&g->arena, b->key, n);
    return key ? tfg_name_table_add(&g->names, key, n, hash) : -1;
}

static const char *take(TfgGraph *g, Buffer *b, bool mark, TfgNameTake *how)
{
    uint32_t hash;
    int64_t entry = tfg_name_table_find(&g->names, b->key, b->n, &hash), base = entry;
    uint32_t before = entry >= 0 ? g->names.entries[entry].used : 0;
    size_t n = before ? find_free(g, b, before, &entry, &hash) : b->n;
    const char *name = tfg_arena_strndup(&g->arena, b->name, n);
    if (!name || !mark)
        return name;
    entry = make_entry(g, b, n, name, entry, hash);
    if (entry < 0)
        return NULL;
    if (before)
        g->names.entries[base].used = before + 1;
    g->names.entries[entry].used = 1;
    if (how)
        *how = (TfgNameTake){entry, before ? base : -1, before};
    return name;
}

const char *tfg_names_take(TfgGraph *g, const char *scope, size_t scope_n, const char *name, bool mark_as_used, TfgNameTake *how,
                           TfgStatus *s)
{
    Buffer b;
    const char *result = fill_buffer(&b, scope, scope_n, name) == 0 ? take(g, &b, mark_as_used, how) : NULL;
    tfg_free(b.heap);
    if (!result)
        tfg_fail_memory(s);
    return result;
}

void tfg_names_give_back(TfgGraph *g, const TfgNameTake *how)
{
    if (how->base >= 0)
        g->names.entries[how->base].used = how->before;
    if (how->entry >= 0)
        g->names.entries[how->entry].used = 0;
}

int64_t tfg_names_entry(TfgGraph *g, const char *name, bool make, TfgStatus *s)
{
    Buffer b;
    uint32_t hash;
    int64_t entry = -1;
    if (fill_buffer(&b, "", 0, name) == 0) {
        entry = tfg_name_table_find(&g->names, b.key, b.n, &hash);
        if (make)
            entry = make_entry(g, &b, b.n, name, entry, hash);
    }
    tfg_free(b.heap);
    if (make && entry < 0)
        tfg_fail_memory(s);
    return entry;
}

const char *tfg_graph_unique_name(TfgGraph *g, const char *name, bool mark_as_used, TfgStatus *s)
{
    tfg_graph_lock(g);
    const TfgThreadScope *t = tfg_thread_scope(g);
    const char *scope = t ? t->scope : "";
    const char *result = tfg_names_take(g, scope, strlen(scope), name, mark_as_used, NULL, s);
    tfg_graph_unlock(g);
    return result;
}

bool tfg_graph_next_name(const TfgGraph *g, size_t *i, const char **name, size_t *n, uint32_t *used)
{
    while (*i < g->names.n) {
        const TfgNameEntry *e = &g->names.entries[(*i)++];
        if (e->used == 0)
            continue;
        *name = e->key;
        *n = e->n;
        *used = e->used;
        return true;
    }
    return false;
}

/* ---- Scopes ---- */

int tfg_check_scope_name(const TfgThreadScope *t, const char *name, TfgStatus *s)
{
    if (t && t->n ? tfg_is_scope_name(name) : tfg_is_op_name(name))
        return 0;
    return tfg_fail(s, TFG_VALUE_ERROR, "'%s' is not a valid scope name", name);
}

/* The new scope with a trailing "/". */
static const char *make_scope(TfgGraph *g, const TfgThreadScope *t, const char *name, TfgStatus *s)
{
    size_t n = name ? strlen(name) : 0;
    if (n == 0)
        return "";
    if (tfg_check_scope_name(t, name, s) < 0)
        return NULL;
    const char *unique = name;
    if (name[n - 1] != '/' && !(unique = tfg_names_take(g, t->scope, t->n, name, true, NULL, s)))
        return NULL;
    size_t m = strlen(unique);
    char *scope = tfg_arena_alloc(&g->arena, m + 2);
    if (!scope) {
        tfg_fail_memory(s);
        return NULL;
    }
    memcpy(scope, unique, m);
    if (name[n - 1] != '/')
        scope[m] = '/';
    return scope;
}

/* A copy without the trailing "/". */
static const char *strip(TfgGraph *g, const char *scope, size_t n)
{
    return n ? tfg_arena_strndup(&g->arena, scope, n - 1) : "";
}

const char *tfg_graph_enter_scope(TfgGraph *g, const char *name, const char **saved, TfgStatus *s)
{
    const char *scope = NULL, *plain = NULL;
    tfg_graph_lock(g);
    TfgThreadScope *t = tfg_thread_scope_make(g, s);
    if (!t || !(scope = make_scope(g, t, name, s)))
        goto done;
    size_t n = strlen(scope);
    plain = strip(g, scope, n);
    if (!plain) {
        tfg_fail_memory(s);
        goto done;
    }
    *saved = t->scope;
    t->scope = plain;
    t->n = n ? n - 1 : 0;
done:
    tfg_graph_unlock(g);
    return plain ? scope : NULL;
}

void tfg_graph_leave_scope(TfgGraph *g, const char *saved)
{
    tfg_graph_lock(g);
    TfgThreadScope *t = tfg_thread_scope(g);
    if (t) {
        t->scope = saved;
        t->n = strlen(saved);
    }
    tfg_graph_unlock(g);
}
