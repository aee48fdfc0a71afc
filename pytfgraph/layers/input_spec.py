"""What a layer asks of its inputs."""
from pytfgraph.util import nest


class InputSpec:
    """What one input of a layer must be; what is None is not asked.

    Args:
      dtype: of the input.
      shape: a tuple, where None leaves a dimension open.
      ndim: the rank.
      max_ndim, min_ndim: bounds of the rank.
      axes: {axis: size}.
    """

    def __init__(self, dtype=None, shape=None, ndim=None, max_ndim=None, min_ndim=None, axes=None):
        self.dtype = dtype
        self.shape = shape
        self.ndim = ndim if shape is None else len(shape)
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.axes = axes or {}

    def __repr__(self):
        parts = ["%s=%s" % (field, getattr(self, field)) for field in ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes")
                 if getattr(self, field)]
        return "InputSpec(%s)" % ", ".join(parts)


def check(layer, inputs):
    """Raises ValueError where inputs are not what the layer's input_spec asks."""
    if not layer.input_spec:
        return
    specs = nest.flatten(layer.input_spec)
    inputs = nest.flatten(inputs)
    if len(inputs) != len(specs):
        raise ValueError("Layer %s expects %d inputs, but it received %d input tensors. Inputs received: %s"
                         % (layer.name, len(specs), len(inputs), inputs))
    for i, (x, spec) in enumerate(zip(inputs, specs)):
        if spec is not None:
            _check_rank(layer, i, x.shape, spec)
            _check_sizes(layer, i, x, spec)


def _refuse(layer, i, text):
    raise ValueError("Input %d of layer %s is incompatible with the layer: %s" % (i, layer.name, text))


def _check_rank(layer, i, shape, spec):
    if spec.ndim is None and spec.min_ndim is None and spec.max_ndim is None:
        return
    ndims = shape.ndims
    if ndims is None:
        _refuse(layer, i, "its rank is undefined, but the layer requires a defined rank.")
    if spec.ndim is not None and ndims != spec.ndim:
        _refuse(layer, i, "expected ndim=%s, found ndim=%d. Full shape received: %s" % (spec.ndim, ndims, shape.as_list()))
    if spec.max_ndim is not None and ndims > spec.max_ndim:
        _refuse(layer, i, "expected max_ndim=%s, found ndim=%d" % (spec.max_ndim, ndims))
    if spec.min_ndim is not None and ndims < spec.min_ndim:
        # The second colon is TensorFlow's.
        _refuse(layer, i, ": expected min_ndim=%s, found ndim=%d. Full shape received: %s" % (spec.min_ndim, ndims, shape.as_list()))


def _check_sizes(layer, i, x, spec):
    if spec.dtype is not None and x.dtype != spec.dtype:
        _refuse(layer, i, "expected dtype=%s, found dtype=%s" % (spec.dtype, x.dtype))
    if not spec.axes and spec.shape is None:
        return
    shape = x.shape.as_list()
    for axis, value in spec.axes.items():
        value = getattr(value, "value", value)
        if value is not None and shape[int(axis)] not in {value, None}:
            _refuse(layer, i, "expected axis %s of input shape to have value %s but received input with shape %s" % (axis, value, shape))
    if spec.shape is not None:
        for wanted, found in zip(spec.shape, shape):
            if wanted is not None and found is not None and wanted != found:
                raise ValueError("Input %d is incompatible with layer %s: expected shape=%s, found shape=%s"
                                 % (i, layer.name, spec.shape, shape))
