"""Records what TensorFlow 1.12.3 writes: graphs, tensors, texts and the importer's errors, into tests/golden/io.

Run with the Python that has it:  python tests/io/record.py
Graphs are those of tests/golden/graphs, so that the words of both can be compared.
"""
import json
import os
import pathlib
import sys

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import numpy as np
import tensorflow as tf
from tensorflow.core.framework import attr_value_pb2, tensor_pb2
from tensorflow.python.framework import op_def_registry

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE.parent / 'golden'
OUT = GOLDEN / 'io'
sys.path.insert(0, str(HERE))

DTYPES = ('float16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool complex64 complex128 bfloat16 '
          'string').split()


def write_lines(name, rows):
    with open(str(OUT / name), 'w') as f:
        for row in rows:
            f.write(json.dumps(row, sort_keys=True) + '\n')


FUNCTIONS = """
from tensorflow.python.framework import function
foo = function.Defun(tf.float32, tf.float32, func_name='Foo')(lambda x, y: (x + y, x * y))
a = tf.constant(2., name='a')
tf.identity(foo(a, a)[1], name='out')
"""


def snippets():
    for path in sorted((GOLDEN / 'graphs').glob('*.py')):
        yield path.stem, path.read_text()
    yield 'functions', FUNCTIONS


def record_graphs():
    folder = OUT / 'graphs'
    folder.mkdir(exist_ok=True)
    for name, text in snippets():
        graph = tf.Graph()
        with graph.as_default():
            try:
                exec(compile(text, name, 'exec'), {'tf': tf, 'np': np})
            except Exception as e:      # a snippet may end in what TensorFlow itself refuses
                print('%s stops: %s' % (name, e))
            data = graph.as_graph_def(add_shapes=True).SerializeToString(deterministic=True)
        (folder / (name + '.pb')).write_bytes(data)
        # What TensorFlow makes of it when it reads it: another order, devices of colocated nodes, sometimes shapes.
        with tf.Graph().as_default() as graph:
            tf.import_graph_def(tf.GraphDef.FromString(data), name='')
            again = graph.as_graph_def(add_shapes=True).SerializeToString(deterministic=True)
        path = folder / (name + '.again.pb')
        if again != data:
            path.write_bytes(again)
        elif path.exists():
            path.unlink()


def tensors():
    values = [(1, None), ([0, 1], None), (1, [2]), ([], None), ([[0, 0], [1, 1]], None), (0, None), (0, [3]), ([3, 4], [2, 3])]
    for name in DTYPES:
        dtype = getattr(tf, name)
        for value, shape in values:
            if name == 'string':
                value = np.vectorize(lambda v: b'' if v == 0 else b'x\0y' * v, otypes=[object])(value) if value != [] else []
            array = np.array(value).astype(dtype.as_numpy_dtype)
            proto = tf.make_tensor_proto(array.tolist() if name == 'string' else array, dtype=dtype, shape=shape)
            with tf.Graph().as_default():
                result = tf.Session().run(tf.constant(array.tolist() if name == 'string' else array, dtype=dtype, shape=shape))
            result = np.asarray(result)
            if name == 'string':
                elements = [v.hex() for v in result.ravel().tolist()]
            else:
                elements = result.tobytes().hex()
            yield {'dtype': name, 'shape': list(result.shape), 'elements': elements, 'proto': proto.SerializeToString().hex()}


def op_defs():
    registry = op_def_registry.get_registered_ops()
    for name in ('Add', 'AddN', 'Assign', 'BatchNormWithGlobalNormalization', 'Const', 'Conv2D', 'Identity', 'IdentityN', 'MatMul',
                 'NoOp', 'Pack', 'Placeholder', 'Split', 'VariableV2'):
        op = type(registry[name])()
        op.CopyFrom(registry[name])
        op.ClearField('description')
        op.ClearField('summary')
        yield {'op': name, 'def': op.SerializeToString().hex()}


def texts():
    import messages
    for name, message in messages.messages(tf, tensor_pb2, attr_value_pb2):
        yield {'case': name, 'type': message.DESCRIPTOR.full_name, 'text': str(message)}


def imports():
    import graph_defs
    for name, make in graph_defs.CASES:
        graph = tf.Graph()
        row = {'case': name}
        with graph.as_default():
            try:
                tf.import_graph_def(make(tf.GraphDef, tf.NodeDef))
                row['ops'] = graph_defs.describe(graph)
            except Exception as e:
                row['class'], row['message'] = type(e).__name__, str(e)
                row['left'] = len(graph.get_operations())
        yield row


def main():
    OUT.mkdir(exist_ok=True)
    record_graphs()
    write_lines('tensors.jsonl', tensors())
    write_lines('op_defs.jsonl', op_defs())
    write_lines('texts.jsonl', texts())
    write_lines('imports.jsonl', imports())


if __name__ == '__main__':
    main()
