"""TensorFlow's protocol messages.

`message('tensorflow.GraphDef')` is a message class, `module('tensorflow.core.framework.graph_pb2')` a module as
generated code would make it.  Nothing is read before the first call.  The messages live in a descriptor pool of their
own; those of another pool are taken over with `convert`.
"""
import threading
import types

_lock = threading.RLock()
_pool = None
_modules = {}


def _loaded():
    global _pool
    if _pool is None:
        with _lock:
            if _pool is None:
                from pytfgraph._proto.pool import Pool
                _pool = Pool()
    return _pool


def message(full_name):
    """The class of the message with this full name; KeyError where there is none."""
    pool = _loaded()
    with _lock:
        return pool.message(full_name)


def enum(full_name):
    """The wrapper (Name, Value, items ...) of the enum with this full name; KeyError where there is none."""
    from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
    return EnumTypeWrapper(_loaded().enum(full_name))


def module(name):
    """The module that holds the messages of one .proto file; KeyError where there is none."""
    found = _modules.get(name)
    if found is None:
        pool = _loaded()
        with _lock:
            found = _modules.get(name)
            if found is None:
                found = _modules[name] = MessageModule(name, pool.file(_file_of_module(name)))
    return found


def modules():
    """The names of all modules that `module` knows."""
    from pytfgraph._proto.pool import module_of_file
    return [module_of_file(file) for file in _loaded().files if not file.startswith('google/')]


def convert(full_name, value):
    """A message of the named type from `value`: itself, a message of the same name from any pool, or bytes."""
    cls = message(full_name)
    if isinstance(value, cls):
        return value
    if isinstance(value, (bytes, bytearray, memoryview)):
        data = bytes(value)
    elif full_name_of(value) == full_name:
        data = value.SerializePartialToString() if hasattr(value, 'SerializePartialToString') \
            else value.SerializeToString()
    else:
        raise TypeError('Expected a %s message, got %s' % (full_name, type(value).__name__))
    made = cls()
    made.MergeFromString(data)
    return made


def full_name_of(value):
    """The full name of a protocol message of any pool, None for anything else."""
    descriptor = getattr(value, 'DESCRIPTOR', None)
    if descriptor is None or not hasattr(value, 'SerializeToString'):
        return None
    return getattr(descriptor, 'full_name', None)


def is_message(value, full_name):
    """Whether `value` is a message of this name, of whatever pool."""
    return full_name_of(value) == full_name


def is_own(value):
    """Whether a message is one of the pool that this module has."""
    return isinstance(value, message(full_name_of(value)))


def _file_of_module(name):
    if not name.endswith('_pb2'):
        raise KeyError(name)
    return name[:-len('_pb2')].replace('.', '/') + '.proto'


class MessageModule(types.ModuleType):
    """A module with the messages, enums and enum values of one .proto file; classes are made when asked for."""

    def __init__(self, name, descriptor):
        super().__init__(name)
        self.DESCRIPTOR = descriptor
        self.__package__ = name.rpartition('.')[0]
        self.__file__ = descriptor.name
        for short, number in _enum_values(descriptor):
            setattr(self, short, number)
        self.__all__ = sorted(self._names())

    def _names(self):
        file = self.DESCRIPTOR
        names = set(file.message_types_by_name) | set(file.enum_types_by_name) | {'DESCRIPTOR'}
        names.update(short for short, _ in _enum_values(file))
        return names

    def __getattr__(self, name):
        file = self.__dict__['DESCRIPTOR']
        if name in file.message_types_by_name:
            value = message(file.message_types_by_name[name].full_name)
        elif name in file.enum_types_by_name:
            value = enum(file.enum_types_by_name[name].full_name)
        elif name.startswith('_') and name[1:] in _upper_names(file):
            value = _upper_names(file)[name[1:]]
        else:
            raise AttributeError('module %r has no attribute %r' % (self.__name__, name))
        setattr(self, name, value)
        return value

    def __dir__(self):
        return sorted(set(super().__dir__()) | self._names())

    def __reduce__(self):
        return module, (self.__name__,)


def _enum_values(file):
    return [(value.name, value.number) for e in file.enum_types_by_name.values() for value in e.values]


def _upper_names(file):
    """Descriptors under the names of generated code: _GRAPHDEF, _ATTRVALUE_LISTVALUE, _DATATYPE."""
    found = {}

    def add(prefix, descriptor):
        name = prefix + descriptor.name.upper()
        found[name] = descriptor
        for nested in list(getattr(descriptor, 'nested_types', ())) + list(getattr(descriptor, 'enum_types', ())):
            add(name + '_', nested)

    for top in list(file.message_types_by_name.values()) + list(file.enum_types_by_name.values()):
        add('', top)
    return found
