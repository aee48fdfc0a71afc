"""Tensors that stay in their session between runs, and the handles by which one finds them again."""
import numpy as np

from pytfgraph import _core
from pytfgraph.framework import device as _device
from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import array_ops
from pytfgraph.ops.data_flow_ops import gen

_DEVICE = -1  # the part of a handle, "name;number;device", that says where the tensor is


def encode_resource_handle(resource_handle):
    """A message's bytes as a NumPy array, as a resource is fed."""
    return np.asarray(bytearray(resource_handle.SerializeToString()), dtype=dtypes.np_resource)


class TensorHandle:
    """What a run gives for a fetched handle: the name of a tensor that its session keeps.

    It may be fed where the tensor is wanted.  The session drops the tensor when its handle has gone, sooner or later.

    Args:
      handle: "name;number;device".
      dtype: of the tensor.
      session: that keeps it.
    """

    def __init__(self, handle, dtype, session):
        self._handle = handle.decode() if isinstance(handle, bytes) else str(handle)
        self._resource_handle = None
        self._dtype = dtype
        self._session = session
        self._auto_gc_enabled = True

    def __del__(self):
        if getattr(self, "_auto_gc_enabled", False):
            self._session._register_dead_handle(self.handle)

    def __str__(self):
        return self._handle

    def _get_resource_handle(self):
        if self._resource_handle is None:
            from pytfgraph import protos
            message = protos.message("tensorflow.ResourceHandleProto")()
            message.device = self._handle.split(";")[_DEVICE]
            message.container = "TensorHandle"
            message.name = self._handle
            self._resource_handle = message
        return self._resource_handle

    def to_numpy_array(self):
        """The handle as an array that stands for a resource."""
        return encode_resource_handle(self._get_resource_handle())

    @property
    def handle(self):
        """The handle as a string."""
        return self._handle

    def _check_alive(self):
        if not self._auto_gc_enabled:
            raise TypeError("Persistent tensor %s may have already been deleted." % self.handle)

    def eval(self):
        """The tensor's value; TypeError after delete or get_raw_handle."""
        self._check_alive()
        holder, reader = _get_handle_reader(self._session.graph, self._handle, self._dtype)
        return self._session.run(reader, feed_dict={holder: self._handle})

    def delete(self):
        """Drops the tensor now; TypeError after delete or get_raw_handle."""
        self._check_alive()
        self._auto_gc_enabled = False
        holder, deleter = _get_handle_deleter(self._session.graph, 0, self._handle)
        self._session.run(deleter, feed_dict={holder: self.handle})

    def get_raw_handle(self):
        """The handle as a string; from now on nobody but the caller drops the tensor."""
        self._auto_gc_enabled = False
        return self._handle

    @staticmethod
    def _get_device_name(handle):
        text = handle.decode() if isinstance(handle, bytes) else str(handle)
        return _device.canonical_name(text.split(";")[_DEVICE])

    @staticmethod
    def _get_reader_key(handle):
        parts = str(handle).split(";")
        return parts[0] + ";" + parts[_DEVICE]

    @staticmethod
    def _get_mover_key(feeder, handle):
        return feeder.op.name + ";" + TensorHandle._get_reader_key(handle)


def get_session_handle(data, name=None):
    """A scalar string Tensor: the handle under which the session keeps `data` when a run fetches it.

    Args:
      data: a Tensor.
      name: of the operation.

    Raises:
      TypeError: where data is no Tensor.
    """
    if not isinstance(data, ops.Tensor):
        raise TypeError("`data` must be of type Tensor.")
    with ops.colocate_with(data):
        return gen.get_session_handle(data, name=name)


def get_session_tensor(handle, dtype, name=None):
    """A placeholder for a handle, and the tensor that it names.

    Args:
      handle: a handle, whose device is the operations'.
      dtype: of the tensor.
      name: of the operation.

    InvalidArgumentError when run with a handle that the session does not know.
    """
    with ops.device(TensorHandle._get_device_name(handle)):
        holder = array_ops.placeholder(dtypes.string)
        _register_handle_feeder(holder.graph, holder, dtype)
        return holder, gen.get_session_tensor(holder, dtype, name=name)


def delete_session_tensor(handle, name=None):
    """A placeholder for a handle, and the operation that drops the tensor it names.

    Args:
      handle: a handle, whose device is the operations'.
      name: of the operation.

    InvalidArgumentError when run with a handle that the session does not know.
    """
    with ops.device(TensorHandle._get_device_name(handle)):
        holder = array_ops.placeholder(dtypes.string)
        return holder, gen.delete_session_tensor(holder, name=name)


def _register_handle_feeder(graph, feeder, dtype):
    graph._handle_feeders[feeder.op.name] = dtype


def _get_handle_feeder(graph, feeder):
    return graph._handle_feeders.get(feeder.op.name)


def _get_handle_reader(graph, handle, dtype):
    key = TensorHandle._get_reader_key(handle)
    if key not in graph._handle_readers:
        with graph.as_default(), graph.device(TensorHandle._get_device_name(handle)):
            holder = array_ops.placeholder(dtypes.string)
            _register_handle_feeder(holder.graph, holder, dtype)
            graph._handle_readers[key] = holder, gen.get_session_tensor(holder, dtype)
    return graph._handle_readers[key]


def _get_handle_mover(graph, feeder, handle):
    """What brings a tensor to the device of the placeholder that its handle is fed to; None where it is there."""
    dtype = _get_handle_feeder(graph, feeder)
    if dtype is None or feeder.op.device == TensorHandle._get_device_name(handle):
        return None
    key = TensorHandle._get_mover_key(feeder, handle)
    if key not in graph._handle_movers:
        holder, reader = _get_handle_reader(graph, handle, dtype)
        with graph.as_default(), graph.device(feeder.op.device):
            graph._handle_movers[key] = holder, gen.get_session_handle(reader)
    return graph._handle_movers[key]


def _get_handle_deleter(graph, deleter_key, handle):
    if deleter_key not in graph._handle_deleters:
        with graph.as_default(), graph.device(TensorHandle._get_device_name(handle)):
            holder = array_ops.placeholder(dtypes.string)
            graph._handle_deleters[deleter_key] = holder, gen.delete_session_tensor(holder)
    return graph._handle_deleters[deleter_key]


def _delete_dead(session, handles):
    """Drops the tensors of handles that have gone; called by sessions."""
    pairs = [(_get_handle_deleter(session.graph, key, handle), handle) for key, handle in enumerate(handles)]
    session.run([deleter for (_, deleter), _ in pairs], feed_dict={holder: handle for (holder, _), handle in pairs})


def _moved(session, fed):
    """For (number, placeholder, handle) of a run's feeds: (number, new handle) of those that had to move; called by sessions."""
    needed = [(number, _get_handle_mover(session.graph, feeder, handle), handle) for number, feeder, handle in fed]
    needed = [entry for entry in needed if entry[1]]
    if not needed:
        return []
    made = session.run([mover[1] for _, mover, _ in needed], feed_dict={mover[0]: str(handle) for _, mover, handle in needed})
    return [(number, handle) for (number, _, _), handle in zip(needed, made)]


_core._set_classes(TensorHandle=TensorHandle)
