"""Cells around other cells: dropout, residual connections, devices, several layers."""
import hashlib
import numbers

from pytfgraph.framework import ops, tensor_shape, tensor_util
from pytfgraph.ops import array_ops, math_ops, nn_ops, random_ops, tensor_array_ops
from pytfgraph.ops import variable_scope as vs
from pytfgraph.ops.rnn_cell_impl import LSTMStateTuple, RNNCell, assert_like_rnncell
from pytfgraph.platform import tf_logging as logging
from pytfgraph.training.checkpointable.base import CheckpointableBase
from pytfgraph.util import nest


class _Wrapper(RNNCell):
    """A cell around one other, with that one's sizes."""

    def _wrap(self, cell):
        self._cell = cell
        if isinstance(cell, CheckpointableBase):
            self._track_checkpointable(cell, name="cell")

    @property
    def state_size(self):
        """The wrapped cell's."""
        return self._cell.state_size

    @property
    def output_size(self):
        """The wrapped cell's."""
        return self._cell.output_size

    def zero_state(self, batch_size, dtype):
        """The wrapped cell's."""
        with ops.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return self._cell.zero_state(batch_size, dtype)


def _enumerated_map_structure_up_to(shallow_structure, map_fn, *args):
    """nest.map_structure_up_to with a number before the arguments, counted from 0."""
    count = iter(range(1 << 62))
    return nest.map_structure_up_to(shallow_structure, lambda *parts: map_fn(next(count), *parts), *args)


def _default_dropout_state_filter_visitor(substate):
    """Dropout leaves an LSTM's memory and TensorArrays alone."""
    if isinstance(substate, LSTMStateTuple):
        return LSTMStateTuple(c=False, h=True)
    return not isinstance(substate, tensor_array_ops.TensorArray)


