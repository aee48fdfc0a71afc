"""Layers as functions: each makes its variables in a variable scope of its own, or finds them there."""
import functools

from pytfgraph.contrib.framework.python.ops import add_arg_scope, variables
from pytfgraph.contrib.layers.python.layers import initializers, utils
from pytfgraph.framework import dtypes, function, ops
from pytfgraph.layers import core
from pytfgraph.ops import array_ops, init_ops, math_ops, nn
from pytfgraph.ops import variable_scope as vs
from pytfgraph.ops import variables as tf_variables

__all__ = ["bias_add", "dropout", "elu", "flatten", "fully_connected", "legacy_fully_connected", "legacy_linear", "legacy_relu", "linear",
           "one_hot_encoding", "relu", "relu6", "repeat", "scale_gradient", "softmax", "stack", "unit_norm"]


@add_arg_scope
def bias_add(inputs, activation_fn=None, initializer=init_ops.zeros_initializer(), regularizer=None, reuse=None,
             variables_collections=None, outputs_collections=None, trainable=True, data_format="NHWC", scope=None):
    """Inputs plus a variable `biases`, one for each feature.

    Args:
      inputs: a tensor of known rank whose last dimension ("NCHW": the second of four) is known.
      activation_fn: applied to the sum.
      initializer, regularizer, trainable: of the variable.
      reuse, scope: of its scope.
      variables_collections: collections for the variable, or a dictionary that has them for "biases".
      outputs_collections: collections for the result.
      data_format: "NHWC" or "NCHW".

    Raises:
      ValueError: another data_format, or "NCHW" of another rank than 4; rank or features are not known.
    """
    if data_format not in ("NCHW", "NHWC"):
        raise ValueError("data_format has to be either NCHW or NHWC.")
    with vs.variable_scope(scope, "BiasAdd", [inputs], reuse=reuse) as sc:
        inputs = ops.convert_to_tensor(inputs)
        shape = inputs.get_shape()
        if shape.ndims is None:
            raise ValueError("Dims of shape must be known but is None")
        if shape.ndims != 4 and data_format == "NCHW":
            raise ValueError("Data format NCHW only supports 4D Tensor")
        features = shape[1 if data_format == "NCHW" else -1].value
        if features is None:
            raise ValueError("`C` dimension must be known but is None")
        biases = variables.model_variable("biases", shape=[features], dtype=inputs.dtype.base_dtype, initializer=initializer,
                                          regularizer=regularizer, trainable=trainable,
                                          collections=utils.get_variable_collections(variables_collections, "biases"))
        outputs = nn.bias_add(inputs, biases, data_format=data_format)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return utils.collect_named_outputs(outputs_collections, sc.name, outputs)


@add_arg_scope
def dropout(inputs, keep_prob=0.5, noise_shape=None, is_training=True, outputs_collections=None, scope=None, seed=None):
    """In training, keeps each element with probability keep_prob, and divides it by that; else inputs as they are.

    Args:
      inputs: a tensor.
      keep_prob: between 0 and 1.
      noise_shape: the shape of what is drawn, 1 where all elements of a dimension share their lot.
      is_training: a bool, or a scalar boolean tensor.
      outputs_collections, scope, seed: collections for the result; its scope; of the generator.
    """
    with vs.variable_scope(scope, "Dropout", [inputs], custom_getter=_model_variable_getter) as sc:
        inputs = ops.convert_to_tensor(inputs)
        layer = core.Dropout(rate=1 - keep_prob, noise_shape=noise_shape, seed=seed, name=sc.name, _scope=sc)
        return utils.collect_named_outputs(outputs_collections, sc.name, layer.apply(inputs, training=is_training))


@add_arg_scope
def flatten(inputs, outputs_collections=None, scope=None):
    """Inputs of shape [batch, ...] as [batch, number of elements of each].

    Raises:
      ValueError: inputs of rank below 2, or unknown.
    """
    with ops.name_scope(scope, "Flatten", [inputs]) as sc:
        inputs = ops.convert_to_tensor(inputs)
        return utils.collect_named_outputs(outputs_collections, sc, core.Flatten().apply(inputs))


