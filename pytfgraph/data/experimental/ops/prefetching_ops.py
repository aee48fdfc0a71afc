"""Elements on other devices."""
from pytfgraph.data.ops import dataset_ops, iterator_ops
from pytfgraph.data.util import nest, sparse
from pytfgraph.framework import device as framework_device
from pytfgraph.framework import dtypes, function, ops
from pytfgraph.framework.constant_op import constant
from pytfgraph.ops import functional_ops, raw

gen_dataset_ops = dataset_ops.gen_dataset_ops


class _CopyToDeviceDataset(dataset_ops.UnaryDataset):
    """The elements of a dataset of another device, which an iterator goes through there."""

    def __init__(self, input_dataset, target_device, source_device="/cpu:0"):
        super().__init__(input_dataset)
        self._target_device = target_device
        self._is_gpu_target = framework_device.DeviceSpec.from_string(target_device).device_type == "GPU"
        self._source_device_string = source_device
        self._source_device = ops.convert_to_tensor(source_device)
        self._attrs = iterator_ops._attrs(input_dataset.output_types, input_dataset.output_shapes, input_dataset.output_classes)

        @function.Defun()
        def _init_func():
            dataset = self._input_dataset._as_variant_tensor()
            resource = gen_dataset_ops.anonymous_iterator(**self._attrs)
            with ops.control_dependencies([gen_dataset_ops.make_iterator(dataset, resource)]):
                return gen_dataset_ops.iterator_to_string_handle(resource)

        @function.Defun()
        def _remote_init_func():
            return self._call_there(_init_func, [], [dtypes.string])

        @function.Defun(dtypes.string)
        def _next_func(string_handle):
            with ops.device(self._source_device_string):
                iterator = iterator_ops.Iterator.from_string_handle(string_handle, self.output_types, self.output_shapes,
                                                                    self.output_classes)
            return nest.flatten(sparse.serialize_sparse_tensors(iterator.get_next()))

        @function.Defun(dtypes.string)
        def _remote_next_func(string_handle):
            return self._call_there(_next_func, [string_handle], self._attrs["output_types"])

        @function.Defun(dtypes.string)
        def _finalize_func(string_handle):
            resource = gen_dataset_ops.iterator_from_string_handle_v2(string_handle, **self._attrs)
            ended = raw.function("destroy_resource_op")(resource, ignore_lookup_error=True)
            with ops.control_dependencies([ended]):
                return constant(0, dtypes.int64)

        @function.Defun(dtypes.string)
        def _remote_finalize_func(string_handle):
            return self._call_there(_finalize_func, [string_handle], [dtypes.int64])

        self._functions = _remote_init_func, _remote_next_func, _remote_finalize_func
        self._captured = [f.captured_inputs for f in self._functions]
        for f in self._functions:
            f.add_to_graph(ops.get_default_graph())

    def _call_there(self, f, args, types):
        return functional_ops.remote_call(target=self._source_device, args=args + list(f.captured_inputs), Tout=types, f=f)

    def make_one_shot_iterator(self):
        if self._is_gpu_target:
            raise ValueError("Cannot create a one shot iterator when using `tf.data.experimental.copy_to_device()` on GPU. Please use "
                             "`Dataset.make_initializable_iterator()` instead.")
        return super().make_one_shot_iterator()

    def _as_variant_tensor(self):
        init, each, last = self._functions
        with ops.device(self._target_device):
            return gen_dataset_ops.generator_dataset(*self._captured, init_func=init, next_func=each, finalize_func=last, **self._attrs)


def copy_to_device(target_device, source_device="/cpu:0"):
    """A transformation for Dataset.apply: the elements, computed on `source_device`, on `target_device`.

    Raises:
      ValueError: a one-shot iterator is asked for, and the target is a GPU.
    """
    return lambda dataset: _CopyToDeviceDataset(dataset, target_device=target_device, source_device=source_device)


class _PrefetchToDeviceDataset(dataset_ops.UnaryDataset):
    """The elements on another device, computed ahead there: the end of a pipeline."""

    def __init__(self, input_dataset, device, buffer_size):
        super().__init__(input_dataset)
        self._device = device
        self._ahead = _CopyToDeviceDataset(input_dataset, device).prefetch(buffer_size if buffer_size is not None else -1)

    def make_one_shot_iterator(self):
        with ops.device(self._device):
            return self._ahead.make_one_shot_iterator()

    def make_initializable_iterator(self, shared_name=None):
        with ops.device(self._device):
            return self._ahead.make_initializable_iterator(shared_name)

    def _as_variant_tensor(self):
        raise NotImplementedError("`prefetch_to_device()` must be the last transformation in a dataset pipeline.")


def prefetch_to_device(device, buffer_size=None):
    """A transformation for Dataset.apply: the elements on `device`, computed ahead of who asks for them.

    Args:
      device: the name of a device.
      buffer_size: how many elements may be there ahead; None: as many as it takes.

    Raises:
      NotImplementedError: the dataset is transformed further, which it cannot be.
    """
    return lambda dataset: _PrefetchToDeviceDataset(dataset, device, buffer_size)
