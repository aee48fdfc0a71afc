#include "kernels/dataset_state.h"

#include <stdio.h>

#include "base/memory.h"
#include "base/status.h"

#define MAX_DEPTH 1000          /* of walks in walks that a state describes: each costs stack */

/* ---- Names ------------------------------------------------------------------------------------------------------------------------- */

/* Puts ":name" behind the prefix, with the number i where that is not below 0; the length of the prefix before. */
static size_t push(TfgWalkState *t, const char *name, int64_t i)
{
    size_t n = t->prefix.n;
    tfg_str_printf(&t->prefix, i < 0 ? ":%s" : ":%s[%lld]", name, (long long)i);
    return n;
}

static void pop(TfgWalkState *t, size_t n) { t->prefix.n = n; }

/* Takes the tensor. */
static int add(TfgWalkState *t, const char *name, int64_t i, TfgTensor *value, TfgStatus *s)
{
    size_t n = push(t, name, i);
    int rc = t->prefix.failed ? tfg_fail_memory(s) : 0;
    if (rc < 0)
        tfg_tensor_unref(value);
    else
        rc = tfg_iterator_state_add_steal(t->table, t->prefix.data, t->prefix.n, value, s);
    pop(t, n);
    return rc;
}

static TfgTensor *find(TfgWalkState *t, const char *name, int64_t i)
{
    size_t n = push(t, name, i);
    TfgTensor *found = t->prefix.failed ? NULL : tfg_iterator_state_find(t->table, t->prefix.data, t->prefix.n);
    pop(t, n);
    return found;
}

static int fail_missing(TfgWalkState *t, const char *name, TfgStatus *s)
{
    return tfg_fail(s, TFG_NOT_FOUND, "%s:%s", tfg_str_text(&t->prefix), name);
}

static int fail_wrong(TfgWalkState *t, const char *name, TfgStatus *s)
{
    return tfg_fail(s, TFG_DATA_LOSS, "The state of an iterator does not fit its dataset: %s:%s", tfg_str_text(&t->prefix), name);
}

/* ---- Values ------------------------------------------------------------------------------------------------------------------------ */

int tfg_state_int(TfgWalkState *t, const char *name, int64_t *value, TfgStatus *s)
{
    if (!t->reads)
        return add(t, name, -1, tfg_tensor_new_scalar(TFG_INT64, value, s), s);
    const TfgTensor *found = find(t, name, -1);
    if (!found)
        return fail_missing(t, name, s);
    if (found->dtype != TFG_INT64 || found->count != 1)
        return fail_wrong(t, name, s);
    *value = *(const int64_t *)found->data;
    return 0;
}

int tfg_state_count(TfgWalkState *t, const char *name, int64_t *value, int64_t least, int64_t most, TfgStatus *s)
{
    int64_t found = *value;
    if (tfg_state_int(t, name, &found, s) < 0)
        return -1;
    if (t->reads && (found < least || found > most))
        return fail_wrong(t, name, s);
    *value = found;
    return 0;
}

int tfg_state_flag(TfgWalkState *t, const char *name, bool *value, TfgStatus *s)
{
    if (t->reads)
        *value = find(t, name, -1) != NULL;
    else if (*value)
        return add(t, name, -1, tfg_tensor_new(TFG_STRING, 0, NULL, s), s);
    return 0;
}

int tfg_state_tensors(TfgWalkState *t, const char *name, TfgTensor **v, int n, const TfgDType *dtypes, TfgStatus *s)
{
    for (int i = 0; i < n; i++) {
        if (!t->reads) {
            if (v[i] && add(t, name, i, tfg_tensor_ref(v[i]), s) < 0)
                return -1;
            continue;
        }
        TfgTensor *found = find(t, name, i);
        if (!found)
            return fail_missing(t, name, s);
        if (dtypes && found->dtype != tfg_dtype_base(dtypes[i]))
            return fail_wrong(t, name, s);
        tfg_tensor_unref(v[i]);
        v[i] = tfg_tensor_ref(found);
    }
    return 0;
}

