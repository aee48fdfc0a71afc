"""Expressions whose static shapes, or errors, TensorFlow 1.12.3 was asked for (record.py); test_shapes.py asks again.

op(name, ...) is the raw operation, P a placeholder, C a constant, U a placeholder of unknown shape."""

import json
import os
import re

CASES = []


def add(*expressions):
    CASES.extend(expressions)


SHAPES = ["[2,3]", "[None,3]", "[2,None]", "[3]", "[None]", "[]", "None", "[2,1]", "[4,2,3]", "[2,4]"]

PAIRED = ["[2,3]", "[None,3]", "[3]", "[]", "None", "[4,2,3]"]

for a in PAIRED:
    for b in PAIRED:
        add(f"op('add', P({a}), P({b}))", f"op('mat_mul', P({a}), P({b}))", f"op('bias_add', P({a}), P({b}))",
            f"op('add_n', [P({a}), P({b})])", f"op('merge', [P({a}), P({b})])", f"op('pack', [P({a}), P({b})], axis=1)",
            f"op('concat_v2', [P({a}), P({b})], 0)", f"op('concat_v2', [P({a}), P({b})], -1)",
            f"op('concat_v2', [P({a}), P({b})], P([], tf.int32))", f"op('relu_grad', P({a}), P({b}))",
            f"op('softmax_cross_entropy_with_logits', P({a}), P({b}))",
            f"op('sparse_softmax_cross_entropy_with_logits', P({a}), P({b}, tf.int32))",
            f"op('select', P({a}, tf.bool), P({b}), P({b}))", f"op('gather_nd', P({a}), P({b}, tf.int32))",
            f"op('gather_v2', P({a}), P({b}, tf.int32), 0)", f"op('gather_v2', P({a}), P({b}, tf.int32), -1)",
            f"op('gather_v2', P({a}), P({b}, tf.int32), P([], tf.int32))", f"op('in_top_k', P({a}), P({b}, tf.int32), 1)",
            f"op('segment_sum', P({a}), P({b}, tf.int32))", f"op('unsorted_segment_sum', P({a}), P({b}, tf.int32), 5)",
            f"op('unsorted_segment_sum', P({a}), P({b}, tf.int32), P([], tf.int32))",
            f"op('dynamic_partition', P({a}), P({b}, tf.int32), 2)", f"op('matrix_set_diag', P({a}), P({b}))",
            f"op('batch_mat_mul', P({a}), P({b}))", f"op('cross', P({a}), P({b}))", f"op('switch', P({a}), P({b}, tf.bool))",
            f"op('broadcast_args', P({a}, tf.int32), P({b}, tf.int32))", f"op('approximate_equal', P({a}), P({b}))",
            f"op('scatter_nd', P({a}, tf.int32), P({b}), [4, 3])", f"op('scatter_nd', P({a}, tf.int32), P({b}), P([2], tf.int32))",
            f"op('reshape', P({a}), P({b}, tf.int32))", f"op('tile', P({a}), P({b}, tf.int32))",
            f"op('transpose', P({a}), P({b}, tf.int32))", f"op('pad', P({a}), P({b}, tf.int32))",
            f"op('sum', P({a}), P({b}, tf.int32))", f"op('sum', P({a}), P({b}, tf.int32), True)",
            f"op('fill', P({a}, tf.int32), P({b}))", f"op('range', P({a}), P({b}), P([]))",
            f"op('reverse_v2', P({a}), P({b}, tf.int32))", f"op('expand_dims', P({a}), P({b}, tf.int32))",
            f"op('arg_max', P({a}), P({b}, tf.int32))", f"op('top_kv2', P({a}), P({b}, tf.int32))",
            f"op('split', P({b}, tf.int32), P({a}), 2)", f"op('one_hot', P({a}, tf.int32), P({b}, tf.int32), 1., 0.)",
            f"op('slice', P({a}), P({b}, tf.int32), P({b}, tf.int32))", f"op('strided_slice', P({a}), P({b}, tf.int32), "
            f"P({b}, tf.int32), P({b}, tf.int32))", f"op('broadcast_to', P({a}), P({b}, tf.int32))",
            f"op('list_diff', P({a}), P({b}))", f"op('reverse_sequence', P({a}), P({b}, tf.int32), 1, 0)",
            f"op('unravel_index', P({a}, tf.int32), P({b}, tf.int32))", f"op('nth_element', P({a}), P({b}, tf.int32))",
            f"op('dynamic_stitch', [P({a}, tf.int32)], [P({b})])", f"op('complex', P({a}), P({b}))",
            f"op('equal', P({a}), P({b}))", f"op('ref_select', P([], tf.int32), [V({a}), V({b})])" if "None" not in a + b else
            f"op('pow', P({a}), P({b}))", f"op('assign', V({a}), P({b}))" if "None" not in a else f"op('mul', P({a}), P({b}))",
            f"op('bincount', P({a}, tf.int32), P({b}, tf.int32), P([0]))", f"op('diag', P({a}))", f"op('cumsum', P({a}), P({b}, tf.int32))",
            f"op('sparse_segment_sum', P({a}), P({b}, tf.int32), P([None], tf.int32))", f"op('lin_space', P({a}), P({b}), 3)")
