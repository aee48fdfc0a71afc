"""The messages: names, text, pickling, and life beside another pool with the same names."""
import copy
import json
import pickle
import subprocess
import sys
import types

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, text_format

import messages
from pytfgraph import protos
from pytfgraph._proto import pool as pool_module


def golden(root, name):
    return [json.loads(line) for line in (root / 'tests' / 'golden' / 'io' / name).read_text().splitlines()]


class Names:
    """What tests/io/messages.py asks of the module called tf."""
    GraphDef = property(lambda self: protos.message('tensorflow.GraphDef'))
    ConfigProto = property(lambda self: protos.message('tensorflow.ConfigProto'))
    Event = property(lambda self: protos.message('tensorflow.Event'))
    Summary = property(lambda self: protos.message('tensorflow.Summary'))
    MetaGraphDef = property(lambda self: protos.message('tensorflow.MetaGraphDef'))
    train = types.SimpleNamespace(Feature=lambda **k: protos.message('tensorflow.Feature')(**k),
                                  Int64List=lambda **k: protos.message('tensorflow.Int64List')(**k))


def sample():
    graph = protos.message('tensorflow.GraphDef')()
    node = graph.node.add(name='c', op='Const')
    node.attr['T'].type = 1
    node.attr['a'].list.i.extend([1, 2])
    return graph


def test_module():
    module = protos.module('tensorflow.core.framework.graph_pb2')
    graph_def = protos.message('tensorflow.GraphDef')
    assert module is protos.module('tensorflow.core.framework.graph_pb2')
    assert module.GraphDef is graph_def
    assert (graph_def.__module__, graph_def.__qualname__) == ('tensorflow.core.framework.graph_pb2', 'GraphDef')
    assert module.DESCRIPTOR.name == 'tensorflow/core/framework/graph.proto'
    assert module._GRAPHDEF is graph_def.DESCRIPTOR
    assert 'GraphDef' in dir(module) and module.__all__ == ['DESCRIPTOR', 'GraphDef']
    with pytest.raises(AttributeError):
        module.NoSuchMessage
    for name in ('tensorflow.core.framework.graph', 'tensorflow.core.framework.nothing_pb2'):
        with pytest.raises(KeyError):
            protos.module(name)
    with pytest.raises(KeyError):
        protos.message('tensorflow.NoSuchMessage')


def test_every_module():
    names = protos.modules()
    assert len(names) > 55 and 'tensorflow.core.protobuf.config_pb2' in names
    for name in names:
        module = protos.module(name)
        for public in module.__all__:
            assert getattr(module, public) is not None
        for message in module.DESCRIPTOR.message_types_by_name:
            assert getattr(module, message)().SerializeToString() == b''


def test_enums():
    module = protos.module('tensorflow.core.framework.types_pb2')
    assert module.DT_FLOAT == 1 and module.DT_UINT64_REF == 123
    assert module.DataType.Name(2) == 'DT_DOUBLE' and module.DataType.Value('DT_INT32') == 3
    assert protos.enum('tensorflow.DataType').Value('DT_STRING') == 7
    assert protos.message('tensorflow.OptimizerOptions').L0 == -1
    assert protos.message('tensorflow.RunOptions').FULL_TRACE == 3
    assert protos.message('tensorflow.RewriterConfig').Toggle.Value('AGGRESSIVE') == 3
    assert protos.module('tensorflow.core.lib.core.error_codes_pb2').Code.Name(3) == 'INVALID_ARGUMENT'


def test_nested():
    attr = protos.module('tensorflow.core.framework.attr_value_pb2').AttrValue
    nested = protos.message('tensorflow.AttrValue.ListValue')
    assert attr.ListValue is nested and type(attr(list=nested(i=[1])).list) is nested
    assert nested.__qualname__ == 'AttrValue.ListValue'
    assert type(sample().node[0]) is protos.message('tensorflow.NodeDef')


def test_text(root):
    tensor_pb2 = protos.module('tensorflow.core.framework.tensor_pb2')
    attr_value_pb2 = protos.module('tensorflow.core.framework.attr_value_pb2')
    ours = {name: m for name, m in messages.messages(Names(), tensor_pb2, attr_value_pb2)}
    rows = golden(root, 'texts.jsonl')
    assert {row['case'] for row in rows} == set(ours)
    for row in rows:
        message = ours[row['case']]
        assert message.DESCRIPTOR.full_name == row['type']
        assert str(message) == row['text']
        assert repr(message) == row['text']


def test_text_format_module():
    graph = text_format.Parse('node { name: "x" attr { key: "a" value { i: 3 } } }', protos.message('tensorflow.GraphDef')())
    assert graph.node[0].attr['a'].i == 3
    assert text_format.Parse(text_format.MessageToString(graph), protos.message('tensorflow.GraphDef')()) == graph


def test_pickle_and_copy(monkeypatch):
    for name in [n for n in sys.modules if n.partition('.')[0] == 'tensorflow']:
        monkeypatch.delitem(sys.modules, name)          # of a test before that installed us under that name
    graph = sample()
    assert pickle.loads(pickle.dumps(graph)) == graph
    assert b'pytfgraph' in pickle.dumps(graph)
    assert copy.copy(graph) == graph and copy.deepcopy(graph) == graph
    nested = protos.message('tensorflow.AttrValue.ListValue')(i=[1])
    assert pickle.loads(pickle.dumps(nested)) == nested
    module = protos.module('tensorflow.core.framework.graph_pb2')
    assert pickle.loads(pickle.dumps(module)) is module


