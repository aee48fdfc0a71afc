"""tf.GradientTape for programs that build graphs: which operations it saw, and tf.gradients of what they computed."""
import contextlib

from pytfgraph.framework import ops
from pytfgraph.ops import gradients_impl
from pytfgraph.platform import tf_logging
from pytfgraph.util import nest

_READS = ("ReadVariableOp", "ResourceGather", "ResourceGatherNd")


class GradientTape:
    """For a with statement: notes the operations made in it, and gives gradients through them.

    Trainable resource variables that are read are watched, and what `watch` is given; with respect to all else gradients are None.
    """

    def __init__(self, persistent=False, watch_accessed_variables=True):
        """
        Args:
          persistent: whether `gradient` may be called more than once.
          watch_accessed_variables: whether variables are watched that are read.
        """
        self._persistent = persistent
        self._watch_accessed_variables = watch_accessed_variables
        self._recording = False
        self._spans = None          # [graph, first id, last id or None] of what was recorded; None: nothing ever
        self._watched = []

    def __enter__(self):
        """Starts recording; ValueError where it records already."""
        if self._recording:
            raise ValueError("Tape is already recording.")
        self._start()
        return self

    def __exit__(self, typ, value, traceback):
        if self._recording:
            self._stop()

    def _start(self):
        graph = ops.get_default_graph()
        self._spans = (self._spans or []) + [[graph, graph._last_id, None]]
        self._recording = True

    def _stop(self):
        if not self._recording:
            raise ValueError("Tape is not recording.")
        span = self._spans[-1]
        span[2] = span[0]._last_id
        self._recording = False

    def watch(self, tensor):
        """Gradients may be asked for with respect to a tensor or variable, or each of a structure of them."""
        self._watched += nest.flatten(tensor)

    @contextlib.contextmanager
    def stop_recording(self):
        """For a with statement whose operations are not recorded.

        Raises:
          RuntimeError: nothing was recorded.
        """
        if self._spans is None:
            raise RuntimeError("Trying to stop recording a tape which is not recording.")
        self._stop()
        try:
            yield
        finally:
            self._start()

    def reset(self):
        """Forgets what was recorded and goes on; ValueError where it does not record."""
        self._stop()
        self._spans, self._watched = None, []
        self._start()

    def watched_variables(self):
        """The watched variables, in the order in which they were made."""
        found = [t for t in self._watched if hasattr(t, "handle")]
        if self._watch_accessed_variables:
            handles = {op.inputs[0].name for graph, first, last in self._spans for op in _made(graph, first, last) if op.type in _READS}
            for variable in ops.get_collection(ops.GraphKeys.TRAINABLE_VARIABLES):
                if hasattr(variable, "handle") and variable.handle.name in handles:
                    found.append(variable)
        unique = {id(variable): variable for variable in found}
        return tuple(sorted(unique.values(), key=lambda variable: variable.handle.op._id))

    def gradient(self, target, sources, output_gradients=None):
        """Gradients through the recorded operations.

        Args:
          target: a Tensor, or a structure of them.
          sources: Tensors or variables, in a structure.
          output_gradients: one for each target; ones if None.

        Returns:
          Tensors, IndexedSlices or None in the structure of the sources.

        Raises:
          RuntimeError: it was called before, and the tape is not persistent.
        """
        if self._spans is None:
            raise RuntimeError("GradientTape.gradient can only be called once on non-persistent tapes.")
        if self._recording:
            if self._persistent:
                tf_logging.log_first_n(tf_logging.WARN, "Calling GradientTape.gradient on a persistent tape inside its context records the "
                                       "gradient too, which only gradients of gradients need.", 1)
            else:
                self._stop()
        flat = nest.flatten(sources)
        watched = {id(t) for t in list(self.watched_variables()) + self._watched}
        wanted = [s for s in flat if id(s) in watched]
        targets = nest.flatten(target)
        given = None if output_gradients is None else [None if x is None else ops.convert_to_tensor(x) for x in nest.flatten(output_gradients)]
        found = dict(zip(map(id, wanted), self._gradients(targets, wanted, given)))
        if not self._persistent:
            self._spans = None
        return nest.pack_sequence_as(sources, [found.get(id(s)) for s in flat])

    def _gradients(self, targets, wanted, given):
        if not wanted:
            return []
        edge = _unrecorded(targets, lambda op: any(op.graph is graph and first < op._id and (last is None or op._id <= last)
                                                   for graph, first, last in self._spans))
        return gradients_impl.gradients(targets, wanted, grad_ys=given, stop_gradients=edge)


def _made(graph, first, last):
    return [op for op in graph.get_operations() if first < op._id and (last is None or op._id <= last)]


def _unrecorded(targets, recorded):
    """The tensors behind the targets at which recorded operations begin."""
    edge, seen, stack = {}, set(), [t for t in targets if isinstance(t, ops.Tensor)]
    while stack:
        tensor = stack.pop()
        if not recorded(tensor.op):
            edge[tensor.name] = tensor
        elif tensor.op.name not in seen:
            seen.add(tensor.op.name)
            stack += tensor.op.inputs
    return list(edge.values())