def _model_variable_getter(getter, name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=True, collections=None,
                           caching_device=None, partitioner=None, rename=None, use_resource=None,
                           synchronization=tf_variables.VariableSynchronization.AUTO,
                           aggregation=tf_variables.VariableAggregation.NONE, **_):
    """A custom getter that makes model variables; `rename` gives the last parts of names others."""
    outer, slash, last = name.rpartition("/")
    name = outer + slash + (rename or {}).get(last, last)
    return variables.model_variable(name, shape=shape, dtype=dtype, initializer=initializer, regularizer=regularizer,
                                    collections=collections, trainable=trainable, caching_device=caching_device, partitioner=partitioner,
                                    custom_getter=getter, use_resource=use_resource, synchronization=synchronization,
                                    aggregation=aggregation)


def _build_variable_getter(rename=None):
    def layer_variable_getter(getter, *args, **kwargs):
        return _model_variable_getter(getter, *args, **dict(kwargs, rename=rename))
    return layer_variable_getter


def _add_variable_to_collections(variable, collections_set, collections_name):
    """Adds a variable, or each part of a partitioned one, to the collections of that name, once."""
    parts = list(variable) if isinstance(variable, tf_variables.PartitionedVariable) else [variable]
    for collection in utils.get_variable_collections(collections_set, collections_name) or []:
        for part in parts:
            if not any(v is part for v in ops.get_collection(collection)):
                ops.add_to_collection(collection, part)


@add_arg_scope
def fully_connected(inputs, num_outputs, activation_fn=nn.relu, normalizer_fn=None, normalizer_params=None,
                    weights_initializer=initializers.xavier_initializer(), weights_regularizer=None,
                    biases_initializer=init_ops.zeros_initializer(), biases_regularizer=None, reuse=None, variables_collections=None,
                    outputs_collections=None, trainable=True, scope=None):
    """activation_fn(inputs * weights + biases), over the last dimension of inputs.

    Args:
      inputs: a tensor of rank 2 or more whose last dimension is known.
      num_outputs: the size of the last dimension of the result.
      activation_fn: applied last; None for none.
      normalizer_fn, normalizer_params: applied to inputs * weights in place of adding biases, with these keyword arguments.
      weights_initializer, weights_regularizer: of the variable `weights`.
      biases_initializer, biases_regularizer: of the variable `biases`; without an initializer there is none.
      reuse, scope: of the variables' scope.
      variables_collections: collections for both variables, or a dictionary that has them for "weights" and "biases".
      outputs_collections: collections for the result.
      trainable: whether the variables are for training.

    Raises:
      ValueError: num_outputs is no integer; inputs of rank below 2, or an unknown last dimension.
    """
    if not isinstance(num_outputs, int):
        raise ValueError("num_outputs should be int or long, got %s." % (num_outputs,))
    with vs.variable_scope(scope, "fully_connected", [inputs], reuse=reuse,
                           custom_getter=_build_variable_getter({"bias": "biases", "kernel": "weights"})) as sc:
        inputs = ops.convert_to_tensor(inputs)
        layer = core.Dense(units=num_outputs, activation=None, use_bias=not normalizer_fn and biases_initializer,
                           kernel_initializer=weights_initializer, bias_initializer=biases_initializer,
                           kernel_regularizer=weights_regularizer, bias_regularizer=biases_regularizer, trainable=trainable, name=sc.name,
                           dtype=inputs.dtype.base_dtype, _scope=sc, _reuse=reuse)
        outputs = layer.apply(inputs)
        _add_variable_to_collections(layer.kernel, variables_collections, "weights")
        if layer.bias is not None:
            _add_variable_to_collections(layer.bias, variables_collections, "biases")
        if normalizer_fn is not None:
            outputs = normalizer_fn(outputs, **(normalizer_params or {}))
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return utils.collect_named_outputs(outputs_collections, sc.name, outputs)