for a in SHAPES:
    for k in (-4, -2, -1, 0, 1, 3):
        add(f"op('expand_dims', P({a}), {k})", f"op('sum', P({a}), {k})", f"op('sum', P({a}), [{k}, 0])", f"op('arg_max', P({a}), {k})",
            f"op('concat_v2', [P({a}), P({a})], {k})", f"op('pack', [P({a}), P({a})], axis={k})", f"op('unpack', P({a}), num=2, axis={k})",
            f"op('split', {k}, P({a}), num_split=3)", f"op('split_v', P({a}), [1, 2], {k}, num_split=2)",
            f"op('split_v', P({a}), [1, -1], {k}, num_split=2)", f"op('gather_v2', P({a}), P([5], tf.int32), {k})",
            f"op('squeeze', P({a}), [{k}])", f"op('reverse_v2', P({a}), [{k}])", f"op('one_hot', P({a}, tf.int32), 5, 1., 0., axis={k})",
            f"op('fill', [{k}, 2], P({a}))", f"op('tile', P({a}), [{k}, 2])", f"op('reshape', P({a}), [{k}, 2])",
            f"op('reshape', P({a}), [-1, {k}])", f"op('top_kv2', P({a}), {k})", f"op('nth_element', P({a}), {k})",
            f"op('unsorted_segment_sum', P({a}), P([2], tf.int32), {k})", f"op('prod', P({a}), [{k}], True)",
            f"op('split_v', P({a}), P([2], tf.int32), {k}, num_split=2)", f"op('reverse_sequence', P({a}), P([2], tf.int32), {abs(k)}, 0)",
            f"op('reverse_sequence', P({a}), P([2], tf.int32), 0, {abs(k)})", f"op('bincount', P({a}, tf.int32), {k}, P([0]))",
            f"op('lin_space', 1., 2., {k})", f"op('histogram_fixed_width', P({a}), P([2]), {k})")
    add(*(f"op('{u}', P({a}))" for u in ("exp", "relu", "softmax", "log_softmax", "l2_loss", "size", "rank", "shape", "where", "unique",
                                         "unique_with_counts", "invert_permutation", "diag", "diag_part", "matrix_diag", "matrix_diag_part", "squeeze",
                                         "zeros_like", "ones_like", "identity", "stop_gradient", "elu_grad" if False else "elu", "bias_add_grad", "loop_cond",
                                         "next_iteration", "exit", "check_numerics")
          if u not in ("where", "invert_permutation", "loop_cond", "check_numerics")))
    add(f"op('where', P({a}, tf.bool))", f"op('invert_permutation', P({a}, tf.int32))", f"op('loop_cond', P({a}, tf.bool))",
        f"op('check_numerics', P({a}), 'm')", f"op('shape_n', [P({a}), P([2])])", f"op('identity_n', [P({a}), P([2])])",
        f"op('enter', P({a}), 'f')", f"op('enter', P({a}), 'f', is_constant=True)", f"op('matrix_band_part', P({a}), 0, 1)",
        f"op('unique_v2', P({a}), [0])", f"op('unique_with_counts_v2', P({a}), [0])", f"op('bitcast', P({a}), tf.int32)",
        f"op('bitcast', P({a}), tf.int8)", f"op('bitcast', P({a}), tf.float64)", f"op('bitcast', P({a}, tf.int8), tf.float32)",
        f"op('space_to_depth', P({a}), 2)", f"op('depth_to_space', P({a}), 2)", f"op('placeholder_with_default', P({a}), [None, 3])",
        f"op('space_to_batch_nd', P({a}), [2], [[0, 0]])", f"op('batch_to_space_nd', P({a}), [2], [[0, 1]])",
        f"op('space_to_batch_nd', P({a}), P([1], tf.int32), P([1, 2], tf.int32))", f"op('space_to_batch_nd', P({a}), [2], P([1, 2], tf.int32))",
        f"op('batch_to_space_nd', P({a}), P([1], tf.int32), [[0, 1]])", f"op('space_to_batch_nd', P({a}), [0], [[0, 1]])",
        f"op('space_to_batch_nd', P({a}), [2], [[-1, 1]])", f"op('pad', P({a}), [[1, 2], [3, 4]])", f"op('pad', P({a}), [[-1, 2], [3, 4]])",
        f"op('pad', P({a}), [[1, 2, 3]])", f"op('mirror_pad_grad', P({a}), [[1, 0], [0, 1]], 'REFLECT')",
        f"op('mirror_pad_grad', P({a}), [[1, 1], [1, 1]], 'REFLECT')", f"op('mirror_pad', P({a}), [[1, 0], [0, 1]], 'SYMMETRIC')",
        f"op('transpose', P({a}), [1, 0])", f"op('transpose', P({a}), [0, 2])", f"op('transpose', P({a}), [0])", f"op('transpose', P({a}), [0, 0])",
        f"op('slice', P({a}), [0, 1], [1, -1])", f"op('slice', P({a}), [0, 1], [1, -2])", f"op('slice', P({a}), [0, 4], [1, -1])",
        f"op('slice', P({a}), P([2], tf.int32), [1, -1])", f"op('slice', P({a}), [0, 1], P([2], tf.int32))",
        f"op('slice', P({a}), [0, 1], tf.stack([P([], tf.int32), 2]))", f"op('broadcast_to', P({a}), [4, 2, 3])", f"op('broadcast_to', P({a}), [3])",
        f"op('reshape', P({a}), tf.stack([P([], tf.int32), 3]))", f"op('reshape', P({a}), tf.shape(P([None, 3])))",
        f"op('reshape', P({a}), [])", f"op('reshape', P({a}), [6])", f"op('reshape', P({a}), [-1, -1])", f"op('reshape', P({a}), [-1, 0])",
        f"op('tile', P({a}), tf.stack([P([], tf.int32), 2]))", f"op('batch_mat_mul', P({a}), P({a}), adj_x=True)", f"op('mat_mul', P({a}), P({a}), transpose_a=True)",
        f"op('mat_mul', P({a}), P({a}), transpose_b=True)", f"op('betainc', P({a}), P([]), P([]))", f"op('betainc', P({a}), P([2, 3]), P([]))",
        f"op('betainc', P({a}), P([2, 3]), P({a}))", f"op('concat_offset', 0, [P({a}, tf.int32), P([2], tf.int32)])", f"op('parallel_concat', [P({a}), P({a})], [2, 3])",
        f"op('cast', P({a}), tf.int32)", f"op('print', P({a}), [P([2])])", f"op('no_op')", f"op('reverse', P({a}), [True, False])", f"op('reverse', P({a}), P([None], tf.bool))",
        f"op('gather', P({a}), P([5], tf.int32))", f"op('scatter_nd_non_aliasing_add', P({a}), P([1, 1], tf.int32), P([1, 3]))",
        f"op('strided_slice_grad', P([2], tf.int32), [0], [1], [1], P({a}))", f"op('strided_slice_grad', [3, 4], [0], [1], [1], P({a}))",
        f"op('reshape', P({a}), P([3], tf.int32))", f"op('dynamic_stitch', [[0, 2], P([1], tf.int32)], [P([2, 3]), P({a})])",
        f"op('dynamic_stitch', [[0, 2], [5]], [P([2, 3]), P({a})])", f"op('dynamic_stitch', [[0, 2], [1]], [P([2, 3]), P([1, None])])",
        f"op('max', P({a}), [])", f"op('all', P({a}, tf.bool), 0)", f"op('mean', P({a}), [0, 1])", f"op('mean', P({a}), [1, 1])",
        f"op('lower_bound', P({a}), P([2, 5]))", f"op('accumulate_nv2', [P({a}), P({a})], [2, 3])", f"op('count_up_to', V([]), 3)")
