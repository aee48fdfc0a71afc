"""The descriptor pool, and the message classes made from it.

The pool is filled from descriptors.bin, which the build makes from proto/.  It is our own, so that TensorFlow,
TensorBoard or any other owner of messages with the same names can live in the same process.
"""
import copyreg
import functools
import importlib
import os
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from pytfgraph._proto.text import format_message

_LARGE = 8 << 20                # bytes of a message from which its memory is prepared for it
_MAY_BE_LARGE = ('tensorflow.GraphDef', 'tensorflow.MetaGraphDef', 'tensorflow.SavedModel')
DESCRIPTOR_SET = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'descriptors.bin')


class Pool:
    """Files by name, message classes by full name."""

    def __init__(self, path=DESCRIPTOR_SET):
        with open(path, 'rb') as f:
            descriptors = descriptor_pb2.FileDescriptorSet.FromString(f.read())
        self._pool = descriptor_pool.DescriptorPool()
        for file in descriptors.file:           # protoc writes a file behind those it imports
            self._pool.AddSerializedFile(file.SerializeToString())
        self.files = [file.name for file in descriptors.file]
        self._classes = {}

    def file(self, name):
        """The descriptor of a .proto file; KeyError where there is none."""
        return self._pool.FindFileByName(name)

    def message(self, full_name):
        """The class of a message; KeyError where there is none."""
        found = self._classes.get(full_name)
        if found is None:
            found = self._make(self._pool.FindMessageTypeByName(full_name))
        return found

    def enum(self, full_name):
        """The descriptor of an enum; KeyError where there is none."""
        return self._pool.FindEnumTypeByName(full_name)

    def _make(self, descriptor):
        outer = descriptor.containing_type
        if outer is not None:
            self.message(outer.full_name)       # makes its nested classes too
            if descriptor.full_name in self._classes:
                return self._classes[descriptor.full_name]
        cls = _class_of(self._pool, descriptor)
        self._adopt(cls, descriptor, module_of_file(descriptor.file.name))
        return cls

    def _adopt(self, cls, descriptor, module):
        """Gives a class and those nested in it the names generated Python code would have given them."""
        cls.__module__ = module
        outer = descriptor.containing_type
        names = [descriptor.name]
        while outer is not None:
            names.append(outer.name)
            outer = outer.containing_type
        cls.__qualname__ = '.'.join(reversed(names))
        cls.__str__ = cls.__repr__ = format_message
        if descriptor.full_name in _MAY_BE_LARGE:
            cls.ParseFromString, cls.MergeFromString = _parser(cls.ParseFromString), _parser(cls.MergeFromString)
        copyreg.pickle(cls, _reduce)
        self._classes[descriptor.full_name] = cls
        for nested in descriptor.nested_types:
            inner = _class_of(self._pool, nested)
            if not isinstance(getattr(cls, nested.name, None), type):
                setattr(cls, nested.name, inner)
            self._adopt(inner, nested, module)


def _parser(parse):
    """A method that parses, where most of the time would go into taking memory."""
    @functools.wraps(parse)
    def parse_message(self, serialized):
        if not isinstance(serialized, bytes) or len(serialized) < _LARGE:
            return parse(self, serialized)
        from pytfgraph import _core
        return _core.in_large_pages(len(serialized), functools.partial(parse, self), serialized)
    return parse_message


def module_of_file(name):
    """The module that generated Python code of a .proto file would be."""
    return name[:-len('.proto')].replace('/', '.').replace('-', '_') + '_pb2'


def _class_of(pool, descriptor):
    make = getattr(message_factory, 'GetMessageClass', None)
    if make is not None:
        return make(descriptor)
    return message_factory.MessageFactory(pool).GetPrototype(descriptor)    # protobuf before 4.22


def _reduce(message):
    """Pickles by TensorFlow's module name where that name leads back here, else by way of pytfgraph.protos."""
    cls = type(message)
    if _named(cls) is cls:
        return cls, (), {'serialized': message.SerializePartialToString()}
    return restore, (message.DESCRIPTOR.full_name, message.SerializePartialToString())


def _named(cls):
    """What another process would find under the class's name, given that tensorflow is what it is here."""
    if cls.__module__.partition('.')[0] not in sys.modules:
        return None
    try:
        found = importlib.import_module(cls.__module__)
    except ImportError:
        return None
    for name in cls.__qualname__.split('.'):
        found = getattr(found, name, None)
    return found


def restore(full_name, data):
    """The message that a pickle holds."""
    from pytfgraph import protos
    message = protos.message(full_name)()
    message.MergeFromString(data)
    return message
