"""A device function that puts variables on parameter servers in turn, and the rest on the worker."""
from pytfgraph.framework import device as pydev
from pytfgraph.platform import tf_logging as logging
from pytfgraph.training import server_lib

STANDARD_PS_OPS = ("Variable", "VariableV2", "AutoReloadVariable", "MutableHashTable", "MutableHashTableV2", "MutableHashTableOfTensors",
                   "MutableHashTableOfTensorsV2", "MutableDenseHashTable", "MutableDenseHashTableV2", "VarHandleOp",
                   "BoostedTreesEnsembleResourceHandleOp")


class _RoundRobinStrategy:
    """The tasks in turn."""

    def __init__(self, num_tasks):
        self._num_tasks = num_tasks
        self._next_task = 0

    def __call__(self, unused_op):
        task = self._next_task
        self._next_task = (task + 1) % self._num_tasks
        return task


class _ReplicaDeviceChooser:
    """Chooses a device by the operation's type; see `replica_device_setter`."""

    def __init__(self, ps_tasks, ps_device, worker_device, merge_devices, ps_ops, ps_strategy):
        self._ps_tasks = ps_tasks
        self._ps_device = ps_device
        self._worker_device = worker_device
        self._merge_devices = merge_devices
        self._ps_ops = ps_ops
        self._ps_strategy = ps_strategy

    def device_function(self, op):
        """The device of an Operation or NodeDef."""
        if not self._merge_devices and op.device:
            return op.device
        asked = pydev.DeviceSpec.from_string(op.device or "")
        kind = op.op if hasattr(op, "DESCRIPTOR") else op.type
        if self._ps_tasks and self._ps_device and kind in self._ps_ops:
            chosen = pydev.DeviceSpec.from_string(self._ps_device)
            if chosen.job and (not asked.job or asked.job == chosen.job):
                chosen.task = self._ps_strategy(op)
        else:
            chosen = pydev.DeviceSpec.from_string(self._worker_device or "")
        chosen.merge_from(asked)
        return chosen.to_string()


def replica_device_setter(ps_tasks=0, ps_device="/job:ps", worker_device="/job:worker", merge_devices=True, cluster=None, ps_ops=None,
                          ps_strategy=None):
    """A device function for `tf.device()`: variables go to the parameter servers in turn, the rest to the worker.

    Args:
      ps_tasks: how many parameter servers there are; 0: none, and the function is None.
      ps_device: their device.
      worker_device: the device of the rest.
      merge_devices: whether devices that the program asks for are merged in, rather than kept as they are.
      cluster: a ClusterDef or ClusterSpec, which tells `ps_tasks`.
      ps_ops: the types that go to the servers; variables and tables where not said.
      ps_strategy: chooses the server, a function of the operation.

    Returns:
      A function, or None.

    Raises:
      TypeError: for a strategy that cannot be called.
    """
    if cluster is not None:
        jobs = (cluster if isinstance(cluster, server_lib.ClusterSpec) else server_lib.ClusterSpec(cluster)).as_dict()
        job = pydev.DeviceSpec.from_string(ps_device).job
        if jobs.get(job) is None:
            return None
        ps_tasks = len(jobs[job])
    if ps_tasks == 0:
        return None
    if not merge_devices:
        logging.warning("DEPRECATION: It is recommended to set merge_devices=true in replica_device_setter")
    ps_strategy = _RoundRobinStrategy(ps_tasks) if ps_strategy is None else ps_strategy
    if not callable(ps_strategy):
        raise TypeError("ps_strategy must be callable")
    return _ReplicaDeviceChooser(ps_tasks, ps_device, worker_device, merge_devices, list(STANDARD_PS_OPS) if ps_ops is None else ps_ops,
                                 ps_strategy).device_function
