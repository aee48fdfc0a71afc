#include "kernels/named.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"

/* ---- Making --------------------------------------------------------------------------------------------------------------------- */

typedef struct Making {
    const TfgPrepare *p;
    const char *name;
    TfgNamedMake make;
    void *arg;
    bool made;
} Making;

static TfgHandle *make(void *arg, TfgStatus *s)
{
    Making *m = arg;
    m->made = true;
    return m->make(m->p, m->name, m->arg, s);
}

TfgTensor *tfg_named_strings(const char *container, const char *name, TfgStatus *s)
{
    int64_t two = 2;
    TfgTensor *t = tfg_tensor_new(TFG_STRING, 1, &two, s);
    if (!t)
        return NULL;
    if (tfg_string_set(t->data, container, strlen(container)) == 0 && tfg_string_set((TfgString *)t->data + 1, name, strlen(name)) == 0)
        return t;
    tfg_tensor_unref(t);
    tfg_fail_memory(s);
    return NULL;
}

static TfgTensor *handle_tensor(const TfgPrepare *p, const char *container, const char *name, const char *type_name, TfgStatus *s)
{
    if (p->out_dtype[0] != TFG_RESOURCE)
        return tfg_named_strings(container, name, s);
    TfgTensor *t = tfg_tensor_new(TFG_RESOURCE, 0, NULL, s);
    TfgResourceHandle *h = t ? tfg_resource_handle_new(p->device, container, name, type_name, s) : NULL;
    if (!h) {
        tfg_tensor_unref(t);
        return NULL;
    }
    *(TfgHandle **)t->data = &h->base;
    return t;
}

void tfg_named_release(void *state)
{
    TfgNamed *n = state;
    if (!n)
        return;
    tfg_tensor_unref(n->handle);
    tfg_handle_unref(n->object);
    tfg_free(n->container);
    tfg_free(n->name);
    tfg_free(n);
}

/* Letters, digits, dots, and behind the first also dashes and slashes. */
static bool may_be_container(TfgBytes text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.data[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
        if (!word && (i == 0 || (c != '-' && c != '/')))
            return false;
    }
    return true;
}

int tfg_named_place(const TfgPrepare *p, bool own_name, char **container, char **name, TfgStatus *s)
{
    TfgBytes place = tfg_attrs_string(p->attrs, "container"), shared = tfg_attrs_string(p->attrs, "shared_name");
    if (!p->resources)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "%s runs only inside a session", p->type);
    if (!may_be_container(place))
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "container contains invalid characters: %.*s", (int)(place.n < 4096 ? place.n : 4096), place.data);
    if (shared.n && shared.data[0] == '_')
        return tfg_fail(s, TFG_INVALID_ARGUMENT, "shared_name cannot start with '_':%.*s", (int)(shared.n < 4096 ? shared.n : 4096), shared.data);
    *container = tfg_strndup(place.n ? place.data : "localhost", place.n ? place.n : 9);
    *name = shared.n ? tfg_strndup(shared.data, shared.n) : own_name ? tfg_strdup(p->name) : tfg_resource_unnamed(p->name);
    if (*container && *name)
        return 0;
    tfg_free(*container);
    tfg_free(*name);
    return tfg_fail_memory(s);
}

TfgNamed *tfg_named_new(const TfgPrepare *p, const char *type_name, TfgStatus *s)
{
    TfgNamed *n = tfg_calloc(1, sizeof *n);
    if (!n) {
        tfg_fail_memory(s);
        return NULL;
    }
    if (tfg_named_place(p, tfg_attrs_bool(p->attrs, "use_node_name_sharing"), &n->container, &n->name, s) == 0)
        n->handle = handle_tensor(p, n->container, n->name, type_name, s);
    else
        n->container = n->name = NULL;      /* freed already */
    if (n->handle)
        return n;
    tfg_named_release(n);
    return NULL;
}

int tfg_named_prepare(const TfgPrepare *p, const char *type_name, TfgNamedMake maker, void *arg, TfgNamed **out, bool *made, TfgStatus *s)
{
    TfgNamed *n = tfg_named_new(p, type_name, s);
    if (!n)
        return -1;
    Making making = {p, n->name, maker, arg, false};
    n->object = tfg_resources_find_or_make(p->resources, n->container, n->name, type_name, make, &making, s);
    if (!n->object) {
        tfg_named_release(n);
        return -1;
    }
    *out = n;
    if (made)
        *made = making.made;
    return 0;
}

/* ---- Handing out, finding -------------------------------------------------------------------------------------------------------- */

int tfg_named_give_ref(TfgKernelCall *c, TfgTensor *handle, TfgStatus *s)
{
    TfgVariable *v = tfg_variable_new(c->name, TFG_STRING, s);
    if (!v)
        return -1;
    v->value = tfg_tensor_ref(handle);
    c->ref_out[0] = v;
    return 0;
}

int tfg_named_run(TfgKernelCall *c, TfgStatus *s)
{
    TfgNamed *n = c->state;
    if (c->out_dtype[0] != TFG_RESOURCE)
        return tfg_named_give_ref(c, n->handle, s);
    c->out[0] = tfg_tensor_ref(n->handle);
    return 0;
}

static TfgHandle *find_by_strings(TfgKernelCall *c, const TfgTensor *t, const char *type_name, TfgStatus *s)
{
    if (!t || t->dtype != TFG_STRING || t->count != 2) {
        TfgStr shape = TFG_STR_INIT;
        if (t)
            tfg_tensor_format_shape(t, &shape);
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Resource handle must have 2 elements, but had shape: %s", tfg_str_text(&shape));
        tfg_str_fini(&shape);
        return NULL;
    }
    const TfgString *e = t->data;
    char *container = tfg_strndup(e[0].n ? e[0].data : "", e[0].n), *name = tfg_strndup(e[1].n ? e[1].data : "", e[1].n);
    TfgHandle *found = NULL;
    if (!c->resources)
        tfg_fail(s, TFG_UNIMPLEMENTED, "%s runs only inside a session", c->type);
    else if (container && name)
        found = tfg_resources_find(c->resources, container, name, type_name, s);
    else
        tfg_fail_memory(s);
    tfg_free(container);
    tfg_free(name);
    return found;
}

TfgHandle *tfg_named_find(TfgKernelCall *c, int i, const char *type_name, TfgStatus *s)
{
    if (c->ref && c->ref[i]) {
        TfgTensor *t = tfg_variable_value(c->ref[i]);
        TfgHandle *found = find_by_strings(c, t, type_name, s);
        tfg_tensor_unref(t);
        return found;
    }
    if (c->in[i]->dtype == TFG_STRING)
        return find_by_strings(c, c->in[i], type_name, s);
    return tfg_resource_lookup(c->resources, c->in[i], type_name, s);
}
