"""Cells around others that embed or project what goes in, or project what comes out."""
import math

from pytfgraph.framework import dtypes, ops
from pytfgraph.framework.constant_op import constant
from pytfgraph.ops import array_ops, embedding_ops, init_ops, math_ops, nn_ops, rnn_cell_impl
from pytfgraph.ops import variable_scope as vs
from pytfgraph.ops.rnn_cell_wrappers import _Wrapper
from pytfgraph.platform import tf_logging as logging
from pytfgraph.util import nest

RNNCell = rnn_cell_impl.RNNCell
_BIAS_VARIABLE_NAME = rnn_cell_impl._BIAS_VARIABLE_NAME
_WEIGHTS_VARIABLE_NAME = rnn_cell_impl._WEIGHTS_VARIABLE_NAME


def _matrices(args):
    """(a list of matrices, the sum of their columns, dtype); ValueError where they are none."""
    if args is None or (nest.is_sequence(args) and not args):
        raise ValueError("`args` must be specified")
    if not nest.is_sequence(args):
        args = [args]
    shapes = [a.get_shape() for a in args]
    for shape in shapes:
        if shape.ndims != 2:
            raise ValueError("linear is expecting 2D arguments: %s" % shapes)
        if shape[1].value is None:
            raise ValueError("linear expects shape[1] to be provided for shape %s, but saw %s" % (shape, shape[1]))
    return args, sum(shape[1].value for shape in shapes), args[0].dtype


def _bias(outer_scope, output_size, dtype, initializer):
    """The bias, which is never cut into parts."""
    with vs.variable_scope(outer_scope) as scope:
        scope.set_partitioner(None)
        if initializer is None:
            initializer = init_ops.constant_initializer(0.0, dtype=dtype)
        return vs.get_variable(_BIAS_VARIABLE_NAME, [output_size], dtype=dtype, initializer=initializer)


class _Linear:
    """A linear map whose variables are made with it: the sum of args[i] * W[i], and a bias.

    Args:
      args: a matrix or a list of them, like those that it will be called with.
      output_size: the number of columns of the result.
      build_bias: whether there is a bias.
      bias_initializer: of the bias; zeros where not given.
      kernel_initializer: of the kernel.

    Raises:
      ValueError: for arguments that are no matrices, or whose columns are not known.
    """

    def __init__(self, args, output_size, build_bias, bias_initializer=None, kernel_initializer=None):
        self._build_bias = build_bias
        matrices, columns, dtype = _matrices(args)
        self._is_sequence = nest.is_sequence(args)
        with vs.variable_scope(vs.get_variable_scope()) as outer_scope:
            self._weights = vs.get_variable(_WEIGHTS_VARIABLE_NAME, [columns, output_size], dtype=dtype, initializer=kernel_initializer)
            if build_bias:
                self._biases = _bias(outer_scope, output_size, dtype, bias_initializer)

    def __call__(self, args):
        if not self._is_sequence:
            args = [args]
        if len(args) == 1:
            result = math_ops.matmul(args[0], self._weights)
        else:
            one = constant(1, dtype=dtypes.int32)
            result = math_ops.matmul(array_ops.concat(args, one), self._weights)
        return nn_ops.bias_add(result, self._biases) if self._build_bias else result


def _linear(args, output_size, bias, bias_initializer=None, kernel_initializer=None):
    """The sum of args[i] * W[i], and a bias, whose variables are made or found now; arguments as _Linear's."""
    args, columns, dtype = _matrices(args)
    with vs.variable_scope(vs.get_variable_scope()) as outer_scope:
        weights = vs.get_variable(_WEIGHTS_VARIABLE_NAME, [columns, output_size], dtype=dtype, initializer=kernel_initializer)
        result = math_ops.matmul(args[0] if len(args) == 1 else array_ops.concat(args, 1), weights)
        if not bias:
            return result
        return nn_ops.bias_add(result, _bias(outer_scope, output_size, dtype, bias_initializer))


class _Around(_Wrapper):
    """A cell around one other, whose variables are its own."""

    def _wrap(self, cell):
        rnn_cell_impl.assert_like_rnncell("cell", cell)
        self._cell = cell


class EmbeddingWrapper(_Around):
    """A cell whose inputs are numbers of words, which it looks up.

    Args:
      cell: the wrapped cell.
      embedding_classes: how many words there are.
      embedding_size: the size of a word's vector.
      initializer: of the embedding; that of the scope, or uniform with variance 1, where not given.
      reuse: whether the variables exist already, or may.

    Raises:
      TypeError: for a cell that is none.
      ValueError: for sizes that are not above 0.
    """

    def __init__(self, cell, embedding_classes, embedding_size, initializer=None, reuse=None):
        super().__init__(_reuse=reuse)
        self._wrap(cell)
        if embedding_classes <= 0 or embedding_size <= 0:
            raise ValueError("Both embedding_classes and embedding_size must be > 0: %d, %d." % (embedding_classes, embedding_size))
        self._embedding_classes = embedding_classes
        self._embedding_size = embedding_size
        self._initializer = initializer

    def call(self, inputs, state):
        """(output, new state)."""
        with ops.device("/cpu:0"):
            limit = math.sqrt(3)  # of a uniform distribution with variance 1
            initializer = (self._initializer or vs.get_variable_scope().initializer or
                           init_ops.random_uniform_initializer(-limit, limit))
            embedding = vs.get_variable("embedding", [self._embedding_classes, self._embedding_size], initializer=initializer,
                                        dtype=state[0].dtype if isinstance(state, tuple) else state.dtype)
            embedded = embedding_ops.embedding_lookup(embedding, array_ops.reshape(inputs, [-1]))
            return self._cell(embedded, state)


class InputProjectionWrapper(_Around):
    """A cell whose inputs are projected first.

    Args:
      cell: the wrapped cell.
      num_proj: the size of the projection.
      activation: a function of the projection, or None.
      input_size: not used.
      reuse: whether the variables exist already, or may.

    Raises:
      TypeError: for a cell that is none.
    """

    def __init__(self, cell, num_proj, activation=None, input_size=None, reuse=None):
        super().__init__(_reuse=reuse)
        if input_size is not None:
            logging.warn("%s: The input_size parameter is deprecated.", self)
        self._wrap(cell)
        self._num_proj = num_proj
        self._activation = activation
        self._linear = None

    def call(self, inputs, state):
        """(output, new state)."""
        if self._linear is None:
            self._linear = _Linear(inputs, self._num_proj, True)
        projected = self._linear(inputs)
        if self._activation:
            projected = self._activation(projected)
        return self._cell(projected, state)


class OutputProjectionWrapper(_Around):
    """A cell whose outputs are projected.

    Args:
      cell: the wrapped cell.
      output_size: the size of the projection.
      activation: a function of the projection, or None.
      reuse: whether the variables exist already, or may.

    Raises:
      TypeError: for a cell that is none.
      ValueError: for a size that is not above 0.
    """

    def __init__(self, cell, output_size, activation=None, reuse=None):
        super().__init__(_reuse=reuse)
        self._wrap(cell)
        if output_size < 1:
            raise ValueError("Parameter output_size must be > 0: %d." % output_size)
        self._output_size = output_size
        self._activation = activation
        self._linear = None

    @property
    def output_size(self):
        """The size of the projection."""
        return self._output_size

    def call(self, inputs, state):
        """(output, new state)."""
        output, new_state = self._cell(inputs, state)
        if self._linear is None:
            self._linear = _Linear(output, self._output_size, True)
        projected = self._linear(output)
        if self._activation:
            projected = self._activation(projected)
        return projected, new_state
