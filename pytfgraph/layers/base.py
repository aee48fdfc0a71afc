"""tf.layers.Layer: a layer whose variables come from tf.get_variable, under a scope that is set when the layer is first used."""
import copy

from pytfgraph.framework import dtypes, ops
from pytfgraph.layers import engine
from pytfgraph.layers.input_spec import InputSpec  # noqa: F401
from pytfgraph.ops import variable_scope as vs
from pytfgraph.ops import variables as tf_variables
from pytfgraph.ops.variables import VariableAggregation, VariableSynchronization
from pytfgraph.util import nest


class Layer(engine.Layer):
    """The base of tf.layers' classes.

    Args:
      trainable: whether the variables are for training.
      name: of the layer, and of its scope; made from the class's name where not given.
      dtype: of the variables; that of the first input where not given.
      _scope: a scope's name or a VariableScope to use instead.
      _reuse: whether the variables exist already, or may.

    Raises:
      TypeError: for a keyword that layers do not have.
    """

    def __init__(self, trainable=True, name=None, dtype=None, **kwargs):
        self._use_resource_variables = False
        scope = kwargs.pop("_scope", None)
        self._reuse = kwargs.pop("_reuse", None)
        super().__init__(trainable=trainable, name=name, dtype=dtype, **kwargs)
        self._graph = None
        self._call_has_scope_arg = "scope" in self._call_fn_args
        self._scope = None
        self._current_scope = None
        if scope:
            with vs.variable_scope(scope) as captured:
                self._scope = captured

    @property
    def graph(self):
        """The graph of the first call; None before."""
        return self._graph

    def _init_set_name(self, name):
        if name:
            self._name = name
            self._base_name = name.name if isinstance(name, vs.VariableScope) else name
        else:
            self._name, self._base_name = self._make_unique_name()

    def _make_unique_name(self, name_uid_map=None, avoid_names=None, namespace="", zero_based=False):
        base = engine.to_snake_case(type(self).__name__)
        return engine.unique_layer_name(base, name_uid_map, avoid_names, namespace, zero_based), base

    @property
    def scope_name(self):
        """The name of the variables' scope; ValueError before the first call."""
        if not self._scope:
            # The doubled blank is TensorFlow's.
            raise ValueError('No name available for layer scope because the layer "%s" has not been used yet. The scope name  is determined '
                             "the first time the layer instance is called. You must therefore call the layer before querying `scope_name`."
                             % self._name)
        return self._scope.name

    def add_loss(self, losses, inputs=None):
        """Adds losses to the layer and to the collection REGULARIZATION_LOSSES."""
        n, n_callable = len(self._losses), len(self._callable_losses)
        super().add_loss(losses, inputs=inputs)
        made = [regularizer() for regularizer in self._callable_losses[n_callable:]]
        _collect(self._losses[n:] + [loss for loss in made if loss is not None], ops.GraphKeys.REGULARIZATION_LOSSES)

    def _name_scope(self):
        return self._current_scope.original_name_scope

    def _set_scope(self, scope=None):
        if self._scope is not None:
            return
        if self._reuse:
            opened = vs.variable_scope(scope if scope is not None else self._base_name)
        else:
            opened = vs.variable_scope(scope, default_name=self._base_name)
        with opened as captured:
            self._scope = captured

    def add_weight(self, name, shape, dtype=None, initializer=None, regularizer=None, trainable=None, constraint=None, use_resource=None,
                   synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE, partitioner=None):
        """Adds a variable of the layer's scope, or finds it where the scope reuses; arguments as tf.get_variable's.

        Raises:
          ValueError: for a variable that is read on demand and yet trainable, and where tf.get_variable does.
        """
        trainable = engine.trainable_value(synchronization, trainable)
        with ops.init_scope():  # a function's variables are outside of it
            existing = set(tf_variables.global_variables())
        self._set_scope(None)
        n = len(self._trainable_weights)
        with vs.variable_scope(self._scope, reuse=self.built or self._reuse, auxiliary_name_scope=False) as scope:
            self._current_scope = scope
            with ops.name_scope(self._name_scope()):
                variable = super().add_weight(
                    name, shape, dtype=dtypes.as_dtype(dtype or self.dtype or dtypes.float32),
                    initializer=scope.initializer if initializer is None else initializer, trainable=trainable, constraint=constraint,
                    partitioner=partitioner, use_resource=use_resource or self._use_resource_variables or scope.use_resource,
                    synchronization=synchronization, aggregation=aggregation, getter=vs.get_variable)
                if regularizer and not _any_of(variable, existing):
                    self._handle_weight_regularization(name, variable, regularizer)
                with ops.init_scope():
                    for_training = tf_variables.trainable_variables()
                if trainable and self.trainable and variable not in for_training:
                    # A custom getter made a variable that is not for training.
                    self._non_trainable_weights += self._trainable_weights[n:]
                    del self._trainable_weights[n:]
        return variable

    def __call__(self, inputs, *args, **kwargs):
        """Applies the layer: what call() returns.

        Args:
          inputs: a tensor, or a structure of them.
          scope: the variables' scope, at the first call; call() gets the current one where it has an argument `scope`.

        Raises:
          ValueError: for inputs of another graph than before, or that are not what input_spec asks, or if call() returns None.
        """
        self._set_scope(kwargs.pop("scope", None))
        try:
            self._graph = ops._get_graph_from_inputs(nest.flatten(inputs), graph=self._graph)
        except ValueError as e:
            raise ValueError("Input graph and Layer graph are not the same: %s" % e)
        with self._opened_scope() as scope:
            self._current_scope = scope
            if not hasattr(self, "_call_has_scope_arg"):  # a class that does not call this one's __init__
                self._call_fn_args = engine.fn_args(self.call)
                self._call_has_scope_arg = "scope" in self._call_fn_args
            if self._call_has_scope_arg:
                kwargs["scope"] = scope
            outputs = super().__call__(inputs, *args, **kwargs)
        _collect(self.updates, ops.GraphKeys.UPDATE_OPS)
        return outputs

    def _opened_scope(self):
        """The scope of a call.  Once the variables exist it is one that reuses, the same one each time."""
        if not self.built:
            return vs.variable_scope(self._scope, reuse=self._reuse, auxiliary_name_scope=False)
        if not hasattr(self, "_always_reuse_variable_scope"):
            self._always_reuse_variable_scope = vs.variable_scope(self._scope, reuse=True, auxiliary_name_scope=False)
        return self._always_reuse_variable_scope

    def __deepcopy__(self, memo):
        result = type(self).__new__(type(self))
        memo[id(self)] = result
        for key, value in self.__dict__.items():
            if key in ("_scope", "_always_reuse_variable_scope"):
                value = copy.copy(value)
            elif key != "_graph" and not _holds_tensors(value):
                value = copy.deepcopy(value, memo)
            setattr(result, key, value)
        return result


def _any_of(variable, existing):
    parts = variable if isinstance(variable, tf_variables.PartitionedVariable) else [variable]
    return any(v in existing for v in parts)


def _holds_tensors(x):
    x = x if isinstance(x, list) else [x]
    return bool(x) and all(isinstance(v, (ops.Tensor, tf_variables.Variable)) for v in x)


def _collect(elements, collection):
    kept = ops.get_collection_ref(collection)  # the collection exists from now on, even without elements
    known = set(kept)
    kept += [x for x in nest.flatten(elements) if x not in known]