for spec in ("[0], [2], [1]", "[1], [0], [1]", "[-1], [0], [1]", "[5], [9], [1]", "[0, 0], [2, 2], [1, 1]", "[0, 0, 0], [1, 1, 1], [1, 1, 1]", "[0], [2], [0]", "[0], [2], [-1]",
             "[2], [0], [-1]", "[0, 1], [0, 9], [2, 2]", "P([1], tf.int32), [2], [1]", "[0], P([1], tf.int32), [1]", "[0], [1], P([1], tf.int32)", "[0], [1, 2], [1]", "P([None], tf.int32), [2], [1]"):
    for masks in ("", ", begin_mask=1", ", end_mask=1", ", begin_mask=1, end_mask=1", ", shrink_axis_mask=1", ", new_axis_mask=1", ", ellipsis_mask=1", ", ellipsis_mask=2",
                  ", ellipsis_mask=3", ", new_axis_mask=2, shrink_axis_mask=1", ", shrink_axis_mask=3"):
        for a in ("[4, 5]", "[None, 5]", "None", "[4]", "[]", "[4, 5, 6]"):
            add(f"op('strided_slice', P({a}), {spec}{masks})")
for args in ("0, 10, 1", "0, 10, 3", "10, 0, -3", "0, 10, 0", "10, 0, 1", "0, 10, -1", "0., 1., 0.3", "1., 0., 0.5", "0, P([], tf.int32), 1", "P([], tf.int32), 3, 1"):
    add(f"op('range', {args})")
