"""The base of optimizers: gradients of a loss, and operations that apply them."""
from pytfgraph.framework import dtypes, ops
from pytfgraph.framework.indexed_slices import IndexedSlices
from pytfgraph.ops import (array_ops, control_flow_ops, gradients_impl, math_ops, resource_variable_ops, state_ops,
                           variables)
from pytfgraph.training import slot_creator
from pytfgraph.util import nest


def _deduplicate_indexed_slices(values, indices):
    """Values with equal indices summed, and the distinct indices."""
    unique, positions = array_ops.unique(indices)
    return math_ops.unsorted_segment_sum(values, positions, array_ops.shape(unique)[0]), unique


def _var_key(var):
    return (var.op.graph, var.op.name) if hasattr(var, "op") else var._unique_id


class _RefVariableProcessor:
    """How a reference variable is updated."""

    def __init__(self, v):
        self._v = v

    def __str__(self):
        return "<_RefVariableProcessor(%s)>" % self._v

    def target(self):
        return self._v._ref()

    def update_op(self, optimizer, g):
        if isinstance(g, ops.Tensor):
            return _constrained(self._v, optimizer._apply_dense(g, self._v))
        assert isinstance(g, IndexedSlices), ("Gradient ", g, " is neither a tensor nor IndexedSlices.")
        if self._v.constraint is not None:
            raise RuntimeError("Cannot use a constraint function on a sparse variable.")
        return optimizer._apply_sparse_duplicate_indices(g, self._v)


class _DenseResourceVariableProcessor:
    """How a resource variable is updated."""

    def __init__(self, v):
        self._v = v

    def target(self):
        return self._v

    def update_op(self, optimizer, g):
        if not isinstance(g, IndexedSlices):
            return _constrained(self._v, optimizer._resource_apply_dense(g, self._v))
        if self._v.constraint is not None:
            raise RuntimeError("Cannot use a constraint function on a sparse variable.")
        return optimizer._resource_apply_sparse_duplicate_indices(g.values, self._v, g.indices)


def _constrained(v, update_op):
    if v.constraint is None:
        return update_op
    with ops.control_dependencies([update_op]):
        return v.assign(v.constraint(v))


class _TensorProcessor:
    """A Tensor that gradients are taken of, but that cannot be updated."""

    def __init__(self, v):
        self._v = v

    def target(self):
        return self._v

    def update_op(self, optimizer, g):
        raise NotImplementedError("Trying to update a Tensor ", self._v)


def _get_processor(v):
    if v.op.type == "VarHandleOp":
        return _DenseResourceVariableProcessor(v)
    if isinstance(v, variables.Variable):
        return _RefVariableProcessor(v)
    if isinstance(v, ops.Tensor):
        return _TensorProcessor(v)
    raise NotImplementedError("Trying to optimize unsupported type ", v)


