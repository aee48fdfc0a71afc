"""Programs made by dice: nested scopes of every kind, and shapes that go through the graph.  They run on TensorFlow and on us; of
what each builds, node by node and message by message, a digest is kept (tests/golden/random_programs.json).

    python random_programs.py MODULE digests                        {"scopes": {seed: digest}, "shapes": {...} ...}
    python random_programs.py MODULE scopes|shapes|imports SEED     what one program builds, to compare by eye

The programs use Python 3.5's words only, since TensorFlow 1.12 runs there.
"""
import hashlib
import importlib
import json
import os
import random
import re
import sys

GOLDEN = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "golden", "random_programs.json")
NAMES = ["a", "b", "A", "add", "mul", "x_1", "a_1", "scope", "Scope", "a/", "a/b", "s/a/", "", "_p", "-q", "9", "bad name", "Add", None,
         "w.x"]


def failure(error):
    return "!! %s: %s" % (type(error).__name__, re.sub(r"0x[0-9a-f]+", "0x", str(error)).split("\n\n")[0])


class Scopes:
    """Name scopes, control dependencies, devices, colocation, conditionals and overrides inside each other."""

    def __init__(self, tf, seed):
        self.tf, self.dice, self.graph = tf, random.Random(seed), tf.get_default_graph()
        self.tensors, self.operations, self.log = [tf.constant(1., name="c")], [], []
        self.variables = [tf.Variable(1., name="v", use_resource=False)]
        self.pred = tf.placeholder(tf.bool, [], name="p")
        self.block(0)
        self.block(0)

    def pick(self):
        return self.dice.choice(self.tensors[-6:]) if self.dice.random() < .8 else self.dice.choice(self.variables)

    def add(self):
        tf, pick, dice = self.tf, self.pick, self.dice
        kind = dice.randrange(14)
        name = dice.choice(NAMES) if dice.random() < .5 else None
        if kind in (8, 9):
            self.operations.append(tf.no_op(name=name) if kind == 8 else
                                   tf.group(*[pick() for _ in range(dice.randrange(1, 3))], name=name or "group_deps"))
            return
        made = tf.convert_to_tensor((
            lambda: tf.constant(dice.random(), name=name or "Const"), lambda: tf.add(pick(), pick(), name=name),
            lambda: pick() * pick(), lambda: tf.identity(pick(), name=name), lambda: pick() + 2.,
            lambda: tf.add_n([pick(), pick(), pick()], name=name), lambda: tf.stack([pick(), pick()], name=name)[0],
            lambda: tf.assign(dice.choice(self.variables), pick(), name=name), None, None, lambda: tf.stop_gradient(-pick()),
            lambda: tf.assign_add(dice.choice(self.variables), pick()), lambda: tf.tuple([pick(), pick()])[0],
            lambda: tf.reduce_sum(pick(), name=name))[kind]())
        if not made.shape.ndims:
            self.tensors.append(made)

    def arm(self, depth):
        before = len(self.tensors)
        self.block(depth)
        result = self.tf.convert_to_tensor(self.pick())
        del self.tensors[before:]
        return result

    def scope(self, kind):
        tf, dice = self.tf, self.dice
        if kind == 0:
            return tf.name_scope(dice.choice(NAMES))
        if kind == 1:
            return tf.control_dependencies([dice.choice(self.tensors + self.operations + self.variables)
                                            for _ in range(dice.randrange(0, 3))])
        if kind == 2:
            return tf.control_dependencies(None)
        if kind == 3:
            return tf.device(dice.choice(["/cpu:0", "/gpu:1", "/job:ps/task:2", None, "/job:w", "/bad:1",
                                          lambda op: "/device:CPU:3" if op.type == "Add" else op.device]))
        if kind == 4:
            return self.graph.colocate_with(dice.choice(self.tensors + self.variables), ignore_existing=dice.random() < .3)
        if kind == 5:
            return tf.variable_scope(dice.choice(["vs", "a"]))
        return self.graph.gradient_override_map({"Add": "Sub"})

    def step(self, depth):
        tf, dice = self.tf, self.dice
        kind = dice.randrange(10) if depth < 4 else 9
        if kind < 7:
            with self.scope(kind):
                self.block(depth + 1)
        elif kind < 9:
            pred = self.pred if dice.random() < .7 else tf.less(self.pick(), 2.)
            self.tensors.append(tf.cond(pred, lambda: self.arm(depth + 1), lambda: self.arm(depth + 1),
                                        name=dice.choice([None, "k", "cond"])))
        else:
            for _ in range(dice.randrange(1, 4)):
                self.add()

    def block(self, depth):
        for _ in range(self.dice.randrange(1, 4)):
            try:
                self.step(depth)
            except (ValueError, TypeError, KeyError, AssertionError) as error:
                self.log.append(failure(error).split("\n")[0])

    def node(self, op):
        node, context = op.node_def, op._get_control_flow_context()
        inputs = [re.sub(":0$", "", i) for i in node.input if not i.startswith("^")]
        return " ".join([op.name, op.type, ",".join(inputs + sorted(i for i in node.input if i.startswith("^"))), node.device,
                         " ".join(sorted(s.decode() for s in node.attr["_class"].list.s)) if "_class" in node.attr else "-",
                         str(self.graph.is_fetchable(op)), str(context and context.name), str([str(t.shape) for t in op.outputs]),
                         node.attr["_gradient_op_type"].s.decode() if "_gradient_op_type" in node.attr else ""])

    def lines(self):
        return self.log + [self.node(op) for op in self.graph.get_operations()]