int tfg_state_elements(TfgWalkState *t, const char *name, TfgTensor ***v, size_t *capacity, int64_t *n, int width, const TfgDType *dtypes,
                       TfgStatus *s)
{
    size_t mark = push(t, name, -1);
    int64_t want = *n;
    int rc = tfg_state_count(t, "size", &want, 0, (int64_t)(t->table->n + 1), s);
    if (t->reads && rc == 0)
        *n = 0;
    for (int64_t i = 0; i < want && rc == 0; i++) {
        char place[32];
        snprintf(place, sizeof place, "%lld", (long long)i);
        if (t->reads && tfg_grow((void **)v, capacity, (size_t)(i + 1) * (size_t)width, sizeof **v) < 0) {
            rc = tfg_fail_memory(s);
            break;
        }
        if (t->reads)
            memset(*v + i * width, 0, (size_t)width * sizeof **v);
        rc = tfg_state_tensors(t, place, *v + i * width, width, dtypes, s);
        if (t->reads && rc == 0)
            *n = i + 1;
        else if (t->reads)
            tfg_tensors_drop(*v + i * width, width);
    }
    pop(t, mark);
    return rc;
}

int tfg_state_status(TfgWalkState *t, const char *name, TfgStatus *status, TfgStatus *s)
{
    size_t mark = push(t, name, -1);
    int64_t code = status->code;
    TfgTensor *text = NULL;
    int rc = tfg_state_count(t, "code", &code, 0, TFG_DATA_LOSS, s);
    if (rc == 0 && !t->reads && code) {
        text = tfg_tensor_new(TFG_STRING, 0, NULL, s);
        const char *words = status->message ? status->message : "";
        if (text && tfg_string_set(text->data, words, strlen(words)) < 0) {
            tfg_tensor_unref(text);
            text = NULL;
            tfg_fail_memory(s);
        }
        rc = add(t, "message", -1, text, s);
    } else if (rc == 0 && t->reads && code) {
        text = find(t, "message", -1);
        const TfgString *words = text && text->dtype == TFG_STRING && text->count == 1 ? text->data : NULL;
        if (words)
            tfg_fail(status, (TfgCode)code, "%.*s", (int)(words->n < 100000 ? words->n : 100000), words->data ? words->data : "");
        else
            rc = fail_wrong(t, "message", s);
    }
    pop(t, mark);
    return rc;
}

int tfg_state_numbers(TfgWalkState *t, const char *name, TfgNumbers *r, TfgStatus *s)
{
    int64_t drawn = (int64_t)r->drawn;
    if (tfg_state_count(t, name, &drawn, 0, INT64_MAX, s) < 0)
        return -1;
    if (t->reads)
        tfg_numbers_move_to(r, (uint64_t)drawn);
    return 0;
}

/* ---- Walks ------------------------------------------------------------------------------------------------------------------------- */

static int state_of(TfgWalkState *t, TfgWalk *w, TfgStatus *s)
{
    const TfgDatasetKind *kind = w->dataset->kind;
    if (!kind->state)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "SaveInternal");
    if (t->depth >= MAX_DEPTH)
        return tfg_fail(s, TFG_RESOURCE_EXHAUSTED, "More than %d iterators stand in each other", MAX_DEPTH);
    size_t mark = t->prefix.n;
    tfg_str_printf(&t->prefix, "::%s", kind->name);
    t->depth++;
    int rc = t->prefix.failed ? tfg_fail_memory(s) : kind->state(w, t, s);
    t->depth--;
    pop(t, mark);
    return rc;
}

int tfg_state_walk(TfgWalkState *t, const char *name, const TfgWalk *around, TfgWalk **w, TfgDataset *d, TfgStatus *s)
{
    size_t mark = t->prefix.n;
    bool none = !*w;
    if (*name)
        push(t, name, -1);
    int rc = tfg_state_flag(t, "input_impl_empty", &none, s);
    if (rc == 0 && t->reads) {
        tfg_walk_free(*w);
        *w = none ? NULL : tfg_walk_new_inside(around, d, s);
        rc = none || *w ? 0 : -1;
    }
    if (rc == 0 && *w)
        rc = state_of(t, *w, s);
    pop(t, mark);
    return rc;
}

int tfg_state_input(TfgWalkState *t, TfgWalk *w, TfgStatus *s) { return tfg_state_walk(t, "", w, &w->input, w->dataset->input, s); }

int tfg_state_pass(TfgWalk *w, TfgWalkState *t, TfgStatus *s)
{
    if (tfg_state_input(t, w, s) < 0)
        return -1;
    return w->input ? 0 : fail_wrong(t, "input_impl_empty", s);
}

int tfg_state_inside(TfgWalkState *t, const char *name, TfgWalk *w, TfgStatus *s)
{
    size_t mark = push(t, name, -1);
    int rc = state_of(t, w, s);
    pop(t, mark);
    return rc;
}
