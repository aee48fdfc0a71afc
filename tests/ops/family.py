"""The tests of a family of ops from its rows: against TensorFlow's recorded answers, and once more with strided feeds and with
another number of threads, which must not change a bit."""
import functools

import pytest

import pytfgraph as tf
from pytfgraph import _core

import rows


def raw(op, *inputs, **attributes):
    known = {a.name for a in _core.op_def(op).attr} | {"name"}
    if set(attributes) <= known and "EXPLICIT" not in attributes.values():
        return _core.raw_op(op)(*inputs, **attributes)
    return imported(op, inputs, attributes)


def imported(op, inputs, attributes):
    """An operation with attributes that later versions added: such come with graphs only."""
    inputs = [tf.convert_to_tensor(x) for x in inputs]
    message = tf.GraphDef()
    node = message.node.add(name=op, op=op, input=["in%d" % i for i in range(len(inputs))])
    for arg, x in zip(_core.op_def(op).input_arg, inputs):
        if arg.type_attr:
            node.attr[arg.type_attr].type = x.dtype.base_dtype.as_datatype_enum
    for name, value in attributes.items():
        if isinstance(value, list):
            node.attr[name].list.i.extend(value)
        else:
            setattr(node.attr[name], {bool: "b", int: "i", float: "f"}.get(type(value), "s"), value.encode() if isinstance(value, str) else value)
    taken = {x.name for x in tf.get_default_graph().get_operations()}
    found, = tf.import_graph_def(message, input_map={"in%d:0" % i: x for i, x in enumerate(inputs)}, return_elements=[op],
                                 name="" if op not in taken else None)
    return found.outputs[0] if len(found.outputs) == 1 else found.outputs


@functools.lru_cache(None)
def answers(family):
    return rows.load_answers(family)


def make_tests(family, loose=()):
    """loose: {name prefix: ulps} where TensorFlow itself is far from exact."""
    named = rows.load_rows(family)

    @pytest.mark.parametrize("name, expression", named, ids=[name for name, _ in named])
    def test_row(name, expression):
        want = answers(family)[name]
        got = rows.answer(tf, raw, expression)
        if "died" in want:                      # TensorFlow crashed; we must not
            assert got
            return
        rows.check(got, want, next((ulps for prefix, ulps in dict(loose).items() if name.startswith(prefix)), 4))
        assert rows.answer(tf, raw, expression, strided=True) == got
    return test_row