class DropoutWrapper(_Wrapper):
    """A cell with dropout on its inputs, its new state and its outputs.

    Args:
      cell: the wrapped cell.
      input_keep_prob, output_keep_prob, state_keep_prob: what part of the elements is kept, floats or scalar tensors; a constant 1
        adds nothing.
      variational_recurrent: whether the same elements are dropped at all steps of a run (Gal and Ghahramani, arXiv:1512.05287).
      input_size: sizes of the inputs, without the batch; needed where variational_recurrent drops inputs.
      dtype: of inputs, state and outputs; needed for variational_recurrent.
      seed: of the random numbers, an int.
      dropout_state_filter_visitor: a function that gets each level of the state and says with bools, one or one for each part, where
        to drop; by default not in an LSTM's memory, nor in TensorArrays.

    Raises:
      TypeError: for a cell that is none, or a visitor that is not callable.
      ValueError: for a constant probability out of range, or where dtype or input_size is needed.
    """

    def __init__(self, cell, input_keep_prob=1.0, output_keep_prob=1.0, state_keep_prob=1.0, variational_recurrent=False, input_size=None,
                 dtype=None, seed=None, dropout_state_filter_visitor=None):
        super().__init__()
        assert_like_rnncell("cell", cell)
        if dropout_state_filter_visitor is not None and not callable(dropout_state_filter_visitor):
            raise TypeError("dropout_state_filter_visitor must be callable")
        self._dropout_state_filter = dropout_state_filter_visitor or _default_dropout_state_filter_visitor
        with ops.name_scope("DropoutWrapperInit"):
            self._input_keep_prob = _probability("input_keep_prob", input_keep_prob)
            self._state_keep_prob = _probability("state_keep_prob", state_keep_prob)
            self._output_keep_prob = _probability("output_keep_prob", output_keep_prob)
        self._wrap(cell)
        self._variational_recurrent = variational_recurrent
        self._seed = seed
        self._recurrent_input_noise = None
        self._recurrent_state_noise = None
        self._recurrent_output_noise = None
        if variational_recurrent:
            self._make_noise(cell, input_size, dtype)

    def _make_noise(self, cell, input_size, dtype):
        """The random numbers that all steps share; all rows of a batch share them too."""
        if dtype is None:
            raise ValueError("When variational_recurrent=True, dtype must be provided")

        def noise(salt, sizes):
            def one(i, size):
                shape = array_ops.concat(([1], tensor_shape.TensorShape(size).as_list()), 0)
                return random_ops.random_uniform(shape, seed=self._gen_seed(salt, i), dtype=dtype)
            return _enumerated_map_structure_up_to(sizes, one, sizes)
        if not isinstance(self._input_keep_prob, numbers.Real) or self._input_keep_prob < 1.0:
            if input_size is None:
                raise ValueError("When variational_recurrent=True and input_keep_prob < 1.0 or is unknown, input_size must be provided")
            self._recurrent_input_noise = noise("input", input_size)
        self._recurrent_state_noise = noise("state", cell.state_size)
        self._recurrent_output_noise = noise("output", cell.output_size)

    def _gen_seed(self, salt_prefix, index):
        """A seed of its own for each place where something is dropped."""
        if self._seed is None:
            return None
        text = "%s%s_%d" % (self._seed, salt_prefix, index)
        return int(hashlib.md5(text.encode("utf-8")).hexdigest()[:8], 16) & 0x7FFFFFFF

    @property
    def wrapped_cell(self):
        """The cell inside."""
        return self._cell

    def _variational_recurrent_dropout_value(self, index, value, noise, keep_prob):
        """Dropout by numbers that are there: floor(keep_prob + noise) is 1 where an element is kept."""
        kept = math_ops.floor(keep_prob + noise)
        result = math_ops.div(value, keep_prob) * kept
        result.set_shape(value.get_shape())
        return result

    def _dropout(self, values, salt_prefix, recurrent_noise, keep_prob, shallow_filtered_substructure=None):
        """`values` with dropout at the leaves of the substructure that are not False; everywhere without one."""
        shallow = values if shallow_filtered_substructure is None else shallow_filtered_substructure

        def dropout(i, do_dropout, value, noise=None):
            if isinstance(do_dropout, bool) and not do_dropout:
                return value
            if self._variational_recurrent:
                return self._variational_recurrent_dropout_value(i, value, noise, keep_prob)
            return nn_ops.dropout(value, keep_prob=keep_prob, seed=self._gen_seed(salt_prefix, i))
        structures = [shallow, values] + ([recurrent_noise] if self._variational_recurrent else [])
        return _enumerated_map_structure_up_to(shallow, dropout, *structures)

    def __call__(self, inputs, state, scope=None):
        """One step of the wrapped cell, with dropout."""
        def drops(probability):
            return not isinstance(probability, float) or probability < 1
        if drops(self._input_keep_prob):
            inputs = self._dropout(inputs, "input", self._recurrent_input_noise, self._input_keep_prob)
        output, new_state = self._cell(inputs, state, scope=scope)
        if drops(self._state_keep_prob):
            where = nest.get_traverse_shallow_structure(self._dropout_state_filter, new_state)
            new_state = self._dropout(new_state, "state", self._recurrent_state_noise, self._state_keep_prob, where)
        if drops(self._output_keep_prob):
            output = self._dropout(output, "output", self._recurrent_output_noise, self._output_keep_prob)
        return output, new_state


def _probability(name, value):
    """A float where the value is constant, else a tensor."""
    value = ops.convert_to_tensor(value)
    known = tensor_util.constant_value(value)
    if known is None:
        return value
    if known < 0 or known > 1:
        raise ValueError("Parameter %s must be between 0 and 1: %d" % (name, known))
    return float(known)


