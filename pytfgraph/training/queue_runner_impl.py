"""Threads that fill queues."""
import threading
import weakref

from pytfgraph import protos
from pytfgraph.client import session
from pytfgraph.eager import context
from pytfgraph.framework import errors, ops
from pytfgraph.platform import tf_logging as logging
from pytfgraph.util import deprecation

_INSTEAD = "To construct input pipelines, use the `tf.data` module."


class QueueRunner:
    """Enqueue operations of a queue, each to be run in a thread of its own.

    A thread ends when its operation raises one of the exceptions that tell that there is no more; the last one then closes the
    queue.  Other exceptions go to the coordinator, or are kept in `exceptions_raised`.

    Args:
      queue: a queue.
      enqueue_ops: the operations to run in threads.
      close_op, cancel_op: close the queue, the second cancelling what waits to come in; made where not given.
      queue_closed_exception_types: a tuple of tf.errors classes that tell that the queue is closed; OutOfRangeError if not given.
      queue_runner_def: a QueueRunnerDef to make it from instead.
      import_scope: a scope before the names in queue_runner_def.

    Raises:
      ValueError: where both queue_runner_def and others are given, or neither.
      TypeError: where queue_closed_exception_types is no tuple of tf.errors classes.
      RuntimeError: in eager execution.
    """

    @deprecation.deprecated(None, _INSTEAD)
    def __init__(self, queue=None, enqueue_ops=None, close_op=None, cancel_op=None, queue_closed_exception_types=None,
                 queue_runner_def=None, import_scope=None):
        if context.executing_eagerly():
            raise RuntimeError("QueueRunners are not supported when eager execution is enabled. Instead, please use tf.data to get data "
                               "into your model.")
        if queue_runner_def:
            if queue or enqueue_ops:
                raise ValueError("queue_runner_def and queue are mutually exclusive.")
            self._init_from_proto(queue_runner_def, import_scope)
        else:
            self._init_from_args(queue, enqueue_ops, close_op, cancel_op, queue_closed_exception_types)
        self._lock = threading.Lock()
        self._runs_per_session = weakref.WeakKeyDictionary()  # threads that still run
        self._exceptions_raised = []

    def _init_from_args(self, queue, enqueue_ops, close_op, cancel_op, types):
        if not queue or not enqueue_ops:
            raise ValueError("Must provide queue and enqueue_ops.")
        if types is not None and not (isinstance(types, tuple) and types and all(issubclass(t, errors.OpError) for t in types)):
            raise TypeError("queue_closed_exception_types, when provided, must be a tuple of tf.error types, but saw: %s" % (types,))
        self._queue = queue
        self._enqueue_ops = enqueue_ops
        self._close_op = queue.close() if close_op is None else close_op
        self._cancel_op = queue.close(cancel_pending_enqueues=True) if cancel_op is None else cancel_op
        self._queue_closed_exception_types = types or (errors.OutOfRangeError,)

    def _init_from_proto(self, d, import_scope):
        graph = ops.get_default_graph()

        def element(name):
            return graph.as_graph_element(ops.prepend_name_scope(name, import_scope))
        self._queue = element(d.queue_name)
        self._enqueue_ops = [element(name) for name in d.enqueue_op_name]
        self._close_op = element(d.close_op_name)
        self._cancel_op = element(d.cancel_op_name)
        types = tuple(errors.exception_type_from_error_code(code) for code in d.queue_closed_exception_types)
        self._queue_closed_exception_types = types or (errors.OutOfRangeError,)

    @property
    def queue(self):
        return self._queue

    @property
    def enqueue_ops(self):
        return self._enqueue_ops

    @property
    def close_op(self):
        return self._close_op

    @property
    def cancel_op(self):
        return self._cancel_op

    @property
    def queue_closed_exception_types(self):
        return self._queue_closed_exception_types

    @property
    def exceptions_raised(self):
        """Exceptions of threads that had no coordinator to tell."""
        return self._exceptions_raised

    @property
    def name(self):
        """The queue's name."""
        return self._queue.name

    def _one_less(self, sess):
        """A thread of the session ends; true for the last one."""
        self._runs_per_session[sess] -= 1
        return self._runs_per_session[sess] == 0

    def _run(self, sess, enqueue_op, coord=None):
        """What a thread does."""
        counted = True
        try:
            enqueue = sess.make_callable(enqueue_op)
            while not (coord and coord.should_stop()):
                try:
                    enqueue()
                except self._queue_closed_exception_types:
                    with self._lock:
                        counted = False
                        if self._one_less(sess):
                            self._quietly(sess, self._close_op)
                    return
        except Exception as e:
            if not coord:
                logging.error("Exception in QueueRunner: %s", str(e))
                with self._lock:
                    self._exceptions_raised.append(e)
                raise
            coord.request_stop(e)
        finally:
            if counted:
                with self._lock:
                    self._one_less(sess)

    @staticmethod
    def _quietly(sess, op):
        """Runs a closing operation; the queue, or the session, may be closed already."""
        try:
            sess.run(op)
        except Exception as e:
            logging.vlog(1, "Ignored exception: %s", str(e))

    def _close_on_stop(self, sess, cancel_op, coord):
        coord.wait_for_stop()
        self._quietly(sess, cancel_op)

    def create_threads(self, sess, coord=None, daemon=False, start=False):
        """Threads that run the enqueue operations in a session.

        Args:
          sess: a Session.
          coord: a Coordinator that is told of exceptions and may stop the threads; it gets one thread more, which closes the queue
            when it stops.
          daemon: whether the program may end while they run.
          start: whether to start them.

        Returns:
          A list of threads; none where those of an earlier call still run.
        """
        with self._lock:
            if self._runs_per_session.get(sess, 0) > 0:
                return []
            self._runs_per_session[sess] = len(self._enqueue_ops)
            self._exceptions_raised = []
        threads = [threading.Thread(target=self._run, args=(sess, op, coord), name="QueueRunnerThread-%s-%s" % (self.name, op.name))
                   for op in self._enqueue_ops]
        if coord:
            threads.append(threading.Thread(target=self._close_on_stop, args=(sess, self._cancel_op, coord),
                                            name="QueueRunnerThread-%s-close_on_stop" % self.name))
        for t in threads:
            if coord:
                coord.register_thread(t)
            if daemon:
                t.daemon = True
            if start:
                t.start()
        return threads

    def to_proto(self, export_scope=None):
        """The QueueRunnerDef, its names without a scope; None where the queue is not in the scope."""
        if export_scope is not None and not self.queue.name.startswith(export_scope):
            return None

        def name(thing):
            return ops.strip_name_scope(thing.name, export_scope)
        return protos.message("tensorflow.QueueRunnerDef")(
            queue_name=name(self.queue), enqueue_op_name=[name(op) for op in self.enqueue_ops],
            close_op_name=name(self.close_op), cancel_op_name=name(self.cancel_op),
            queue_closed_exception_types=[errors.error_code_from_exception_type(t) for t in self._queue_closed_exception_types])

    @staticmethod
    def from_proto(queue_runner_def, import_scope=None):
        """The QueueRunner that a QueueRunnerDef describes, over operations of the default graph."""
        return QueueRunner(queue_runner_def=queue_runner_def, import_scope=import_scope)


