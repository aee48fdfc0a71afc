"""An iterator for several devices: each element goes to one of them, in turn."""
from pytfgraph.data.ops import dataset_ops
from pytfgraph.data.util import nest, sparse
from pytfgraph.framework import dtypes, function, ops
from pytfgraph.framework.constant_op import constant
from pytfgraph.ops import control_flow_ops, functional_ops

gen_dataset_ops = dataset_ops.gen_dataset_ops


def _flat(dataset):
    """The attributes of a dataset's components, as they travel."""
    return {"output_types": nest.flatten(sparse.as_dense_types(dataset.output_types, dataset.output_classes)),
            "output_shapes": nest.flatten(sparse.as_dense_shapes(dataset.output_shapes, dataset.output_classes))}


class _PerDeviceGenerator(dataset_ops._Declared):
    """The elements of one device, fetched from the device that computes them."""

    def __init__(self, shard_num, multi_device_iterator_resource, incarnation_id, source_device, target_device, output_shapes, output_types,
                 output_classes):
        super().__init__()
        self._target_device = target_device
        self._output_types, self._output_shapes, self._output_classes = output_types, output_shapes, output_classes
        self._attrs = attrs = _flat(self)
        handle = gen_dataset_ops.multi_device_iterator_to_string_handle(multi_device_iterator_resource)

        def there(f, args, types):
            return functional_ops.remote_call(target=source_device, args=args + f.captured_inputs, Tout=types, f=f)

        @function.Defun()
        def _init_func():
            return handle

        @function.Defun()
        def _remote_init_func():
            return there(_init_func, [], [dtypes.string])

        @function.Defun(dtypes.string)
        def _next_func(string_handle):
            iterator = gen_dataset_ops.multi_device_iterator_from_string_handle(string_handle=string_handle, **attrs)
            return gen_dataset_ops.multi_device_iterator_get_next_from_shard(
                multi_device_iterator=iterator, shard_num=shard_num, incarnation_id=incarnation_id, **attrs)

        @function.Defun(dtypes.string)
        def _remote_next_func(string_handle):
            return there(_next_func, [string_handle], attrs["output_types"])

        @function.Defun(dtypes.string)
        def _finalize_func(unused_string_handle):
            return constant(0, dtypes.int64)

        @function.Defun(dtypes.string)
        def _remote_finalize_func(string_handle):
            return there(_finalize_func, [string_handle], [dtypes.int64])

        self._init_func, self._init_captured_args = _remote_init_func, _remote_init_func.captured_inputs
        self._next_func, self._next_captured_args = _remote_next_func, _remote_next_func.captured_inputs
        self._finalize_func, self._finalize_captured_args = _remote_finalize_func, _remote_finalize_func.captured_inputs

    def _as_variant_tensor(self):
        with ops.device(self._target_device):
            return gen_dataset_ops.generator_dataset(
                self._init_captured_args, self._next_captured_args, self._finalize_captured_args, init_func=self._init_func,
                next_func=self._next_func, finalize_func=self._finalize_func, **self._attrs)

    def _inputs(self):
        return []


class MultiDeviceIterator:
    """An iterator over a dataset for several devices: element i goes to device i modulo their number."""

    def __init__(self, dataset, devices, max_buffer_size=1, prefetch_buffer_size=1, source_device="/cpu:0"):
        """
        Args:
          dataset: a Dataset.
          devices: names of devices.
          max_buffer_size: elements that wait for a device where the dataset is computed.
          prefetch_buffer_size: elements that are computed ahead on each device; 0: none.
          source_device: the device that computes the dataset.
        """
        self._dataset, self._devices, self._source_device = dataset, devices, source_device
        self._source_device_tensor = ops.convert_to_tensor(source_device)
        attrs = _flat(dataset)
        with ops.device(source_device):
            self._multi_device_iterator_resource = gen_dataset_ops.multi_device_iterator(
                devices=devices, shared_name="", container="", **attrs)
            self._incarnation_id = gen_dataset_ops.multi_device_iterator_init(
                dataset._as_variant_tensor(), self._multi_device_iterator_resource, max_buffer_size=max_buffer_size)
        self._device_iterators = [self._iterator_of(i, device, prefetch_buffer_size) for i, device in enumerate(devices)]
        self._initializer = control_flow_ops.group(*[iterator.initializer for iterator in self._device_iterators])

    def _iterator_of(self, i, device, prefetch_buffer_size):
        dataset = self._dataset
        mine = _PerDeviceGenerator(i, self._multi_device_iterator_resource, self._incarnation_id, self._source_device_tensor, device,
                                   dataset.output_shapes, dataset.output_types, dataset.output_classes)
        if prefetch_buffer_size > 0:
            mine = mine.prefetch(prefetch_buffer_size)
        with ops.device(device):
            return mine.make_initializable_iterator()

    def get_next(self):
        """The next element of each device, a list."""
        result = []
        for device, iterator in zip(self._devices, self._device_iterators):
            with ops.device(device):
                result.append(iterator.get_next())
        return result

    @property
    def initializer(self):
        """The operation that begins anew on every device."""
        return self._initializer