@add_arg_scope
def one_hot_encoding(labels, num_classes, on_value=1.0, off_value=0.0, outputs_collections=None, scope=None):
    """Labels of shape [batch] as rows of num_classes elements: on_value in the label's place, off_value elsewhere."""
    with ops.name_scope(scope, "OneHotEncoding", [labels, num_classes]) as sc:
        labels = ops.convert_to_tensor(labels)
        if labels.dtype == dtypes.int32:
            labels = math_ops.to_int64(labels)
        outputs = array_ops.one_hot(labels, num_classes, on_value=on_value, off_value=off_value)
        return utils.collect_named_outputs(outputs_collections, sc, outputs)


def _scope_of(layer, otherwise):
    """The name of a function, also of one inside a functools.partial."""
    return getattr(layer, "__name__", None) or getattr(getattr(layer, "func", None), "__name__", otherwise)


def repeat(inputs, repetitions, layer, *args, **kwargs):
    """Applies a layer so many times, each time to what it gave before, with the same arguments in scopes scope_1, scope_2, ...

    Args:
      inputs: a tensor.
      repetitions: how many times.
      layer: a function of a tensor, *args, **kwargs and scope.
      *args, **kwargs: its arguments; `scope` names all of them, the layer's name where it is not given.
    """
    scope = kwargs.pop("scope", None)
    with vs.variable_scope(scope, "Repeat", [inputs]):
        outputs = ops.convert_to_tensor(inputs)
        scope = _scope_of(layer, "repeat") if scope is None else scope
        for i in range(repetitions):
            outputs = layer(outputs, *args, **dict(kwargs, scope="%s_%d" % (scope, i + 1)))
        return outputs


def stack(inputs, layer, stack_args, **kwargs):
    """Applies a layer once for each element of stack_args, each time to what it gave before, in scopes scope_1, scope_2, ...

    Args:
      inputs: a tensor.
      layer: a function of a tensor, the element (or the elements of a list or tuple), **kwargs and scope.
      stack_args: a list or tuple.
      **kwargs: further arguments; `scope` names all of them, the layer's name where it is not given.

    Raises:
      ValueError: stack_args is neither a list nor a tuple.
    """
    scope = kwargs.pop("scope", None)
    if not isinstance(stack_args, (list, tuple)):
        raise ValueError("stack_args need to be a list or tuple")
    with vs.variable_scope(scope, "Stack", [inputs]):
        outputs = ops.convert_to_tensor(inputs)
        scope = _scope_of(layer, "stack") if scope is None else scope
        for i, args in enumerate(stack_args):
            args = args if isinstance(args, (list, tuple)) else [args]
            outputs = layer(outputs, *args, **dict(kwargs, scope="%s_%d" % (scope, i + 1)))
        return outputs


def _scaled(op, grad):
    return [grad * op.inputs[1], None]


@function.Defun(python_grad_func=_scaled, shape_func=lambda op: [op.inputs[0].shape])
def scale_gradient(inputs, gradient_multiplier):
    """Inputs as they are; their gradient is multiplied by gradient_multiplier, whose shape must broadcast to theirs."""
    del gradient_multiplier     # the gradient reads it
    return inputs


@add_arg_scope
def softmax(logits, scope=None):
    """tf.nn.softmax over the last dimension, which must be known, of logits of rank 2 or more; ValueError otherwise."""
    with vs.variable_scope(scope, "softmax", [logits]):
        classes = utils.last_dimension(logits.get_shape(), min_rank=2)
        predictions = nn.softmax(array_ops.reshape(logits, [-1, classes]))
        predictions = array_ops.reshape(predictions, array_ops.shape(logits))
        predictions.set_shape(logits.get_shape())
        return predictions