@deprecation.deprecated(None, _INSTEAD)
def add_queue_runner(qr, collection=ops.GraphKeys.QUEUE_RUNNERS):
    """Adds a QueueRunner to a collection, from which start_queue_runners() takes them."""
    ops.add_to_collection(collection, qr)


@deprecation.deprecated(None, _INSTEAD)
def start_queue_runners(sess=None, coord=None, daemon=True, start=True, collection=ops.GraphKeys.QUEUE_RUNNERS):
    """Starts the threads of all QueueRunners of a collection.

    Args:
      sess: the session they run in, the default one if None.
      coord: a Coordinator for them.
      daemon: whether the program may end while they run.
      start: whether to start them.
      collection: the collection's key.

    Returns:
      A list of threads.

    Raises:
      RuntimeError: in eager execution.
      ValueError: where there is no session.
      TypeError: where sess is none.
    """
    if context.executing_eagerly():
        raise RuntimeError("Queues are not compatible with eager execution.")
    if sess is None:
        sess = ops.get_default_session()
        if not sess:
            raise ValueError("Cannot start queue runners: No default session is registered. Use `with sess.as_default()` or pass an "
                             "explicit session to tf.start_queue_runners(sess=sess)")
    if not isinstance(sess, session.SessionInterface):
        # A monitored session starts them itself.
        if sess.__class__.__name__ in ("MonitoredSession", "SingularMonitoredSession"):
            return []
        raise TypeError("sess must be a `tf.Session` object. Given class: %s" % sess.__class__)
    runners = ops.get_collection(collection)
    if not runners:
        logging.warning("`tf.train.start_queue_runners()` was called when no queue runners were defined. You can safely remove the call "
                        "to this deprecated function.")
    with sess.graph.as_default():
        return [t for runner in runners for t in runner.create_threads(sess, coord=coord, daemon=daemon, start=start)]


ops.register_proto_function(ops.GraphKeys.QUEUE_RUNNERS, "tensorflow.QueueRunnerDef", QueueRunner.to_proto, QueueRunner.from_proto)
