"""The base of all layers: variables, losses and updates of an object that is built at its first call.

layers.base has the tf.layers form of it, whose variables come from tf.get_variable.
"""
import collections
import functools
import inspect
import re
import weakref

from pytfgraph.framework import dtypes, ops, tensor_shape
from pytfgraph.layers import by_name, input_spec
from pytfgraph.layers.input_spec import InputSpec  # noqa: F401
from pytfgraph.ops import variables as tf_variables
from pytfgraph.ops.variables import VariableAggregation, VariableSynchronization
from pytfgraph.training.checkpointable import base as checkpointable
from pytfgraph.util import nest

_KEYWORDS = ("input_shape", "batch_input_shape", "batch_size", "weights", "activity_regularizer")


# ---- names ----

def to_snake_case(name):
    """BasicLSTMCell is basic_lstm_cell; _Private is private_private, since a scope must not begin with "_"."""
    parted = re.sub("(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    parted = re.sub("([a-z])([A-Z])", r"\1_\2", parted).lower()
    return "private" + parted if parted[0] == "_" else parted


_names_of_graphs = weakref.WeakKeyDictionary()


def unique_layer_name(name, name_uid_map=None, avoid_names=None, namespace="", zero_based=False):
    """name_1, name_2 ... (zero_based: name, name_1 ...), each once in the default graph or in a map of counts."""
    if name_uid_map is None:
        name_uid_map = _names_of_graphs.setdefault(ops.get_default_graph(), collections.defaultdict(int))
    while True:
        number = name_uid_map[namespace, name]
        name_uid_map[namespace, name] += 1
        if not zero_based:
            number += 1
        proposed = "%s_%d" % (name, number) if number else name
        if proposed not in (avoid_names or ()):
            return proposed


def fn_args(function):
    """The names of a function's positional arguments, without `self`."""
    names = [p.name for p in inspect.signature(function).parameters.values()
             if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return tuple(names)


def shape_type_conversion(method):
    """A decorator for build() and the like: a shape comes as a tuple of ints, whatever it was, and goes as a TensorShape."""
    @functools.wraps(method)
    def wrapper(instance, input_shape):
        def as_tuple(shape):
            return tuple(tensor_shape.TensorShape(shape).as_list())
        if isinstance(input_shape, list):
            input_shape = [as_tuple(shape) for shape in input_shape]
        elif input_shape is not None:
            input_shape = as_tuple(input_shape)
        result = method(instance, input_shape)
        if isinstance(result, list):
            return [tensor_shape.TensorShape(shape) for shape in result]
        return None if result is None else tensor_shape.TensorShape(result)
    return wrapper


def _list(x):
    return x if isinstance(x, list) else [x]


class Layer(checkpointable.CheckpointableBase):
    """An object with variables that turns tensors into tensors.

    A class of layers says how in call(inputs), and makes its variables by add_weight() in build(input_shape), which runs before the
    first call.

    Args:
      trainable: whether the variables are for training.
      name: of the layer; made from the class's name where not given.
      dtype: of the variables; that of the first input where not given.

    Raises:
      TypeError: for a keyword that layers do not have.
    """

    def __init__(self, trainable=True, name=None, dtype=None, **kwargs):
        for keyword in kwargs:
            if keyword not in _KEYWORDS:
                raise TypeError("Keyword argument not understood:", keyword)
        self.trainable = trainable
        self.stateful = False
        self.built = False
        self.input_spec = None
        self.supports_masking = False
        self._init_set_name(name)
        self._activity_regularizer = kwargs.pop("activity_regularizer", None)
        self._trainable_weights = []
        self._non_trainable_weights = []
        self._updates = []
        self._losses = []
        self._callable_losses = []
        self._dtype = None if dtype is None else dtypes.as_dtype(dtype).name
        self._call_fn_args = fn_args(self.call)
        self._inbound_nodes = []
        self._outbound_nodes = []
        if "batch_input_shape" in kwargs:
            self._batch_input_shape = tuple(kwargs["batch_input_shape"])
        elif "input_shape" in kwargs:
            self._batch_input_shape = (kwargs.get("batch_size"),) + tuple(kwargs["input_shape"])
        self._initial_weights = kwargs.get("weights")

    def _init_set_name(self, name, zero_based=True):
        self._name = name or unique_layer_name(to_snake_case(type(self).__name__), zero_based=zero_based)

    # ---- what it holds ----

    @property
    def name(self):
        """The layer's name."""
        return self._name

    @property
    def dtype(self):
        """The name of the variables' dtype; None before the first call where it was not given."""
        return self._dtype

    @property
    def activity_regularizer(self):
        """A function from each output to a loss, or None."""
        return self._activity_regularizer

    @activity_regularizer.setter
    def activity_regularizer(self, regularizer):
        self._activity_regularizer = regularizer

    @property
    def trainable_weights(self):
        """The variables for training; none of a layer that is not trainable."""
        return self._trainable_weights if self.trainable else []

    @property
    def non_trainable_weights(self):
        """The other variables."""
        return self._non_trainable_weights if self.trainable else self._trainable_weights + self._non_trainable_weights

    @property
    def trainable_variables(self):
        """As trainable_weights."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self):
        """As non_trainable_weights."""
        return self.non_trainable_weights

    @property
    def weights(self):
        """All variables, those for training first."""
        return self.trainable_weights + self.non_trainable_weights

    @property
    def variables(self):
        """As weights."""
        return self.weights

    @property
    def updates(self):
        """The operations of add_update; none of a layer that is not trainable (unless `stateful`)."""
        return self._updates if self.trainable or self.stateful else []

    @property
    def losses(self):
        """The losses of add_loss and of the variables' regularizers, which are made anew each time."""
        made = [regularizer() for regularizer in self._callable_losses]
        return list(self._losses) + [loss for loss in made if loss is not None]

    def count_params(self):
        """The number of elements of all variables; ValueError before the layer is built."""
        if not self.built:
            raise ValueError("You tried to call `count_params` on %s, but the layer isn't built. You can build it manually via: "
                             "`%s.build(batch_input_shape)`." % (self.name, self.name))
        return sum(w.shape.num_elements() for w in self.weights)

    # ---- losses and updates ----

    def add_update(self, updates, inputs=None):
        """Adds operations that belong to a training step: whenever the layer is used, or (inputs given) where those inputs are."""
        for x in _list(updates):
            if not isinstance(x, ops.Operation):
                x = x.op if hasattr(x, "op") else ops.convert_to_tensor(x)
            x._unconditional_update = inputs is None
            self._updates.append(x)

    def get_updates_for(self, inputs):
        """The updates that depend on tensors; for None, those that were added without inputs."""
        if inputs is None:
            return [x for x in self.updates if x._unconditional_update]
        reachable = _reachable(inputs, self.updates)
        return [x for x in self.updates if x in reachable]

    def add_loss(self, losses, inputs=None):
        """Adds losses, tensors or functions without arguments that give one; `inputs` are the tensors on which they depend, if any."""
        def tagged(loss):
            loss = loss() if callable(loss) else loss
            if loss is None:
                return None
            if not isinstance(loss, (ops.Tensor, tf_variables.Variable)):
                loss = ops.convert_to_tensor(loss, dtype="float32")
            loss._unconditional_loss = inputs is None
            return loss
        for loss in _list(losses):
            if callable(loss):
                self._callable_losses.append(functools.partial(tagged, loss))
            else:
                self._losses.append(tagged(loss))

    def get_losses_for(self, inputs):
        """The losses that depend on tensors; for None, those that were added without inputs."""
        if inputs is None:
            return [x for x in self.losses if x._unconditional_loss]
        reachable = _reachable(inputs, self.losses)
        return [x for x in self.losses if x in reachable]

    def _handle_weight_regularization(self, name, variable, regularizer):
        def loss(v):
            with ops.colocate_with(v), ops.name_scope(name + "/Regularizer"):
                return regularizer(v)
        for v in variable if isinstance(variable, tf_variables.PartitionedVariable) else [variable]:
            self.add_loss(functools.partial(loss, v))

    def _handle_activity_regularization(self, inputs, outputs):
        if self._activity_regularizer:
            for output in nest.flatten(outputs):
                with ops.name_scope("ActivityRegularizer"):
                    loss = self._activity_regularizer(output)
                self.add_loss(loss, inputs=inputs)

    # ---- variables ----

    def build(self, input_shape):
        """Makes the variables, for inputs of a shape (or a structure of them)."""
        self.built = True

    def add_variable(self, *args, **kwargs):
        """As add_weight."""
        return self.add_weight(*args, **kwargs)

    def add_weight(self, name, shape, dtype=None, initializer=None, regularizer=None, trainable=None, constraint=None, partitioner=None,
                   use_resource=None, synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE, **kwargs):
        """Adds a variable to the layer.

        Args:
          name: of the variable.
          shape: of the variable.
          dtype: the layer's where not given, or else float32.
          initializer: an initializer, its name or configuration; Glorot's uniform (floating) or zeros where not given.
          regularizer: a function from the variable to a loss of the layer.
          trainable: whether it is for training.
          constraint: a function from the updated value to the one to keep.
          partitioner: cuts the variable into parts.
          use_resource: whether it is a ResourceVariable.
          synchronization, aggregation: how copies on several devices behave.
          getter, collections: what makes the variable, and what it joins.

        Raises:
          TypeError: for other keywords.
          ValueError: for a dtype that has no default initializer, or a variable that is read on demand and yet trainable.
        """
        for keyword in kwargs:
            if keyword not in ("getter", "collections"):
                raise TypeError("Unknown keyword argument:", keyword)
        dtype = dtypes.as_dtype(dtype or self.dtype or "float32")
        trainable = trainable_value(synchronization, trainable)
        initializer = by_name.initializer(initializer)
        if initializer is None:
            initializer = self._default_initializer(name, dtype)
        getter = kwargs.get("getter") or make_variable
        variable = getter(name=name, shape=shape, initializer=initializer, dtype=dtype, constraint=constraint,
                          trainable=trainable and self.trainable, partitioner=partitioner, use_resource=use_resource,
                          collections=kwargs.get("collections"), synchronization=synchronization, aggregation=aggregation)
        if isinstance(variable, tf_variables.Variable):
            self._track_checkpointable(variable, name=name, overwrite=True)
        if regularizer is not None:
            self._handle_weight_regularization(name, variable, regularizer)
        (self._trainable_weights if trainable else self._non_trainable_weights).append(variable)
        return variable

    def _default_initializer(self, name, dtype):
        if dtype.is_floating:
            return by_name.initializer("glorot_uniform")
        if dtype.is_integer or dtype.is_unsigned or dtype.is_bool:
            return by_name.initializer("zeros")
        raise ValueError("An initializer for variable %s of type %s is required for layer %s" % (name, dtype.base_dtype, self.name))

    # ---- the call ----

    def call(self, inputs, **kwargs):
        """What the layer makes of its inputs; classes of layers say it."""
        return inputs

    def _name_scope(self):
        return self.name

    def __call__(self, inputs, *args, **kwargs):
        """Builds the layer at its first call, and applies it: what call() returns.

        Raises:
          ValueError: if inputs are not what the layer's input_spec asks, or call() returns None.
        """
        with ops.name_scope(self._name_scope()):
            if not self.built:
                self._build_for(inputs)
            input_spec.check(self, inputs)
            outputs = self.call(inputs, *args, **kwargs)
            if outputs is None:
                raise ValueError("A layer's `call` method should return a Tensor or a list of Tensors, not None (layer: %s)." % self.name)
            self._handle_activity_regularization(inputs, outputs)
        return outputs

    def _build_for(self, inputs):
        input_spec.check(self, inputs)
        flat = nest.flatten(inputs)
        if flat and self._dtype is None and hasattr(flat[0], "dtype"):
            self._dtype = dtypes.as_dtype(flat[0].dtype).base_dtype.name
        shapes = None
        if all(hasattr(x, "shape") for x in flat):
            shapes = nest.map_structure(lambda x: x.shape, inputs)
        self.build(shapes)
        self.built = True

    def _assert_input_compatibility(self, inputs):
        input_spec.check(self, inputs)

    def apply(self, inputs, *args, **kwargs):
        """As calling the layer."""
        return self(inputs, *args, **kwargs)

    def compute_output_shape(self, input_shape):
        """The shape of what the layer makes of an input; classes of layers say it."""
        raise NotImplementedError

    def compute_mask(self, inputs, mask=None):
        """The mask of the outputs: the inputs' for a layer that supports masks, else None; TypeError where it was given one."""
        if self.supports_masking:
            return mask
        if any(m is not None for m in _list(mask)):
            raise TypeError("Layer %s does not support masking, but was passed an input_mask: %s" % (self.name, mask))
        return None

    # ---- connections: tensors that no Keras input stands behind leave none ----

    @property
    def inbound_nodes(self):
        """The calls of this layer in a Keras model."""
        return self._inbound_nodes

    @property
    def outbound_nodes(self):
        """The calls of other layers in a Keras model that take this one's outputs."""
        return self._outbound_nodes

    @property
    def input(self):
        """The layer's input in a Keras model; AttributeError outside of one."""
        raise AttributeError("Layer %s is not connected, no input to return." % self.name)

    @property
    def output(self):
        """The layer's output in a Keras model; AttributeError outside of one."""
        raise AttributeError("Layer %s has no inbound nodes." % self.name)

    @property
    def input_shape(self):
        """The input's shape in a Keras model; AttributeError outside of one."""
        raise AttributeError("The layer has never been called and thus has no defined input shape.")

    @property
    def output_shape(self):
        """The output's shape in a Keras model; AttributeError outside of one."""
        raise AttributeError("The layer has never been called and thus has no defined output shape.")

    # ---- configuration ----

    def get_config(self):
        """The arguments that make this layer again, without its variables' values: a dict."""
        config = {"name": self.name, "trainable": self.trainable}
        if hasattr(self, "_batch_input_shape"):
            config["batch_input_shape"] = self._batch_input_shape
        config["dtype"] = self.dtype
        return config

    @classmethod
    def from_config(cls, config):
        """A layer of a configuration that get_config() gave."""
        return cls(**config)


def trainable_value(synchronization, trainable):
    """Whether a variable is trainable where it was not said; ValueError for one that is read on demand and yet trainable."""
    if synchronization != VariableSynchronization.ON_READ:
        return True if trainable is None else trainable
    if trainable:
        raise ValueError("Synchronization value can be set to VariableSynchronization.ON_READ only for non-trainable variables. You have "
                         "specified trainable=True and synchronization=VariableSynchronization.ON_READ.")
    return False


def make_variable(name, shape=None, dtype=dtypes.float32, initializer=None, trainable=None, caching_device=None, validate_shape=True,
                  constraint=None, use_resource=None, collections=None, synchronization=VariableSynchronization.AUTO,
                  aggregation=VariableAggregation.NONE, partitioner=None):
    """A variable of its own, that no other layer finds by its name."""
    value, value_dtype = initializer, None
    if initializer is None or callable(initializer):
        made = initializer(dtype=dtype) if inspect.isclass(initializer) else initializer
        value, value_dtype = lambda: made(shape, dtype=dtype), dtype.base_dtype
    return tf_variables.VariableV1(
        initial_value=value, name=name, trainable=trainable, caching_device=caching_device, dtype=value_dtype,
        validate_shape=validate_shape, constraint=constraint, use_resource=True if use_resource is None else use_resource,
        collections=collections, synchronization=synchronization, aggregation=aggregation)


def _reachable(inputs, targets):
    """Those operations and tensors that depend on `inputs`; the walk ends when all of `targets` were met."""
    found, waiting = set(), list(nest.flatten(inputs))
    missing = set(targets)
    while waiting and missing:
        x = waiting.pop()
        if x in found:
            continue
        found.add(x)
        missing.discard(x)
        if isinstance(x, ops.Operation):
            waiting += x.outputs
        elif isinstance(x, tf_variables.Variable):
            waiting.append(x.op)
        else:
            waiting += x.consumers()
    return found