def test_pickle_under_tensorflow_names(monkeypatch):
    for package in ('tensorflow', 'tensorflow.core', 'tensorflow.core.framework'):
        monkeypatch.setitem(sys.modules, package, types.ModuleType(package))
    for name in ('graph_pb2', 'attr_value_pb2'):
        full = 'tensorflow.core.framework.' + name
        monkeypatch.setitem(sys.modules, full, protos.module(full))
    data = pickle.dumps(sample())
    assert b'tensorflow.core.framework.graph_pb2' in data and b'pytfgraph' not in data
    assert pickle.loads(data) == sample()
    nested = protos.message('tensorflow.AttrValue.ListValue')(i=[1])
    assert pickle.loads(pickle.dumps(nested)) == nested


def test_pickle_when_installed_as_tensorflow():
    """The pickle speaks of TensorFlow alone, also when the message's module was not imported yet."""
    code = ('import pickle, pytfgraph\n'
            'pytfgraph.install_as_tensorflow()\n'
            'import tensorflow as tf\n'
            'message = tf.GraphDef()\n'
            'message.node.add(name="n")\n'
            'data = pickle.dumps(message)\n'
            'assert b"pytfgraph" not in data and b"tensorflow.core.framework.graph_pb2" in data, data\n'
            'assert pickle.loads(data) == message\n')
    subprocess.run([sys.executable, '-c', code], check=True)


def other_pool():
    """A GraphDef as somebody else in the process would have it."""
    with open(pool_module.DESCRIPTOR_SET, 'rb') as f:
        descriptors = descriptor_pb2.FileDescriptorSet.FromString(f.read())
    pool = descriptor_pool.DescriptorPool()
    for file in descriptors.file:
        pool.AddSerializedFile(file.SerializeToString())
    return pool_module._class_of(pool, pool.FindMessageTypeByName('tensorflow.GraphDef'))


def test_two_pools():
    other = other_pool()
    ours = protos.message('tensorflow.GraphDef')
    assert other is not ours
    theirs = other.FromString(sample().SerializeToString())
    assert not isinstance(theirs, ours)
    taken = protos.convert('tensorflow.GraphDef', theirs)
    assert type(taken) is ours and taken == sample()
    assert protos.is_message(theirs, 'tensorflow.GraphDef') and not protos.is_message(theirs, 'tensorflow.NodeDef')
    assert theirs.SerializeToString() == other.FromString(taken.SerializeToString()).SerializeToString()


def test_convert():
    graph = sample()
    assert protos.convert('tensorflow.GraphDef', graph) is graph
    assert protos.convert('tensorflow.GraphDef', graph.SerializeToString()) == graph
    for wrong in (graph.node[0], 3, 'text', None, type(graph)):
        with pytest.raises(TypeError):
            protos.convert('tensorflow.GraphDef', wrong)


def test_any():
    config = protos.message('tensorflow.ConfigProto')(allow_soft_placement=True)
    packed = protos.message('tensorflow.MetaGraphDef.MetaInfoDef')()
    packed.any_info.Pack(config)
    out = protos.message('tensorflow.ConfigProto')()
    assert packed.any_info.Is(config.DESCRIPTOR) and packed.any_info.Unpack(out) and out == config


def test_large_messages():
    """Memory is prepared for the parsing of a large graph; what is parsed, what is refused and what is returned stay the same."""
    graph_def = protos.message('tensorflow.GraphDef')
    large = graph_def()
    for i in range(3):
        tensor = large.node.add(name='n%d' % i, op='Const').attr['value'].tensor
        tensor.tensor_content = bytes([i]) * (4 << 20)
    data = large.SerializeToString()
    other = graph_def(versions={'producer': 3})
    assert other.ParseFromString(data) == len(data) and other == large
    assert other.MergeFromString(data) == len(data) and len(other.node) == 6
    assert graph_def.FromString(data) == large
    for bad in (data[:-1], b'\x07' * (9 << 20)):
        with pytest.raises(Exception, match='Error parsing message'):
            graph_def().ParseFromString(bad)
    meta = protos.message('tensorflow.MetaGraphDef')(graph_def=large)
    assert type(meta)().ParseFromString(meta.SerializeToString()) == meta.ByteSize()


def test_default_pool_stays_as_it_was():
    """Nothing of ours is in the pool that generated code shares, and nothing is read before it is asked for."""
    code = ('import sys\n'
            'from pytfgraph import protos\n'
            'assert "google.protobuf" not in sys.modules, "loaded early"\n'
            'protos.message("tensorflow.GraphDef")\n'
            'from google.protobuf import descriptor_pool\n'
            'try:\n'
            '    descriptor_pool.Default().FindMessageTypeByName("tensorflow.GraphDef")\n'
            'except KeyError:\n'
            '    print("alone")\n')
    assert subprocess.run([sys.executable, '-c', code], stdout=subprocess.PIPE, check=True).stdout == b'alone\n'