class ResidualWrapper(_Wrapper):
    """A cell whose inputs are added to its outputs.

    Args:
      cell: the wrapped cell.
      residual_fn: a function of inputs and outputs that gives the outputs instead of their sum.
    """

    def __init__(self, cell, residual_fn=None):
        super().__init__()
        self._wrap(cell)
        self._residual_fn = residual_fn

    def __call__(self, inputs, state, scope=None):
        """One step of the wrapped cell.  TypeError, ValueError where inputs and outputs differ in structure or shape."""
        outputs, new_state = self._cell(inputs, state, scope=scope)
        return (self._residual_fn or _sum)(inputs, outputs), new_state


def _sum(inputs, outputs):
    nest.assert_same_structure(inputs, outputs)
    nest.map_structure(lambda i, o: i.get_shape().assert_is_compatible_with(o.get_shape()), inputs, outputs)
    return nest.map_structure(lambda i, o: i + o, inputs, outputs)


class DeviceWrapper(_Wrapper):
    """A cell whose operations are on a device.

    Args:
      cell: the wrapped cell.
      device: a device string or function, as for tf.device.
    """

    def __init__(self, cell, device):
        super().__init__()
        self._wrap(cell)
        self._device = device

    def zero_state(self, batch_size, dtype):
        """The wrapped cell's, on the device."""
        with ops.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]), ops.device(self._device):
            return self._cell.zero_state(batch_size, dtype)

    def __call__(self, inputs, state, scope=None):
        """One step of the wrapped cell, on the device."""
        with ops.device(self._device):
            return self._cell(inputs, state, scope=scope)


class MultiRNNCell(RNNCell):
    """Cells one above the other: each gets the output of the one below.

    Args:
      cells: a list or tuple of cells, the lowest first.
      state_is_tuple: whether the state is a tuple with one for each cell; else they are one tensor.

    Raises:
      TypeError: for cells that are no list or tuple.
      ValueError: without cells, or where the states of cells are tuples and state_is_tuple is not set.
    """

    def __init__(self, cells, state_is_tuple=True):
        super().__init__()
        if not cells:
            raise ValueError("Must specify at least one cell for MultiRNNCell.")
        if not nest.is_sequence(cells):
            raise TypeError("cells must be a list or tuple, but saw: %s." % cells)
        if len({id(cell) for cell in cells}) < len(cells):
            logging.log_first_n(logging.WARN, "At least two cells provided to MultiRNNCell are the same object and will share weights.", 1)
        self._cells = cells
        for i, cell in enumerate(cells):
            if isinstance(cell, CheckpointableBase):
                self._track_checkpointable(cell, name="cell-%d" % i)
        self._state_is_tuple = state_is_tuple
        if not state_is_tuple and any(nest.is_sequence(c.state_size) for c in cells):
            raise ValueError("Some cells return tuples of states, but the flag state_is_tuple is not set.  State sizes are: %s"
                             % str([c.state_size for c in cells]))

    @property
    def state_size(self):
        """A tuple of the cells', or their sum."""
        sizes = tuple(cell.state_size for cell in self._cells)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self):
        """The highest cell's."""
        return self._cells[-1].output_size

    def zero_state(self, batch_size, dtype):
        """A tuple of the cells', or one tensor of zeros."""
        with ops.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            if self._state_is_tuple:
                return tuple(cell.zero_state(batch_size, dtype) for cell in self._cells)
            return super().zero_state(batch_size, dtype)

    def call(self, inputs, state):
        """One step of each cell: (the highest one's output, new states)."""
        position = 0
        new_states = []
        for i, cell in enumerate(self._cells):
            with vs.variable_scope("cell_%d" % i):
                if not self._state_is_tuple:
                    own = array_ops.slice(state, [0, position], [-1, cell.state_size])
                    position += cell.state_size
                elif not nest.is_sequence(state):
                    raise ValueError("Expected state to be a tuple of length %d, but received: %s" % (len(self.state_size), state))
                else:
                    own = state[i]
                inputs, new_state = cell(inputs, own)
                new_states.append(new_state)
        return inputs, tuple(new_states) if self._state_is_tuple else array_ops.concat(new_states, 1)
