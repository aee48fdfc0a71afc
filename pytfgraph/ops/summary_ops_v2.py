"""tf.contrib.summary: operations that write to event files themselves, under the default writer of the thread."""
import contextlib
import os
import threading

from pytfgraph.framework import constant_op, dtypes, ops
from pytfgraph.ops import array_ops, control_flow_ops, math_ops, raw, summary_op_util
from pytfgraph.platform import tf_logging as logging
from pytfgraph.training import training_util

_SHOULD_RECORD_SUMMARIES_NAME = "ShouldRecordSummaries"
_SUMMARY_WRITER_INIT_COLLECTION_NAME = "_SUMMARY_WRITER_V2"
_SUMMARY_COLLECTION = "_SUMMARY_V2"


class _Default(threading.local):
    writer = None


_default = _Default()


# ---- whether anything is written ----

def should_record_summaries():
    """Whether summaries are written: a boolean Tensor, or True or False.

    Raises:
      ValueError: if nobody said, with always_record_summaries and the like.
    """
    found = ops.get_collection_ref(_SHOULD_RECORD_SUMMARIES_NAME)
    if len(found) != 1:
        raise ValueError("Should record summaries not set, always_record_summaries(), never_record_summaries() or "
                         "record_summaries_every_n_global_steps() has to be in force" if not found else "More than one tensor says whether summaries are recorded")
    return found[0]


@contextlib.contextmanager
def _recording(value):
    found = ops.get_collection_ref(_SHOULD_RECORD_SUMMARIES_NAME)
    before = found[:]
    found[:] = [value]
    try:
        yield
    finally:
        found[:] = before


def record_summaries_every_n_global_steps(n, global_step=None):
    """A context manager: summaries are written at every n-th global step."""
    if global_step is None:
        global_step = training_util.get_or_create_global_step()
    with ops.device("cpu:0"):
        return _recording(math_ops.equal(global_step % n, 0))


def always_record_summaries():
    """A context manager: summaries are written."""
    return _recording(True)


def never_record_summaries():
    """A context manager: summaries are not written."""
    return _recording(False)


# ---- writers ----

class SummaryWriter:
    """A writer that lives in the session."""

    def __init__(self, resource, init_op_fn):
        self._resource = resource
        self._init_op_fn = init_op_fn

    def set_as_default(self):
        """Makes it the default writer of the thread."""
        _default.writer = self._resource

    @contextlib.contextmanager
    def as_default(self):
        """A context manager: it is the default writer."""
        if self._resource is None:
            yield self
            return
        before = _default.writer
        try:
            _default.writer = self._resource
            yield self
            with ops.device("cpu:0"):
                raw.function("flush_summary_writer")(self._resource)
        finally:
            _default.writer = before

    def init(self):
        """The operation that makes the writer, and its file."""
        return self._init_op_fn() if self._resource is not None else None

    def flush(self):
        """The operation that writes what waits."""
        return flush(writer=self) if self._resource is not None else None

    def close(self):
        """The operation that writes what waits, and closes the file."""
        if self._resource is None:
            return None
        with ops.control_dependencies([self.flush()]):
            with ops.device("cpu:0"):
                return raw.function("close_summary_writer")(self._resource)


def _make_summary_writer(name, factory, **arguments):
    resource = raw.function("summary_writer")(shared_name=name)

    def init():
        return factory(resource, **arguments)
    ops.add_to_collection(_SUMMARY_WRITER_INIT_COLLECTION_NAME, init())
    return SummaryWriter(resource, init)


def create_file_writer(logdir, max_queue=None, flush_millis=None, filename_suffix=None, name=None):
    """A writer of an event file in a directory.

    Args:
      logdir: the directory; with None nothing is ever written.
      max_queue: how many events may wait (10).
      flush_millis: how long they may wait (120,000).
      filename_suffix: what the file's name ends in (".v2").
      name: of the resource in the session; "logdir:" and the directory where not given.

    Returns:
      A SummaryWriter.
    """
    if logdir is None:
        return SummaryWriter(None, None)
    logdir = str(logdir)
    with ops.device("cpu:0"):
        if max_queue is None:
            max_queue = constant_op.constant(10)
        if flush_millis is None:
            flush_millis = constant_op.constant(2 * 60 * 1000)
        if filename_suffix is None:
            filename_suffix = constant_op.constant(".v2")
        return _make_summary_writer("logdir:" + logdir if name is None else name, raw.function("create_summary_file_writer"), logdir=logdir,
                                    max_queue=max_queue, flush_millis=flush_millis, filename_suffix=filename_suffix)


def create_summary_file_writer(*args, **kwargs):
    """create_file_writer, under the name it had."""
    logging.warning("Deprecation Warning: create_summary_file_writer was renamed to create_file_writer")
    return create_file_writer(*args, **kwargs)


def summary_writer_initializer_op():
    """The operations that make the writers of the default graph."""
    return ops.get_collection(_SUMMARY_WRITER_INIT_COLLECTION_NAME)


def all_summary_ops():
    """The operations of the default graph that write summaries."""
    return ops.get_collection(_SUMMARY_COLLECTION)


def initialize(graph=None, session=None):
    """Makes the writers, and writes a graph where one is given.

    Args:
      graph: a Graph or GraphDef.
      session: the default session where not given.

    Raises:
      RuntimeError: if there is no default writer.
      ValueError: if there is no session.
    """
    if _default.writer is None:
        raise RuntimeError("No default tf.contrib.summary.SummaryWriter found")
    session = session or ops.get_default_session()
    if session is None:
        raise ValueError("session must be passed if no default session exists")
    session.run(summary_writer_initializer_op())
    if graph is not None:
        fed = array_ops.placeholder(dtypes.string)
        session.run(_write_graph(fed, 0), feed_dict={fed: _serialize_graph(graph)})