for v in ("[3, 2]", "[]", "[3]"):
    for grad in SHAPES:
        add(f"op('apply_gradient_descent', V({v}), 0.1, P({grad}))", f"op('apply_momentum', V({v}), V({v}), 0.1, P({grad}), 0.9)",
            f"op('apply_adam', V({v}), V({v}), V({v}), 0.1, 0.1, P({grad}), 0.1, 0.1, 0.1, P({v}))",
            f"op('sparse_apply_momentum', V({v}), V({v}), 0.1, P({grad}), P([2], tf.int32), 0.9)",
            f"op('scatter_add', V({v}), P([2], tf.int32), P({grad}))", f"op('scatter_update', V({v}), P({grad}, tf.int32), 1.)",
            f"op('scatter_nd_update', V({v}), P([1, 1], tf.int32), P({grad}))", f"op('assign_add', V({v}), P({grad}))",
            f"op('assign', V({v}), P({grad}), validate_shape=False)", f"op('assign_variable_op', R({v}), P({grad}))",
            f"op('resource_apply_gradient_descent', R({v}), 0.1, P({grad}))", f"op('resource_scatter_add', R({v}), P([2], tf.int32), P({grad}))",
            f"op('resource_gather', R({v}), P({grad}, tf.int32), tf.float32)")
    add(f"op('read_variable_op', R({v}), tf.float32)", f"op('read_variable_op', R({v}), tf.float64)", f"op('variable_shape', R({v}))", f"op('var_is_initialized_op', R({v}))",
        f"op('is_variable_initialized', V({v}))")
add("op('queue_dequeue_v2', op('fifo_queue_v2', [tf.float32], [[2]]), [tf.float32])", "op('fifo_queue_v2', [tf.float32])", "op('fifo_queue', [tf.float32])", "op('queue_size_v2', op('fifo_queue_v2', [tf.float32]))",
    "op('placeholder', tf.float32)", "op('placeholder', tf.float32, [])", "op('placeholder', tf.float32, [None, 2])", "op('size', P([2, 3]))", "op('var_handle_op', tf.float32, [2])",
    "op('bias_add', P([2, 3, 4, 5]), P([3]), data_format='NCHW')", "op('bias_add', P([2, 3, 4, 5]), P([4]), data_format='NCHW')", "op('bias_add', P([2, 3]), P([3]), data_format='NCHW')",
    "op('bias_add_grad', P([2, 3, 4, 5]), data_format='NCHW')", "op('space_to_depth', P([1, 4, 6, 3]), 2)", "op('space_to_depth', P([1, 5, 6, 3]), 2)", "op('space_to_depth', P([1, 3, 4, 6]), 2, data_format='NCHW')",
    "op('depth_to_space', P([1, 2, 3, 8]), 2)", "op('depth_to_space', P([1, 2, 3, 9]), 2)", "op('depth_to_space', P([1, 8, 3, 2]), 2, data_format='NCHW')",
    "op('fill', tf.shape(P([None, 3])), 1.)", "op('fill', tf.stack([tf.shape(P([None, 3]))[1], 4]), 1.)", "op('fill', tf.concat([tf.shape(P([None, 3])), [5]], 0), 1.)",
    "op('fill', tf.shape(P([2, 3]))[1:], 1.)", "op('fill', tf.shape(P([2, None]))[:1], 1.)", "op('reshape', P([None, 4]), tf.stack([tf.shape(P([None, 3]))[0], -1]))",
    "op('range', 0, tf.shape(P([2, 3]))[1], 1)", "op('fill', tf.constant([2, 3]) * 2, 1.)", "op('fill', tf.cast(tf.constant([2., 3.]), tf.int32), 1.)",
    "op('scatter_nd', P([2, 1], tf.int32), P([2, 3]), [0, 3])", "op('scatter_nd', P([0, 1], tf.int32), P([0, 3]), [0, 3])", "op('scatter_nd', P([None, 1], tf.int32), P([0, 3]), [0, 3])")


