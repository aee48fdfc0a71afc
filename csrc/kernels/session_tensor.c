/* Kernels of tensors that stay in their session. */
#include "runtime/session_tensor.h"

#include "base/memory.h"
#include "base/status.h"
#include "kernels/util.h"

static void release_device(void *state)
{
    tfg_free(state);
}

static int prepare_device(const TfgPrepare *p, void **state, TfgStatus *s)
{
    if (!p->resources)
        return tfg_fail(s, TFG_UNIMPLEMENTED, "%s runs only inside a session", p->type);
    *state = tfg_strdup(p->device);
    return *state ? 0 : tfg_fail_memory(s);
}

static int give_handle(TfgKernelCall *c, const char *handle, TfgStatus *s)
{
    TfgTensor *out = tfg_kernel_output(c, 0, 0, NULL, s);
    if (!out)
        return -1;
    if (out->dtype == TFG_STRING)
        return tfg_string_set(out->data, handle, strlen(handle)) < 0 ? tfg_fail_memory(s) : 0;
    TfgResourceHandle *h = tfg_resource_handle_new(c->state, TFG_SESSION_TENSOR_CONTAINER, handle, "SessionTensor", s);
    if (!h)
        return -1;
    *(TfgHandle **)out->data = &h->base;
    return 0;
}

static int run_handle(TfgKernelCall *c, TfgStatus *s)
{
    TfgTensor *kept = tfg_kernel_keep(c, 0, s);
    char *handle = kept ? tfg_session_tensor_keep(c->resources, c->step_id, c->name, c->state, kept, s) : NULL;
    int rc = handle ? give_handle(c, handle, s) : -1;
    tfg_tensor_unref(kept);
    tfg_free(handle);
    return rc;
}

static const TfgString *read_handle(TfgKernelCall *c, TfgStatus *s)
{
    if (c->in[0]->count == 1)
        return c->in[0]->data;
    tfg_fail(s, TFG_INVALID_ARGUMENT, "A handle must be a scalar");
    return NULL;
}

static int run_tensor(TfgKernelCall *c, TfgStatus *s)
{
    const TfgString *handle = read_handle(c, s);
    TfgTensor *t = handle ? tfg_session_tensor_find(c->resources, handle->data, handle->n, s) : NULL;
    if (t && t->dtype != tfg_dtype_base(c->out_dtype[0])) {
        tfg_fail(s, TFG_INTERNAL, "Output 0 of type %s does not match declared output type %s", tfg_dtype_signature_name(t->dtype),
                 tfg_dtype_signature_name(c->out_dtype[0]));
        tfg_tensor_unref(t);
        return -1;
    }
    c->out[0] = t;
    return t ? 0 : -1;
}

static int run_delete(TfgKernelCall *c, TfgStatus *s)
{
    const TfgString *handle = read_handle(c, s);
    return handle ? tfg_session_tensor_delete(c->resources, handle->data, handle->n, s) : -1;
}

static const TfgKernelRow rows[] = {
    {.op = "GetSessionHandle", .prepare = prepare_device, .release = release_device, .run = run_handle},
    {.op = "GetSessionHandleV2", .prepare = prepare_device, .release = release_device, .run = run_handle},
    {.op = "GetSessionTensor", .prepare = prepare_device, .release = release_device, .run = run_tensor, .flags = TFG_KERNEL_VALUE_SHAPE},
    {.op = "DeleteSessionTensor", .prepare = prepare_device, .release = release_device, .run = run_delete},
};

int tfg_register_kernels_session_tensor(TfgStatus *s);
int tfg_register_kernels_session_tensor(TfgStatus *s)
{
    tfg_session_tensors_init();
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
