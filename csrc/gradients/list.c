/* Gradients of lists of tensors: lists of gradients. */
#include "base/status.h"
#include "gradients/rows.h"

static TfgValue with_dtype(TfgBuild *b, const char *type, const TfgValue *in, int n, TfgDType dtype)
{
    return tfg_b_op(b, type, NULL, in, n, B_ATTRS({"element_dtype", TFG_A_TYPE(dtype)}));
}

static TfgDType dtype_of(const TfgBuild *b) { return tfg_attrs_type(b->g->attrs, "element_dtype"); }

/* A list without elements, for elements like those of `list`. */
static TfgValue empty_like(TfgBuild *b, TfgValue list, TfgDType dtype)
{
    TfgValue shape = tfg_b_op(b, "TensorListElementShape", NULL, &list, 1, B_ATTRS({"shape_type", TFG_A_TYPE(TFG_INT32)}));
    return with_dtype(b, "EmptyTensorList", &shape, 1, dtype);
}

static int grad_push_back(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue dy = g->dy[0].value, out[2];
    tfg_b_op_n(b, "TensorListPopBack", NULL, B_LIST(dy), B_ATTRS({"element_dtype", TFG_A_TYPE(dtype_of(b))}), out, 2);
    tfg_b_dx(b, 0, out[0]);
    tfg_b_dx(b, 1, out[1]);
    return tfg_b_done(b);
}

static int grad_pop_back(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue list = g->dy[0].value, element = tfg_b_dy_of(b, 1);
    TfgDType dtype = tfg_b_dtype(b, element);
    if (!tfg_has_value(list))
        list = empty_like(b, tfg_b_y(b, 0), dtype);
    tfg_b_dx(b, 0, with_dtype(b, "TensorListPushBack", (TfgValue[]){list, element}, 2, dtype));
    return tfg_b_done(b);
}

static int grad_stack(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgShape shape, element;
    bool in = tfg_b_enter(b, "TensorListFromTensor");
    TfgValue dy = tfg_b_converted(b, tfg_b_dy(b), "tensor");
    tfg_b_static_shape(b, dy, &shape);
    tfg_shape_set_unknown(&element);
    for (int i = 1; i < shape.rank; i++) {
        element.rank = i;
        element.dims[i - 1] = shape.dims[i];
    }
    if (shape.rank == 1)
        tfg_shape_set_scalar(&element);
    TfgValue dims = element.rank >= 0 ? tfg_b_dims(b, "element_shape", &element, TFG_INT32) : tfg_b_const(b, "element_shape", TFG_INT32, -1);
    tfg_b_dx(b, 0, B_NAMED(b, "TensorListFromTensor", "/", dy, dims));
    tfg_b_leave(b, in);
    return tfg_b_done(b);
}

static int grad_from_tensor(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue list = g->dy[0].value, x = tfg_b_x(b, 0);
    TfgDType dtype = tfg_b_dtype(b, x);
    TfgShape shape;
    tfg_b_static_shape(b, x, &shape);
    if (!tfg_has_value(list))
        list = empty_like(b, tfg_b_y(b, 0), dtype);
    tfg_b_dx(b, 0, tfg_b_op(b, "TensorListStack", NULL, &list, 1, B_ATTRS({"element_dtype", TFG_A_TYPE(dtype)},
             {"num_elements", TFG_A_INT(shape.rank > 0 ? shape.dims[0] : -1)})));
    return tfg_b_done(b);
}

static int grad_get_item(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue list = tfg_b_x(b, 0), item = tfg_b_dy(b), length = B_OP(b, "TensorListLength", list);
    TfgDType dtype = dtype_of(b);
    TfgValue shape = tfg_b_op(b, "TensorListElementShape", NULL, &list, 1, B_ATTRS({"shape_type", TFG_A_TYPE(TFG_INT32)}));
    TfgValue room = with_dtype(b, "TensorListReserve", (TfgValue[]){shape, length}, 2, dtype);
    tfg_b_dx(b, 0, with_dtype(b, "TensorListSetItem", (TfgValue[]){room, tfg_b_x(b, 1), item}, 3, dtype));
    return tfg_b_done(b);
}