# ---- what is written ----

def _nothing():
    return constant_op.constant(False)


def _choose_step(step):
    if step is None:
        return training_util.get_or_create_global_step()
    return step if isinstance(step, ops.Tensor) else ops.convert_to_tensor(step, dtypes.int64)


def _record_if(wanted, record):
    """record() or False, chosen now where that is known."""
    if isinstance(wanted, ops.Tensor):
        return control_flow_ops.cond(wanted, record, _nothing, name="")
    return record() if wanted else _nothing()


def summary_writer_function(name, tensor, function, family=None):
    """Writes a summary with `function(tag, scope)`, if there is a writer and summaries are recorded.

    Args:
      name: of the summary.
      tensor: what it shows.
      function: makes the operation that writes.
      family: what the tag begins with.

    Returns:
      A boolean Tensor, whether it was written; or no_op without a writer.
    """
    name_scope = ops.get_name_scope()
    name_scope = name_scope + "/" if name_scope else name_scope

    def record():
        with ops.name_scope(name_scope), summary_op_util.summary_scope(name, family, values=[tensor]) as (tag, scope):
            with ops.control_dependencies([function(tag, scope)]):
                return constant_op.constant(True)

    if _default.writer is None:
        return control_flow_ops.no_op()
    with ops.device("cpu:0"):
        op = _record_if(should_record_summaries(), record)
        ops.add_to_collection(_SUMMARY_COLLECTION, op)
    return op


def generic(name, tensor, metadata=None, family=None, step=None):
    """Writes a tensor, with a SummaryMetadata message or its bytes."""
    def function(tag, scope):
        serialized = constant_op.constant("") if metadata is None else \
            constant_op.constant(metadata.SerializeToString()) if hasattr(metadata, "SerializeToString") else metadata
        return raw.function("write_summary")(_default.writer, _choose_step(step), array_ops.identity(tensor), tag, serialized, name=scope)
    return summary_writer_function(name, tensor, function, family=family)


def scalar(name, tensor, family=None, step=None):
    """Writes a number; `step` is the global step where not given."""
    def function(tag, scope):
        return raw.function("write_scalar_summary")(_default.writer, _choose_step(step), tag, array_ops.identity(tensor), name=scope)
    return summary_writer_function(name, tensor, function, family=family)


def histogram(name, tensor, family=None, step=None):
    """Writes how values are distributed."""
    def function(tag, scope):
        return raw.function("write_histogram_summary")(_default.writer, _choose_step(step), tag, array_ops.identity(tensor), name=scope)
    return summary_writer_function(name, tensor, function, family=family)


def image(name, tensor, bad_color=None, max_images=3, family=None, step=None):
    """Writes images; pixels that are not finite get `bad_color`, red where not given."""
    def function(tag, scope):
        color = constant_op.constant([255, 0, 0, 255], dtype=dtypes.uint8) if bad_color is None else bad_color
        return raw.function("write_image_summary")(_default.writer, _choose_step(step), tag, array_ops.identity(tensor), color, max_images,
                                                   name=scope)
    return summary_writer_function(name, tensor, function, family=family)


def audio(name, tensor, sample_rate, max_outputs, family=None, step=None):
    """Writes audio."""
    def function(tag, scope):
        return raw.function("write_audio_summary")(_default.writer, _choose_step(step), tag, array_ops.identity(tensor),
                                                   sample_rate=sample_rate, max_outputs=max_outputs, name=scope)
    return summary_writer_function(name, tensor, function, family=family)


def graph(param, step=None, name=None):
    """Writes a graph, whether or not summaries are recorded.

    Args:
      param: a string Tensor, a serialised GraphDef.
      step: the global step where not given.
      name: of the operation.

    Raises:
      TypeError: if `param` is no Tensor.
    """
    if not isinstance(param, ops.Tensor):
        raise TypeError("graph() needs a tf.Tensor (e.g. tf.placeholder) in graph mode, but was: %s" % type(param))
    if _default.writer is None:
        return control_flow_ops.no_op()
    with ops.device("cpu:0"):
        return raw.function("write_graph_summary")(_default.writer, _choose_step(step), array_ops.identity(param), name=name)


_write_graph = graph


def import_event(tensor, name=None):
    """Writes an Event message as it is.

    Args:
      tensor: a string Tensor, the serialised Event.
      name: of the operation.
    """
    return raw.function("import_event")(_default.writer, tensor, name=name)


def flush(writer=None, name=None):
    """The operation that writes what waits.

    Args:
      writer: a SummaryWriter, or its resource; the default one where not given, and no_op without one.
      name: of the operation.
    """
    writer = _default.writer if writer is None else writer
    if writer is None:
        return control_flow_ops.no_op()
    with ops.device("cpu:0"):
        return raw.function("flush_summary_writer")(writer._resource if isinstance(writer, SummaryWriter) else writer, name=name)


def eval_dir(model_dir, name=None):
    """The directory for events of an evaluation, under that of the model."""
    return os.path.join(model_dir, "eval" if not name else "eval_" + name)


def _serialize_graph(value):
    return (value.as_graph_def(add_shapes=True) if isinstance(value, ops.Graph) else value).SerializeToString()