@add_arg_scope
def unit_norm(inputs, dim, epsilon=1e-7, scope=None):
    """Inputs divided by their length along a dimension.

    Args:
      inputs: a tensor of known rank.
      dim: a dimension, not negative.
      epsilon: added to the square of the length.
      scope: of the operations.

    Raises:
      ValueError: the rank is unknown, or there is no such dimension.
    """
    with vs.variable_scope(scope, "UnitNorm", [inputs]):
        if not inputs.get_shape():
            raise ValueError("The input rank must be known.")
        rank = len(inputs.get_shape().as_list())
        if not 0 <= dim < rank:
            raise ValueError("dim must be positive but smaller than the input rank.")
        lengths = math_ops.sqrt(epsilon + math_ops.reduce_sum(math_ops.square(inputs), dim, True))
        multiples = [array_ops.ones([dim], dtypes.int32)] if dim > 0 else []
        multiples.append(array_ops.strided_slice(array_ops.shape(inputs), [dim], [dim + 1]))
        if dim < rank - 1:
            multiples.append(array_ops.ones([rank - 1 - dim], dtypes.int32))
        return math_ops.div(inputs, array_ops.tile(lengths, array_ops.concat(multiples, 0)))


def legacy_fully_connected(x, num_output_units, activation_fn=None, weight_init=initializers.xavier_initializer(),
                           bias_init=init_ops.zeros_initializer(), name=None, weight_collections=(ops.GraphKeys.WEIGHTS,),
                           bias_collections=(ops.GraphKeys.BIASES,), output_collections=(ops.GraphKeys.ACTIVATIONS,), trainable=True,
                           weight_regularizer=None, bias_regularizer=None):
    """activation_fn(x * weights + bias), over the last dimension of x; the layer of before fully_connected.

    Args:
      x: a tensor of rank 2 or more whose last dimension is known.
      num_output_units: the size of the last dimension of the result.
      activation_fn: applied last.
      weight_init, weight_regularizer, weight_collections: of the variable `weights`.
      bias_init, bias_regularizer, bias_collections: of the variable `bias`; without bias_init there is none.
      name: of the variables' scope.
      output_collections: collections for the result, besides ACTIVATIONS.
      trainable: whether the variables are for training.

    Raises:
      ValueError: x of rank below 2 or unknown, or with an unknown last dimension.
    """
    with vs.variable_scope(name, "fully_connected", [x]):
        x = ops.convert_to_tensor(x)
        dims = x.get_shape().dims
        if dims is None:
            raise ValueError("dims of x must be known but is None")
        if len(dims) < 2:
            raise ValueError("rank of x must be at least 2 not: %d" % len(dims))
        depth = dims[-1].value
        if depth is None:
            raise ValueError("last dimension of x must be known but is None")

        def variable(name, shape, initializer, collections, regularizer):
            collections = set(list(collections or []) + [ops.GraphKeys.GLOBAL_VARIABLES])
            return vs.get_variable(name, shape=shape, dtype=x.dtype.base_dtype, initializer=initializer, collections=collections,
                                   regularizer=regularizer, trainable=trainable)

        weights = variable("weights", [depth, num_output_units], weight_init, weight_collections, weight_regularizer)
        y = math_ops.matmul(x if len(dims) <= 2 else array_ops.reshape(x, [-1, depth]), weights)
        if bias_init is not None:
            y = nn.bias_add(y, variable("bias", [num_output_units], bias_init, bias_collections, bias_regularizer))
        if len(dims) > 2:
            shape = array_ops.unstack(array_ops.shape(x))
            shape[-1] = num_output_units
            y = array_ops.reshape(y, array_ops.stack(shape))
            y.set_shape(x.get_shape().as_list()[:-1] + [num_output_units])
        if activation_fn is not None:
            y = activation_fn(y)
        ops.add_to_collections(list(output_collections or []) + [ops.GraphKeys.ACTIVATIONS], y)
        return y


elu = functools.partial(fully_connected, activation_fn=nn.elu)
relu = functools.partial(fully_connected, activation_fn=nn.relu)
relu6 = functools.partial(fully_connected, activation_fn=nn.relu6)
linear = functools.partial(fully_connected, activation_fn=None)
legacy_relu = functools.partial(legacy_fully_connected, activation_fn=nn.relu)
legacy_linear = functools.partial(legacy_fully_connected, activation_fn=None)
