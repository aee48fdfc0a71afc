#include "kernels/step_object.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"

typedef struct StepHandle {
    TfgResourceHandle base;
    TfgHandle *object;
    char container[40];
    char name[];
} StepHandle;

static void step_handle_free(TfgHandle *h)
{
    StepHandle *handle = (StepHandle *)(void *)h;
    tfg_handle_unref(handle->object);
    tfg_free(handle);
}

static void name_container(const TfgKernelCall *c, char container[40])
{
    snprintf(container, 40, "__per_step_%lld", (long long)c->step_id);
}

/* ---- handles that are resources ---- */

static int give_resource(TfgKernelCall *c, int i, const char *name, const char *class_name, TfgHandle *object, TfgStatus *s)
{
    size_t n = strlen(name) + 1;
    StepHandle *h = tfg_calloc(1, sizeof *h + n);
    TfgTensor *t = h ? tfg_tensor_new(TFG_RESOURCE, 0, NULL, s) : NULL;
    if (!t) {
        tfg_free(h);
        tfg_handle_unref(object);
        return s->code ? -1 : tfg_fail_memory(s);
    }
    atomic_init(&h->base.base.refs, 1);
    h->base.base.free = step_handle_free;
    h->base.base.type_name = "ResourceHandle";
    memcpy(h->name, name, n);
    name_container(c, h->container);
    h->base.device = h->name + n - 1;          /* nowhere: "" */
    h->base.container = h->container;
    h->base.name = h->name;
    h->base.maybe_type_name = (char *)(uintptr_t)class_name;
    h->object = object;
    *(TfgHandle **)t->data = &h->base.base;
    c->out[i] = t;
    return 0;
}

static TfgHandle *take_resource(TfgKernelCall *c, int i, const char *type_name, const char *class_name, TfgStatus *s)
{
    const TfgResourceHandle *h = tfg_tensor_resource_handle(c->in[i], s);
    if (!h)
        return NULL;
    if (h->base.free != step_handle_free || strcmp(((const StepHandle *)h)->object->type_name, type_name) != 0) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Trying to access resource using the wrong type. Expected %s got %s", h->maybe_type_name, class_name);
        return NULL;
    }
    return tfg_handle_ref(((const StepHandle *)h)->object);
}

/* ---- handles that are strings ---- */

static TfgTensor *make_strings(const char *container, const char *name, TfgStatus *s)
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

static int give_strings(TfgKernelCall *c, int i, const char *name, const char *class_name, TfgHandle *object, TfgStatus *s)
{
    bool by_reference = tfg_dtype_is_ref(c->out_dtype[i]);
    TfgVariable *v = NULL;
    TfgTensor *t = NULL;
    int rc = c->resources ? tfg_resources_keep_for_step(c->resources, c->step_id, name, object, s)
                          : tfg_fail(s, TFG_UNIMPLEMENTED, "%s runs only inside a session", c->type);
    tfg_handle_unref(object);
    if (rc < 0 || !(t = make_strings(strstr(class_name, "TensorArray") ? "_tensor_arrays" : "_stacks", name, s)))
        return -1;
    if (!by_reference) {
        c->out[i] = t;
        return 0;
    }
    v = tfg_variable_new(c->name, TFG_STRING, s);
    if (!v) {
        tfg_tensor_unref(t);
        return -1;
    }
    v->value = t;
    c->ref_out[i] = v;
    return 0;
}

static TfgHandle *find_by_strings(TfgKernelCall *c, const TfgTensor *t, const char *type_name, TfgStatus *s)
{
    if (!t || t->dtype != TFG_STRING || t->count != 2) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Handle must have two elements, but had shape: %s", t && t->rank == 0 ? "[]" : "of another size");
        return NULL;
    }
    const TfgString *e = t->data;
    char *name = tfg_strndup(e[1].n ? e[1].data : "", e[1].n);
    if (!name) {
        tfg_fail_memory(s);
        return NULL;
    }
    TfgHandle *found = c->resources ? tfg_resources_find_of_step(c->resources, c->step_id, name) : NULL;
    if (!found || strcmp(found->type_name, type_name) != 0) {
        tfg_handle_unref(found);
        found = NULL;
        tfg_fail(s, TFG_NOT_FOUND, "Resource %.*s/%s does not exist.", (int)e[0].n, e[0].n ? e[0].data : "", name);
    }
    tfg_free(name);
    return found;
}

/* ---- either ---- */

int tfg_step_object_give_steal(TfgKernelCall *c, int i, const char *name, const char *class_name, TfgHandle *object, TfgStatus *s)
{
    return tfg_dtype_base(c->out_dtype[i]) == TFG_RESOURCE ? give_resource(c, i, name, class_name, object, s)
                                                           : give_strings(c, i, name, class_name, object, s);
}

TfgHandle *tfg_step_object_take(TfgKernelCall *c, int i, const char *type_name, const char *class_name, TfgStatus *s)
{
    if (c->ref && c->ref[i]) {
        TfgTensor *t = tfg_variable_value(c->ref[i]);
        TfgHandle *found = find_by_strings(c, t, type_name, s);
        tfg_tensor_unref(t);
        return found;
    }
    return c->in[i] && c->in[i]->dtype == TFG_STRING ? find_by_strings(c, c->in[i], type_name, s)
                                                     : take_resource(c, i, type_name, class_name, s);
}

char *tfg_step_object_name(const TfgKernelCall *c, const char *attr)
{
    TfgBytes given = tfg_attrs_string(c->attrs, attr);
    TfgStr text = TFG_STR_INIT;
    if (given.n)
        tfg_str_append(&text, given.data, given.n);
    else
        tfg_str_puts(&text, c->name);
    tfg_str_printf(&text, "_%lld", (long long)(c->resources ? tfg_resources_next_number(c->resources) : 0));
    if (!text.failed)
        return tfg_str_steal(&text);
    tfg_str_fini(&text);
    return NULL;
}
