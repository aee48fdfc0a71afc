/* Kernels of stacks. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "kernels/step_object.h"
#include "kernels/util.h"

#define STACK_TYPE "Stack"
#define STACK_CLASS "N10tensorflow5StackE"

typedef struct Stack {
    TfgHandle base;
    pthread_mutex_t lock;
    TfgTensor **items;
    int64_t n, max;
    size_t capacity;
    bool closed;
    char name[];
} Stack;

static void drop_items(Stack *stack)
{
    for (int64_t i = 0; i < stack->n; i++)
        tfg_tensor_unref(stack->items[i]);
    tfg_free(stack->items);
    stack->items = NULL;
    stack->n = 0;
    stack->capacity = 0;
}

static void stack_free(TfgHandle *h)
{
    Stack *stack = (Stack *)h;
    drop_items(stack);
    pthread_mutex_destroy(&stack->lock);
    tfg_free(stack);
}

static Stack *stack_new(TfgKernelCall *c, int64_t max, TfgStatus *s)
{
    char *name = tfg_step_object_name(c, "stack_name");
    size_t n = name ? strlen(name) + 1 : 0;
    Stack *stack = name ? tfg_calloc(1, sizeof *stack + n) : NULL;
    if (!stack) {
        tfg_free(name);
        tfg_fail_memory(s);
        return NULL;
    }
    atomic_init(&stack->base.refs, 1);
    stack->base.free = stack_free;
    stack->base.type_name = STACK_TYPE;
    pthread_mutex_init(&stack->lock, NULL);
    stack->max = max;
    memcpy(stack->name, name, n);
    tfg_free(name);
    return stack;
}

static int run_stack(TfgKernelCall *c, TfgStatus *s)
{
    int64_t max = INT32_MAX;
    if (c->n_in > 0) {
        if (c->in[0]->rank != 0) {
            TfgShapeText text;
            return tfg_fail(s, TFG_INVALID_ARGUMENT, "Stack size must be a scalar, but had shape: %s", tfg_shape_text(c->in[0], &text));
        }
        int64_t given = tfg_tensor_int(c->in[0], 0);
        max = given >= 0 ? given : max;
    }
    Stack *stack = stack_new(c, max, s);
    return stack ? tfg_step_object_give_steal(c, 0, stack->name, STACK_CLASS, &stack->base, s) : -1;
}

static Stack *take_stack(TfgKernelCall *c, TfgStatus *s)
{
    return (Stack *)tfg_step_object_take(c, 0, STACK_TYPE, STACK_CLASS, s);
}

static int check_open(const Stack *stack, TfgStatus *s)
{
    return stack->closed ? tfg_fail(s, TFG_INVALID_ARGUMENT, "Stack[%s] has already been closed.", stack->name) : 0;
}

/* Takes `t` where it succeeds. */
static int push(Stack *stack, TfgTensor *t, TfgStatus *s)
{
    int rc = -1;
    pthread_mutex_lock(&stack->lock);
    if (check_open(stack, s) < 0)
        goto done;
    if (stack->n >= stack->max) {
        tfg_fail(s, TFG_INVALID_ARGUMENT, "Stack[%s] overflowed its max_size (%lld)", stack->name, (long long)stack->max);
        goto done;
    }
    if (tfg_grow((void **)&stack->items, &stack->capacity, (size_t)stack->n + 1, sizeof t) < 0) {
        tfg_fail_memory(s);
        goto done;
    }
    stack->items[stack->n++] = t;
    rc = 0;
done:
    pthread_mutex_unlock(&stack->lock);
    return rc;
}

static int run_push(TfgKernelCall *c, TfgStatus *s)
{
    Stack *stack = take_stack(c, s);
    if (!stack)
        return -1;
    int rc = -1;
    TfgTensor *kept = tfg_kernel_keep(c, 1, s);
    if (kept && push(stack, kept, s) == 0)
        rc = tfg_kernel_forward(c, 1, 0, s);
    else
        tfg_tensor_unref(kept);
    tfg_handle_unref(&stack->base);
    return rc;
}

/* What was pushed may be of any dtype; what is popped must be of the op's. */
static int pop(Stack *stack, TfgDType dtype, TfgTensor **out, TfgStatus *s)
{
    int rc = -1;
    pthread_mutex_lock(&stack->lock);
    if (check_open(stack, s) == 0) {
        if (stack->n == 0)
            tfg_fail(s, TFG_INVALID_ARGUMENT, "Stack[%s] is empty when calling Pop().", stack->name);
        else if (stack->items[stack->n - 1]->dtype != dtype)
            tfg_fail(s, TFG_INTERNAL, "Output 0 of type %s does not match declared output type %s",
                     tfg_dtype_signature_name(stack->items[stack->n - 1]->dtype), tfg_dtype_signature_name(dtype));
        else
            rc = 0;
    }
    if (rc == 0)
        *out = stack->items[--stack->n];
    pthread_mutex_unlock(&stack->lock);
    return rc;
}

static int run_pop(TfgKernelCall *c, TfgStatus *s)
{
    Stack *stack = take_stack(c, s);
    if (!stack)
        return -1;
    int rc = pop(stack, tfg_dtype_base(c->out_dtype[0]), &c->out[0], s);
    tfg_handle_unref(&stack->base);
    return rc;
}

static int run_close(TfgKernelCall *c, TfgStatus *s)
{
    Stack *stack = take_stack(c, s);
    if (!stack)
        return -1;
    pthread_mutex_lock(&stack->lock);
    stack->closed = true;
    drop_items(stack);
    pthread_mutex_unlock(&stack->lock);
    tfg_handle_unref(&stack->base);
    return 0;
}

/* Handles are host memory on every device, and so is what is kept. */
static const TfgKernelRow rows[] = {
    {.op = "Stack", .run = run_stack, .host_out = 1, .flags = TFG_KERNEL_VALUE_SHAPE},
    {.op = "StackV2", .run = run_stack, .host_in = 1, .host_out = 1, .flags = TFG_KERNEL_VALUE_SHAPE},
    {.op = "StackPush", .run = run_push, .host_in = 1},
    {.op = "StackPushV2", .run = run_push, .host_in = 1},
    {.op = "StackPop", .run = run_pop, .host_in = 1, .flags = TFG_KERNEL_VALUE_SHAPE},
    {.op = "StackPopV2", .run = run_pop, .host_in = 1, .flags = TFG_KERNEL_VALUE_SHAPE},
    {.op = "StackClose", .run = run_close, .host_in = 1},
    {.op = "StackCloseV2", .run = run_close, .host_in = 1},
};

int tfg_register_kernels_stack(TfgStatus *s);
int tfg_register_kernels_stack(TfgStatus *s)
{
    return tfg_register_kernels(rows, (int)(sizeof rows / sizeof rows[0]), s);
}
