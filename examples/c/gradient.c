/* gradient.c: builds y = sum(x * x * w), takes its gradient with respect to x and w, and runs both, through tfgraph.h alone.
 *
 *   cc gradient.c -I<pytfgraph>/include -L<pytfgraph> -ltfgraph -Wl,-rpath,<pytfgraph> -o gradient
 *
 * Prints y = 56.5 and, for x = 1 2 4 and w = 0.5 2 3, dy/dx = 2xw = 1 8 24 and dy/dw = x^2 = 1 4 16. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tfgraph.h"

static void check(TfgStatus *s)
{
    if (s->code == TFG_OK)
        return;
    fprintf(stderr, "error %d: %s\n", (int)s->code, s->message);
    tfg_status_fini(s);
    exit(1);
}

static TfgTensor *vector(const float *values, int64_t n, TfgStatus *s)
{
    TfgTensor *t = tfg_tensor_new(TFG_FLOAT, 1, &n, s);
    check(s);
    memcpy(tfg_tensor_data(t), values, (size_t)n * sizeof *values);
    return t;
}

static TfgOutput first(TfgOp *op)
{
    return (TfgOutput){op, 0};
}

static TfgOutput placeholder(TfgGraph *g, const char *name, TfgStatus *s)
{
    TfgShape shape = {.rank = 1, .dims = {-1}};
    TfgOpBuilder *b = tfg_op_begin(g, "Placeholder", name, s);
    check(s);
    tfg_op_set_attr_type(b, "dtype", TFG_FLOAT);
    tfg_op_set_attr_shape(b, "shape", &shape);
    TfgOp *op = tfg_op_finish(b, s);
    check(s);
    return first(op);
}

static TfgOutput constant(TfgGraph *g, const char *name, TfgTensor *value, TfgStatus *s)
{
    TfgOpBuilder *b = tfg_op_begin(g, "Const", name, s);
    check(s);
    tfg_op_set_attr_tensor(b, "value", value);
    tfg_op_set_attr_type(b, "dtype", tfg_tensor_dtype(value));
    TfgOp *op = tfg_op_finish(b, s);
    check(s);
    return first(op);
}

static TfgOutput binary(TfgGraph *g, const char *type, TfgOutput x, TfgOutput y, TfgStatus *s)
{
    TfgOpBuilder *b = tfg_op_begin(g, type, NULL, s);
    check(s);
    tfg_op_add_input(b, x);
    tfg_op_add_input(b, y);
    TfgOp *op = tfg_op_finish(b, s);
    check(s);
    return first(op);
}

static void print(const char *name, const TfgTensor *t)
{
    const float *values = tfg_tensor_data(t);
    printf("%s =", name);
    for (int64_t i = 0; i < tfg_tensor_count(t); i++)
        printf(" %g", (double)values[i]);
    printf("\n");
}

int main(void)
{
    TfgStatus s = TFG_STATUS_INIT;
    TfgGraph *g = tfg_graph_new(&s);
    check(&s);

    TfgOutput x = placeholder(g, "x", &s), w = placeholder(g, "w", &s);
    int64_t one = 1;
    TfgTensor *axis_value = tfg_tensor_new(TFG_INT32, 1, &one, &s);
    check(&s);
    *(int32_t *)tfg_tensor_data(axis_value) = 0;
    TfgOutput axis = constant(g, "axis", axis_value, &s);
    TfgOutput y = binary(g, "Sum", binary(g, "Mul", binary(g, "Mul", x, x, &s), w, &s), axis, &s);

    TfgOutput xs[] = {x, w}, dx[2];
    tfg_add_gradients(g, &y, 1, xs, 2, NULL, dx, &s);
    check(&s);

    TfgSession *session = tfg_session_new(g, "", NULL, 0, &s);
    check(&s);
    TfgTensor *feeds[] = {vector((float[]){1, 2, 4}, 3, &s), vector((float[]){0.5f, 2, 3}, 3, &s)};
    TfgOutput fetches[] = {y, dx[0], dx[1]};
    TfgTensor *values[3];
    tfg_session_run(session, xs, feeds, 2, fetches, values, 3, NULL, 0, &s);
    check(&s);

    print("y", values[0]);
    print("dy/dx", values[1]);
    print("dy/dw", values[2]);

    for (int i = 0; i < 3; i++)
        tfg_tensor_unref(values[i]);
    for (int i = 0; i < 2; i++)
        tfg_tensor_unref(feeds[i]);
    tfg_tensor_unref(axis_value);
    tfg_session_close(session, &s);
    tfg_session_unref(session);
    tfg_graph_unref(g);
    return 0;
}