class Optimizer:
    """The base of optimizers.

    A subclass gives _apply_dense, _apply_sparse, _resource_apply_dense, _resource_apply_sparse and, where it needs them,
    _create_slots, _prepare, _finish.

    Args:
      use_locking: whether updates take the variables' locks.
      name: of the operations.

    Raises:
      ValueError: if the name is empty.
    """

    GATE_NONE = 0
    GATE_OP = 1
    GATE_GRAPH = 2

    def __init__(self, use_locking, name):
        if not name:
            raise ValueError("Must specify the optimizer name")
        self._use_locking = use_locking
        self._name = name
        self._slots = {}          # slot name -> {variable's key -> slot variable}
        self._non_slot_dict = {}  # (name, graph) -> variable

    def get_name(self):
        """The optimizer's name."""
        return self._name

    def minimize(self, loss, global_step=None, var_list=None, gate_gradients=GATE_OP, aggregation_method=None,
                 colocate_gradients_with_ops=False, name=None, grad_loss=None):
        """An Operation that takes one step: compute_gradients and apply_gradients.

        Args:
          loss: the Tensor to minimise.
          global_step: a variable to add one to afterwards.
          var_list: variables to update; TRAINABLE_VARIABLES where not given.
          gate_gradients: GATE_NONE, GATE_OP or GATE_GRAPH.
          aggregation_method: how gradients are added, of AggregationMethod.
          colocate_gradients_with_ops: whether gradients are placed with their operations.
          name: of the Operation.
          grad_loss: the gradient of `loss`, ones where not given.

        Raises:
          ValueError: if no variable has a gradient.
        """
        grads_and_vars = self.compute_gradients(loss, var_list=var_list, gate_gradients=gate_gradients,
                                                aggregation_method=aggregation_method,
                                                colocate_gradients_with_ops=colocate_gradients_with_ops, grad_loss=grad_loss)
        if all(g is None for g, _ in grads_and_vars):
            raise ValueError("No gradients provided for any variable, check your graph for ops that do not support gradients, between "
                             "variables %s and loss %s." % ([str(v) for _, v in grads_and_vars], loss))
        return self.apply_gradients(grads_and_vars, global_step=global_step, name=name)

    def compute_gradients(self, loss, var_list=None, gate_gradients=GATE_OP, aggregation_method=None,
                          colocate_gradients_with_ops=False, grad_loss=None):
        """Pairs (gradient, variable), the gradient None where the loss does not depend on the variable; see minimize.

        Raises:
          TypeError: for variables of other kinds.
          ValueError: without variables, or for another gate.
        """
        if callable(loss):
            return self._gradients_of_function(loss, var_list, grad_loss)
        if gate_gradients not in (Optimizer.GATE_NONE, Optimizer.GATE_OP, Optimizer.GATE_GRAPH):
            raise ValueError("gate_gradients must be one of: Optimizer.GATE_NONE, Optimizer.GATE_OP, Optimizer.GATE_GRAPH.  Not %s"
                             % gate_gradients)
        self._assert_valid_dtypes([loss])
        if grad_loss is not None:
            self._assert_valid_dtypes([grad_loss])
        if var_list is None:
            var_list = variables.trainable_variables() + ops.get_collection(ops.GraphKeys.TRAINABLE_RESOURCE_VARIABLES)
        var_list = nest.flatten(var_list) + ops.get_collection(ops.GraphKeys._STREAMING_MODEL_PORTS)
        processors = [_get_processor(v) for v in var_list]
        if not var_list:
            raise ValueError("No variables to optimize.")
        grads = gradients_impl.gradients(loss, [p.target() for p in processors], grad_ys=grad_loss,
                                         gate_gradients=gate_gradients == Optimizer.GATE_OP, aggregation_method=aggregation_method,
                                         colocate_gradients_with_ops=colocate_gradients_with_ops)
        if gate_gradients == Optimizer.GATE_GRAPH:
            grads = control_flow_ops.tuple(grads)
        grads_and_vars = list(zip(grads, var_list))
        self._assert_valid_dtypes([v for g, v in grads_and_vars if g is not None and v.dtype != dtypes.resource])
        return grads_and_vars

    @staticmethod
    def _gradients_of_function(loss, var_list, grad_loss):
        """Pairs for a function that computes the loss: for the resource variables that it reads where none are named."""
        from pytfgraph.eager import backprop
        with backprop.GradientTape() as tape:
            if var_list is not None:
                tape.watch(var_list)
            value = loss()
        if var_list is None:
            var_list = tape.watched_variables()
        with ops.control_dependencies([value]):
            grads = tape.gradient(value, var_list, grad_loss)
        return list(zip(grads, var_list))

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """An Operation that applies pairs (gradient, variable); pairs without gradient are left out.

        Raises:
          TypeError: for gradients that are neither Tensors nor IndexedSlices.
          ValueError: without a gradient.
        """
        triples = self._checked(grads_and_vars)
        var_list = [v for g, v, _ in triples if g is not None]
        if not var_list:
            raise ValueError("No gradients provided for any variable: %s." % ([str(v) for _, v, _ in triples],))
        with ops.init_scope():
            self._create_slots(var_list)
        updates = []
        with ops.name_scope(name, self._name) as name:
            self._prepare()
            for grad, var, processor in triples:
                if grad is not None:
                    with ops.name_scope("update_" + var.op.name), ops.colocate_with(var):
                        updates.append(processor.update_op(self, grad))
            if global_step is None:
                train = self._finish(updates, name)
            else:
                with ops.control_dependencies([self._finish(updates, "update")]), ops.colocate_with(global_step):
                    train = _add_one(global_step, name)
            train = train.op if isinstance(train, ops.Tensor) else train
            collected = ops.get_collection_ref(ops.GraphKeys.TRAIN_OP)
            if train not in collected:
                collected.append(train)
            return train

    @staticmethod
    def _checked(grads_and_vars):
        triples = []
        for g, v in tuple(grads_and_vars):
            if g is not None:
                try:
                    g = ops.convert_to_tensor_or_indexed_slices(g)
                except TypeError:
                    raise TypeError("Gradient must be convertible to a Tensor or IndexedSlices, or None: %s" % g)
                if not isinstance(g, (ops.Tensor, IndexedSlices)):
                    raise TypeError("Gradient must be a Tensor, IndexedSlices, or None: %s" % g)
            triples.append((g, v, _get_processor(v)))
        if not triples:
            raise ValueError("No variables provided.")
        return triples

    # ---- slots and other variables ----

    def get_slot(self, var, name):
        """The slot `name` of a variable, or None."""
        return self._slots.get(name, {}).get(_var_key(var))

    def get_slot_names(self):
        """The names of the slots, sorted."""
        return sorted(self._slots)

    def variables(self):
        """The variables the optimizer made in the default graph, sorted by name."""
        graph = ops.get_default_graph()
        made = list(self._non_slot_variables()) + [v for slots in self._slots.values() for v in slots.values()]
        return sorted((v for v in made if v.op.graph is graph), key=lambda v: v.name)

    def _create_non_slot_variable(self, initial_value, name, colocate_with):
        """A variable beside the slots; found where it was made for this graph already."""
        key = (name, colocate_with.graph)
        v = self._non_slot_dict.get(key)
        if v is None:
            with ops.colocate_with(colocate_with):
                v = variables.VariableV1(initial_value, name=name, trainable=False)
            self._non_slot_dict[key] = v
        return v

    def _get_non_slot_variable(self, name, graph=None):
        return self._non_slot_dict.get((name, graph))

    def _non_slot_variables(self):
        return self._non_slot_dict.values()

    def _slot_dict(self, slot_name):
        return self._slots.setdefault(slot_name, {})

    def _get_or_make(self, var, slot_name, make):
        slots, key = self._slot_dict(slot_name), _var_key(var)
        if key not in slots:
            slots[key] = make()
        return slots[key]

    def _get_or_make_slot(self, var, val, slot_name, op_name):
        return self._get_or_make(var, slot_name, lambda: slot_creator.create_slot(var, val, op_name))

    def _get_or_make_slot_with_initializer(self, var, initializer, shape, dtype, slot_name, op_name):
        return self._get_or_make(var, slot_name,
                                 lambda: slot_creator.create_slot_with_initializer(var, initializer, shape, dtype, op_name))

    def _zeros_slot(self, var, slot_name, op_name):
        return self._get_or_make(var, slot_name, lambda: slot_creator.create_zeros_slot(var, op_name))

    # ---- for subclasses ----

    def _assert_valid_dtypes(self, tensors):
        valid = self._valid_dtypes()
        for t in tensors:
            if t.dtype.base_dtype not in valid:
                raise ValueError("Invalid type %r for %s, expected: %s." % (t.dtype.base_dtype, t.name, [v for v in valid]))

    def _valid_dtypes(self):
        return {dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64}

    def _create_slots(self, var_list):
        """Makes the slots that the variables need."""

    def _prepare(self):
        """Makes the tensors that all updates share."""

    def _apply_dense(self, grad, var):
        raise NotImplementedError()

    def _resource_apply_dense(self, grad, handle):
        raise NotImplementedError()

    def _resource_apply_sparse_duplicate_indices(self, grad, handle, indices):
        """Applies rows whose indices may repeat: sums them first."""
        summed, unique = _deduplicate_indexed_slices(values=grad, indices=indices)
        return self._resource_apply_sparse(summed, handle, unique)

    def _resource_apply_sparse(self, grad, handle, indices):
        raise NotImplementedError()

    def _apply_sparse_duplicate_indices(self, grad, var):
        """Applies rows whose indices may repeat: sums them first."""
        summed, unique = _deduplicate_indexed_slices(values=grad.values, indices=grad.indices)
        return self._apply_sparse(IndexedSlices(indices=unique, values=summed, dense_shape=grad.dense_shape), var)

    def _apply_sparse(self, grad, var):
        raise NotImplementedError()

    def _finish(self, update_ops, name_scope):
        """The Operation that is done when all updates are."""
        return control_flow_ops.group(*update_ops, name=name_scope)

    def _call_if_callable(self, param):
        return param() if callable(param) else param


def _add_one(global_step, name):
    if resource_variable_ops.is_resource_variable(global_step):
        one = ops.convert_to_tensor(1, dtype=global_step.dtype)
        return resource_variable_ops.gen.assign_add_variable_op(global_step.handle, one, name=name)
    return state_ops.assign_add(global_step, 1, name=name)
