"""Imports graphs of one random operation over random constants and placeholders, and asks for its gradients.

    python random_nodes.py SEED COUNT

Whatever the file says, the answer is a graph or a Python exception; test_nodes.py sees to it that the process lives."""
import json
import pathlib
import random
import sys

import numpy as np

import pytfgraph as tf
from pytfgraph import _core

FACTS = [json.loads(line) for line in (pathlib.Path(__file__).parent.parent / "golden/ops/facts.jsonl").read_text().splitlines()]
FACTS = [row for row in FACTS if _core.has_op(row["name"])]
NUMBERS = {"float": 1, "double": 2, "int32": 3, "uint8": 4, "int16": 5, "int8": 6, "string": 7, "complex64": 8, "int64": 9, "bool": 10, "half": 19, "resource": 20, "bfloat16": 14,
           "qint8": 11, "quint8": 12, "qint32": 13, "qint16": 15, "quint16": 16, "uint16": 17, "complex128": 18, "uint32": 22, "uint64": 23}
SMALL = [0, 1, 2, 3, -1]
EXTREME = {3: SMALL + [7, 65, -2**31, 2**31 - 1, 2**30], 9: SMALL + [64, 2**31, 2**40, 2**62, -2**62, 2**63 - 1, -2**63]}
SHAPES = [(), (1,), (2,), (3,), (2, 2), (0,), (1, 2), (4,), (40,)]


class Unusable(Exception):
    """The operation takes something that this file does not make."""


def fill_shape(rng, proto):
    if rng.random() < 0.1:
        proto.unknown_rank = True
        return
    sizes = [-1, 0, 1, 2, 3, 4, 5, 2**31, 2**40, 2**62] if rng.random() < 0.3 else [-1, 1, 2, 3, 4]
    for _ in range(rng.choice([0, 1, 1, 2, 2, 2, 3, 4, 5, 8, 9, 63, 64])):
        proto.dim.add().size = rng.choice(sizes)


def fill_attr(rng, spec, value):
    """The value chosen, of a type or number that inputs depend on."""
    kind = spec["type"]
    if kind == "type":
        chosen = rng.choice([t for t in spec.get("allowed") or ["float", "int32", "int64", "bool"] if t in NUMBERS])
        value.type = NUMBERS[chosen]
        return chosen
    if kind == "int":
        value.i = rng.choice(EXTREME[9] if "min" not in spec else [1, 2, 3, 6])
        if "min" in spec:
            value.i = max(value.i, spec["min"])
        return value.i
    if kind == "bool":
        value.b = rng.random() < 0.5
    elif kind == "shape":
        fill_shape(rng, value.shape)
    elif kind == "list(int)":
        value.list.i.extend(rng.choice(EXTREME[9] if rng.random() < 0.3 else SMALL) for _ in range(rng.randrange(4)))
    elif kind == "list(type)":
        value.list.type.extend([1, 3][:rng.randrange(1, 3)])
    elif kind == "string":
        value.s = (spec.get("allowed") or ["x"])[0].encode()
    elif kind == "float":
        value.f = 1.0
    elif "default" not in spec:
        raise Unusable(kind)
    else:
        return None
    return None


def add_source(rng, node, number, is_ref):
    """Something of a dtype: a variable, a constant, or what is fed."""
    if is_ref or number == 20:
        node.op = "VariableV2" if is_ref else "VarHandleOp"
        node.attr["dtype"].type = number if is_ref else 1
        fill_shape(rng, node.attr["shape"].shape)
    elif number in EXTREME and rng.random() < 0.75:
        shape, pool = rng.choice(SHAPES), EXTREME[number] if rng.random() < 0.5 else SMALL
        values = np.array([rng.choice(pool) for _ in range(int(np.prod(shape)))], tf.as_dtype(number).as_numpy_dtype).reshape(shape)
        node.op = "Const"
        node.attr["dtype"].type = number
        node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(values))
    else:
        node.op = "Placeholder"
        node.attr["dtype"].type = number
        fill_shape(rng, node.attr["shape"].shape)


def random_graph(rng, row):
    graph, node = tf.GraphDef(), tf.NodeDef(name="op", op=row["name"])
    graph.versions.producer = 27
    chosen = {}
    for spec in row["attrs"]:
        if spec["type"] in ("tensor", "func", "list(shape)", "list(func)", "list(string)", "list(float)") and "default" not in spec:
            raise Unusable(spec["type"])
        if "default" not in spec or rng.random() < 0.5 or spec["type"] in ("type", "int", "list(type)"):
            if spec["type"].startswith("list(") and spec["type"] not in ("list(int)", "list(type)"):
                continue
            chosen[spec["name"]] = fill_attr(rng, spec, node.attr[spec["name"]])
    for arg in row["inputs"]:
        if "type_list_attr" in arg:
            dtypes = list(node.attr[arg["type_list_attr"]].list.type)
        else:
            name = chosen.get(arg.get("type_attr"), arg.get("type"))
            if name not in NUMBERS or chosen.get(arg.get("number_attr"), 1) > 8:
                raise Unusable(arg["name"])
            dtypes = [NUMBERS[name]] * chosen.get(arg.get("number_attr"), 1)
        for number in dtypes:
            source = graph.node.add(name="input_%d" % len(graph.node))
            add_source(rng, source, number, arg.get("is_ref"))
            node.input.append(source.name)
    graph.node.extend([node])
    return graph


def main(seed, count):
    rng, made, differentiated = random.Random(seed), 0, 0
    for i in range(count):
        row = rng.choice(FACTS)
        print(i, row["name"], file=sys.stderr, flush=True)      # the last line of a process that died says of what
        try:
            graph_def = random_graph(rng, row)
        except Unusable:
            continue
        with tf.Graph().as_default():
            try:
                op, = tf.import_graph_def(graph_def, name="", return_elements=["op"])
                made += 1
                if op.outputs and len(op.inputs):
                    tf.gradients(op.outputs[0], list(op.inputs))
                    differentiated += 1
            except (ValueError, TypeError, LookupError, NotImplementedError, tf.errors.OpError):
                pass
    print("made %d, differentiated %d" % (made, differentiated))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