def snake(name):
    """"ApplyRMSProp" -> "apply_rms_prop", as TensorFlow calls its functions."""
    return re.sub(r"([a-z\d])([A-Z])", r"\1_\2", re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)).lower()


DTYPES = {"float": "tf.float32", "half": "tf.float16", "double": "tf.float64"}
# Of each sort of argument: a variable or slot, what is added to it, anything else.
GENERIC = [("[2,3]", "[2,3]", "[2,3]"), ("[2,3]", "[None,3]", "[]"), ("[2,3]", "[2,3]", "[]"), ("[2,3]", "None", "None"), ("[]", "[]", "[]"), ("[2,3]", "[4,3]", "[]"),
           ("[3]", "[2,3]", "[3]"), ("[2,3]", "[2,4]", "[1,3]"), ("[2,3]", "[2,3]", "[None,None]")]


def argument(arg, types, shapes, is_first):
    var, grad, other = shapes
    if arg.get("type") == "resource":
        return "R(%s)" % var
    dtype = DTYPES.get(types.get(arg.get("type_attr"), arg.get("type")), "tf." + str(types.get(arg.get("type_attr"), arg.get("type"))))
    if arg.get("is_ref"):
        value = "V(%s, %s)" % (var, dtype)
        return "[%s, %s]" % (value, value) if arg.get("number_attr") else value
    shape = "[2]" if arg["name"] == "indices" else grad if arg["name"] in ("grad", "delta") or is_first else other
    value = "P(%s, %s)" % (shape, dtype)
    return "[%s, %s]" % (value, value) if arg.get("number_attr") else value


def generic(row):
    """The same few combinations of shapes for any operation whose arguments are plain."""
    types = {}
    for attr in row["attrs"]:
        if attr["type"] == "type":
            allowed = attr.get("allowed") or ["float"]
            types[attr["name"]] = attr.get("default") or ("float" if "float" in allowed else allowed[0])
        elif "default" not in attr and attr["name"] not in [a.get("number_attr") for a in row["inputs"]]:
            return []
    named = {a.get("type_attr") for a in row["inputs"]}
    if any(a["type"] == "type" and a["name"] not in named and "default" not in a for a in row["attrs"]) or any("type_list_attr" in a for a in row["inputs"]):
        return []
    return ["op('%s', %s)" % (snake(row["name"]), ", ".join(argument(a, types, shapes, i == 0) for i, a in enumerate(row["inputs"])))
            for shapes in GENERIC if row["inputs"]]


HERE = os.path.dirname(os.path.abspath(__file__))
# Every operation of the facts is asked about, also those that are not here yet.  Others have their own tests, or TensorFlow's function is more than the operation; SparseApply* of scalars kill TensorFlow.
SKIPPED = re.compile("Random|Truncated|Multinomial|PyFunc|^_|Queue|Stateless|TopK$|Placeholder|Assert|SelectV2|BatchMatMulV2|IgammaGradA|RandomGamma|Dataset|Iterator|Experimental|Collective|BoostedTrees|^Attr")
with open(os.path.join(HERE, "..", "golden", "ops", "facts.jsonl")) as facts:
    for line in facts:
        row = json.loads(line)
        if not SKIPPED.search(row["name"]):
            CASES.extend(generic(row))
CASES[:] = list(dict.fromkeys(CASES))