class Imports(Scopes):
    """The same, with a GraphDef imported here and there: it has devices, colocation, control inputs and a conditional."""

    def __init__(self, tf, seed):
        with tf.Graph().as_default() as graph:
            x = tf.placeholder(tf.float32, [], name="in")
            with tf.device("/job:ps/gpu:0"):
                b = tf.constant(2., name="b")
            with tf.control_dependencies([b]):
                c = tf.add(x, b, name="add")
            with graph.colocate_with(b):
                d = tf.multiply(c, c, name="A/mul")
            tf.constant(1., name="lone")
            tf.cond(tf.less(x, 1.), lambda: d + 1., lambda: -d)
        self.graph_def = graph.as_graph_def()
        Scopes.__init__(self, tf, seed)

    def add(self):
        if self.dice.random() < .65:
            Scopes.add(self)
            return
        name = self.dice.choice([None, "", "imp", "a/b", "add"])
        given = {"in:0": self.tf.convert_to_tensor(self.pick())} if self.dice.random() < .6 else None
        made = self.tf.import_graph_def(self.graph_def, name=name, input_map=given, return_elements=["A/mul:0", "cond/Merge:0"])
        self.tensors.append(self.dice.choice(made))


class Shapes:
    """Tensors of known, partly known and unknown shapes; sizes computed from them shape others."""

    def __init__(self, tf, seed):
        self.tf, self.dice, self.graph, self.tensors, self.log = tf, random.Random(seed), tf.get_default_graph(), [], []
        for _ in range(3):
            self.tensors.append(tf.placeholder(self.dice.choice([tf.float32, tf.float32, tf.int32]), self.some_shape()))
        for _ in range(6):
            try:
                self.tensors.append(self.tensor())
                self.log.append("%s %s %s" % (self.tensors[-1].name, self.tensors[-1].shape, self.tensors[-1].dtype.name))
            except Exception as error:
                self.log.append(failure(error))

    def some_shape(self):
        rank = self.dice.choice([0, 1, 1, 2, 2, 3, 4])
        if self.dice.random() < .1:
            return None
        return [self.dice.choice([None, 1, 2, 3, 4, 6, 0 if self.dice.random() < .1 else 5]) for _ in range(rank)]

    def vector(self):
        tf, dice = self.tf, self.dice
        kind = dice.randrange(8)
        if kind == 0:
            return tf.shape(dice.choice(self.tensors))
        if kind == 1:
            return tf.constant([dice.choice([-1, 0, 1, 2, 3, 4, 6]) for _ in range(dice.randrange(0, 4))], dtype=tf.int32)
        if kind == 2:
            return tf.stack([self.scalar() for _ in range(dice.randrange(1, 4))])
        if kind == 3:
            return tf.concat([self.vector() for _ in range(dice.randrange(1, 3))], 0)
        if kind == 4:
            v, begin, end = self.vector(), dice.choice([None, 0, 1, -1]), dice.choice([None, 1, 2, -1])
            return v[begin:end:dice.choice([None, None, 1, -1, 2])]
        if kind == 5:
            return tf.cast(tf.cast(self.vector(), dice.choice([tf.int64, tf.float32])), tf.int32)
        if kind == 6:
            return self.vector() * dice.choice([1, 2])
        return tf.placeholder(tf.int32, dice.choice([[2], [None], [3]]))

    def scalar(self):
        tf, dice = self.tf, self.dice
        kind = dice.randrange(7)
        if kind == 0:
            return tf.constant(dice.choice([-1, 0, 1, 2, 3]))
        if kind == 1:
            return tf.size(dice.choice(self.tensors))
        if kind == 2:
            return tf.rank(dice.choice(self.tensors))
        if kind == 3:
            return self.vector()[dice.choice([0, 1, -1])]
        if kind == 4:
            return tf.reduce_prod(self.vector())
        if kind == 5:
            return tf.placeholder(tf.int32, [])
        return self.scalar() + dice.choice([1, -1])

    def tensor(self):
        tf, dice, vector, scalar = self.tf, self.dice, self.vector, self.scalar
        kind, x, y = dice.randrange(21), dice.choice(self.tensors), dice.choice(self.tensors)
        axis = dice.choice([0, 1, -1])
        return (lambda: tf.reshape(x, vector()), lambda: tf.fill(vector(), 1.), lambda: tf.tile(x, vector()),
                lambda: tf.reduce_sum(x, axis=dice.choice([vector, scalar])(), keepdims=dice.random() < .5),
                lambda: tf.expand_dims(x, scalar()), lambda: tf.transpose(x, vector()), lambda: tf.slice(x, vector(), vector()),
                lambda: x[1:, ...] if dice.random() < .5 else x[..., tf.newaxis, 0], lambda: tf.broadcast_to(x, vector()),
                lambda: tf.one_hot(vector(), scalar()), lambda: tf.concat([x, y], axis),
                lambda: tf.stack([x, y], axis=dice.choice([0, 1, -1, 5])), lambda: x + y,
                lambda: tf.matmul(x, y, transpose_a=dice.random() < .3),
                lambda: tf.pad(x, tf.stack([vector(), vector()], dice.choice([0, 1]))),
                lambda: tf.split(x, dice.choice([2, 3]), axis=axis)[0], lambda: tf.squeeze(x, dice.choice([None, [0], [-1], [1]])),
                lambda: tf.gather(x, dice.choice([vector, scalar])(), axis=dice.choice([0, 1])),
                lambda: tf.where(x > 0, x, y) if dice.random() < .7 else tf.where(x > 0), lambda: tf.argmax(x, axis),
                lambda: tf.cumsum(x, axis))[kind]()

    def lines(self):
        return self.log + ["%d operations, last id %d" % (len(self.graph.get_operations()), self.graph._last_id)]


KINDS = {"imports": (Imports, 60), "scopes": (Scopes, 400), "shapes": (Shapes, 400)}      # and how many programs


def lines(tf, kind, seed):
    with tf.Graph().as_default():
        return KINDS[kind][0](tf, seed).lines()


def digest(tf, kind, seed):
    return hashlib.sha256("\n".join(lines(tf, kind, seed)).encode("utf-8")).hexdigest()[:16]


def main(module, command, *arguments):
    tf = importlib.import_module(module)
    tf.logging.set_verbosity(tf.logging.FATAL)
    if command != "digests":
        print("\n".join(lines(tf, command, int(arguments[0]))))
        return
    json.dump({kind: {str(s): digest(tf, kind, s) for s in range(KINDS[kind][1])} for kind in sorted(KINDS)}, sys.stdout, indent=0,
              sort_keys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
