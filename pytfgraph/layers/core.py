"""The layers that need no window over an image: fully connected, flattening, dropout."""
import numpy as np

from pytfgraph.framework import common_shapes, ops, smart_cond, tensor_shape
from pytfgraph.layers import base, by_name
from pytfgraph.layers.input_spec import InputSpec
from pytfgraph.ops import array_ops, init_ops, math_ops, nn, nn_ops, raw


class Dense(base.Layer):
    """activation(inputs * kernel + bias), over the last dimension of inputs of rank 2 or more.

    Args:
      units: the size of the last dimension of the result.
      activation: a function, or the name of one; None leaves the sum as it is.
      use_bias: whether there is a bias.
      kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, kernel_constraint, bias_constraint: of the variables
        `kernel` of shape [size of the last dimension, units] and `bias` of shape [units].
      activity_regularizer: gives a loss for the result.
      trainable, name: of the layer.

    Raises:
      ValueError: when called, for inputs whose last dimension is unknown, or not that of the first call.
    """

    def __init__(self, units, activation=None, use_bias=True, kernel_initializer=None, bias_initializer=init_ops.zeros_initializer(),
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None,
                 trainable=True, name=None, **kwargs):
        if "input_shape" not in kwargs and "input_dim" in kwargs:
            kwargs["input_shape"] = (kwargs.pop("input_dim"),)
        super().__init__(trainable=trainable, name=name, activity_regularizer=activity_regularizer, **kwargs)
        self.units = int(units)
        self.activation = by_name.activation(activation)
        self.use_bias = use_bias
        self.kernel_initializer = by_name.initializer(kernel_initializer)
        self.bias_initializer = by_name.initializer(bias_initializer)
        self.kernel_regularizer, self.bias_regularizer = kernel_regularizer, bias_regularizer
        self.kernel_constraint, self.bias_constraint = kernel_constraint, bias_constraint
        self.supports_masking = True
        self.input_spec = InputSpec(min_ndim=2)

    def build(self, input_shape):
        depth = tensor_shape.TensorShape(input_shape)[-1].value
        if depth is None:
            raise ValueError("The last dimension of the inputs to `Dense` should be defined. Found `None`.")
        self.input_spec = InputSpec(min_ndim=2, axes={-1: depth})
        self.kernel = self.add_weight("kernel", shape=[depth, self.units], initializer=self.kernel_initializer,
                                      regularizer=self.kernel_regularizer, constraint=self.kernel_constraint, dtype=self.dtype,
                                      trainable=True)
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight("bias", shape=[self.units], initializer=self.bias_initializer, regularizer=self.bias_regularizer,
                                        constraint=self.bias_constraint, dtype=self.dtype, trainable=True)
        self.built = True

    def call(self, inputs):
        inputs = ops.convert_to_tensor(inputs, dtype=self.dtype)
        rank = common_shapes.rank(inputs)
        if rank > 2:
            outputs = math_ops.tensordot(inputs, self.kernel, [[rank - 1], [0]])
            outputs.set_shape(inputs.get_shape().as_list()[:-1] + [self.units])
        else:
            outputs = raw.function("mat_mul")(inputs, self.kernel)
        if self.use_bias:
            outputs = nn.bias_add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)

    def compute_output_shape(self, input_shape):
        input_shape = tensor_shape.TensorShape(input_shape).with_rank_at_least(2)
        if input_shape[-1].value is None:
            raise ValueError("The innermost dimension of input_shape must be defined, but saw: %s" % input_shape)
        return input_shape[:-1].concatenate(self.units)


class Flatten(base.Layer):
    """Inputs of shape [batch, ...] as [batch, number of elements of each]."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.input_spec = InputSpec(min_ndim=2)

    def call(self, inputs):
        outputs = array_ops.reshape(inputs, (array_ops.shape(inputs)[0], -1))
        outputs.set_shape(self.compute_output_shape(inputs.get_shape()))
        return outputs

    def compute_output_shape(self, input_shape):
        dims = tensor_shape.TensorShape(input_shape).as_list()
        return tensor_shape.TensorShape([dims[0], int(np.prod(dims[1:])) if all(dims[1:]) else None])


class Dropout(base.Layer):
    """In training, sets the part `rate` of the elements to zero, and makes the others greater by as much.

    Args:
      rate: between 0 and 1.
      noise_shape: the shape of what is drawn, 1 where all elements of a dimension share their lot.
      seed, name: of the generator; of the layer.
    """

    def __init__(self, rate=0.5, noise_shape=None, seed=None, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        self.rate, self.noise_shape, self.seed = rate, noise_shape, seed
        self.supports_masking = True

    def call(self, inputs, training=False):
        def dropped():
            shape = None if self.noise_shape is None else nn_ops._get_noise_shape(inputs, self.noise_shape)
            return nn.dropout(inputs, 1 - self.rate, noise_shape=shape, seed=self.seed)
        return smart_cond.smart_cond(training, dropped, lambda: array_ops.identity(inputs))

    def compute_output_shape(self, input_shape):
        return input_shape


def dense(inputs, units, activation=None, use_bias=True, kernel_initializer=None, bias_initializer=init_ops.zeros_initializer(),
          kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None,
          trainable=True, name=None, reuse=None):
    """A new Dense layer, applied to inputs; `reuse` says whether its variables are there already."""
    layer = Dense(units, activation=activation, use_bias=use_bias, kernel_initializer=kernel_initializer,
                  bias_initializer=bias_initializer, kernel_regularizer=kernel_regularizer, bias_regularizer=bias_regularizer,
                  activity_regularizer=activity_regularizer, kernel_constraint=kernel_constraint, bias_constraint=bias_constraint,
                  trainable=trainable, name=name, _scope=name, _reuse=reuse)
    return layer.apply(inputs)


def dropout(inputs, rate=0.5, noise_shape=None, seed=None, training=False, name=None):
    """A new Dropout layer, applied to inputs; `training` is a bool or a scalar boolean tensor."""
    return Dropout(rate, noise_shape=noise_shape, seed=seed, name=name).apply(inputs, training=training)


def flatten(inputs, name=None):
    """A new Flatten layer, applied to inputs."""
    return Flatten(name=name).apply(inputs)


FullyConnected = Dense
fully_connected = dense