static int grad_set_item(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue list = g->dy[0].value, index = tfg_b_x(b, 1);
    TfgDType dtype = dtype_of(b);
    TfgValue zeros = tfg_b_zeros_like(b, tfg_b_x(b, 2), true);
    tfg_b_dx(b, 0, with_dtype(b, "TensorListSetItem", (TfgValue[]){list, index, zeros}, 3, dtype));
    tfg_b_dx(b, 2, with_dtype(b, "TensorListGetItem", (TfgValue[]){list, index}, 2, dtype));
    return tfg_b_done(b);
}

static int grad_gather(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue any = tfg_b_const(b, "Const", TFG_INT32, -1);
    tfg_b_dx(b, 0, B_OP(b, "TensorListScatter", tfg_b_dy(b), tfg_b_x(b, 1), any));
    return tfg_b_done(b);
}

/* TensorFlow 1.12 gives too few gradients here, which is an error. */
static int grad_scatter(TfgGradCall *g, TfgStatus *s)
{
    return tfg_fail(s, TFG_VALUE_ERROR, "Num gradients 2 generated for op %s do not match num inputs %d", g->op_name, g->n_in);
}

/* ---- of later versions ---- */

/* The gradients of the elements are what stands in their place in the concatenation's. */
static int grad_concat(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue any = tfg_b_const(b, "Const", TFG_INT32, -1);
    tfg_b_dx(b, 0, B_OP(b, "TensorListSplit", tfg_b_dy(b), any, tfg_b_y(b, 1)));
    return tfg_b_done(b);
}

static int grad_split(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue list = g->dy[0].value, in[3] = {list, tfg_b_x(b, 1), tfg_b_x(b, 2)}, out[2];
    tfg_b_op_n(b, "TensorListConcatV2", NULL, in, 3, B_ATTRS({"element_dtype", TFG_A_TYPE(dtype_of(b))}), out, 2);
    tfg_b_dx(b, 0, out[0]);
    return tfg_b_done(b);
}

static int grad_resize(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue length = B_OP(b, "TensorListLength", tfg_b_x(b, 0));
    tfg_b_dx(b, 0, B_OP(b, "TensorListResize", g->dy[0].value, length));
    return tfg_b_done(b);
}

static int grad_scatter_by_position(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    tfg_b_dx(b, 0, with_dtype(b, "TensorListGather", (TfgValue[]){g->dy[0].value, tfg_b_x(b, 1)}, 2, dtype_of(b)));
    return tfg_b_done(b);
}

static int grad_scatter_into(TfgGradCall *g, TfgStatus *s)
{
    TfgBuild build = TFG_BUILD(g, s), *b = &build;
    TfgValue list = g->dy[0].value, indices = tfg_b_x(b, 2), zeros = tfg_b_zeros_like(b, tfg_b_x(b, 1), true);
    TfgDType dtype = dtype_of(b);
    tfg_b_dx(b, 0, with_dtype(b, "TensorListScatterIntoExistingList", (TfgValue[]){list, zeros, indices}, 3, dtype));
    tfg_b_dx(b, 1, with_dtype(b, "TensorListGather", (TfgValue[]){list, indices}, 2, dtype));
    return tfg_b_done(b);
}

const TfgGradRow tfg_gradients_list[] = {
    GRAD("TensorListConcat", grad_concat, TFG_USES_Y),
    GRAD("TensorListConcatV2", grad_concat, TFG_USES_Y),
    GRAD("TensorListFromTensor", grad_from_tensor, TFG_USES_X0 | TFG_USES_Y0),
    GRAD("TensorListGather", grad_gather, TFG_USES_X1),
    GRAD("TensorListGetItem", grad_get_item, TFG_USES_X),
    GRAD("TensorListPopBack", grad_pop_back, TFG_USES_Y0),
    GRAD("TensorListPushBack", grad_push_back, 0),
    NONE("TensorListPushBackBatch"),
    GRAD("TensorListResize", grad_resize, TFG_USES_X0),
    GRAD("TensorListScatter", grad_scatter, 0),
    GRAD("TensorListScatterIntoExistingList", grad_scatter_into, TFG_USES_X),
    GRAD("TensorListScatterV2", grad_scatter_by_position, TFG_USES_X1),
    GRAD("TensorListSetItem", grad_set_item, TFG_USES_X),
    GRAD("TensorListSplit", grad_split, TFG_USES_X),
    GRAD("TensorListStack", grad_stack, 0),
};
const int tfg_n_gradients_list = sizeof tfg_gradients_list / sizeof *tfg_gradients_list;
