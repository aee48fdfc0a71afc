"""The supervisor: a session that initialises, recovers, saves and writes summaries in threads of its own."""
import contextlib
import os
import time

from pytfgraph.framework import dtypes, graph_io, meta_graph, ops
from pytfgraph.ops import control_flow_ops, lookup_ops, variables
from pytfgraph.platform import tf_logging as logging
from pytfgraph.protos import module as _messages
from pytfgraph.summary import summary as _summary
from pytfgraph.training import coordinator, session_manager as session_manager_mod, training_util
from pytfgraph.training import saver as saver_mod
from pytfgraph.util import deprecation

_START, _STOP, _CHECKPOINT = 1, 2, 3        # of SessionLog.SessionStatus


def _session_log(**fields):
    return _messages("tensorflow.core.util.event_pb2").SessionLog(**fields)


def _first_of(key):
    """The first item of a collection of the default graph, or None."""
    found = ops.get_collection(key)
    if len(found) > 1:
        logging.info("Found %d %s operations. Returning the first one.", len(found), key)
    return found[0] if found else None


def _kept(key, make):
    """The first item of a collection, or what `make` gives, which goes there unless it is None."""
    op = _first_of(key)
    if op is None:
        op = make()
        if op is not None:
            ops.add_to_collection(key, op)
    return op


class Supervisor:
    """Runs a training program: makes its session ready, saves checkpoints and summaries regularly, and stops its threads together.

    Pieces that are not given are taken from their collections of the graph, or made; the graph is final afterwards.

    Args:
      graph: the graph, by default the default one.
      ready_op: gives the names of variables that are not initialised.
      ready_for_local_init_op: the same, asked before `local_init_op`.
      is_chief: whether this is the chief, which initialises and saves; others wait for it.
      init_op: initialises the model.
      init_feed_dict: fed to `init_op`.
      local_init_op: run in each new session.
      logdir: where checkpoints and events go.
      summary_op: all summaries.
      saver: a `tf.train.Saver`.
      global_step: the global step.
      save_summaries_secs: seconds between summaries; 0: none.
      save_model_secs: seconds between checkpoints; 0: none.
      recovery_wait_secs: seconds between two looks at a model that is waited for.
      stop_grace_secs: how long stop() waits for threads.
      checkpoint_basename: the first part of the checkpoints' names.
      session_manager: a `SessionManager`.
      summary_writer: a `tf.summary.FileWriter`.
      init_fn: called with the session after `init_op`.
      local_init_run_options: RunOptions for `local_init_op`.

    Raises:
      ValueError: where a variable of a worker that is not the chief has no device.
    """

    # Tells an argument that was left out from one that is None.
    USE_DEFAULT = 0

    @deprecation.deprecated(None, "Please switch to tf.train.MonitoredTrainingSession")
    def __init__(self, graph=None, ready_op=USE_DEFAULT, ready_for_local_init_op=USE_DEFAULT, is_chief=True, init_op=USE_DEFAULT,
                 init_feed_dict=None, local_init_op=USE_DEFAULT, logdir=None, summary_op=USE_DEFAULT, saver=USE_DEFAULT,
                 global_step=USE_DEFAULT, save_summaries_secs=120, save_model_secs=600, recovery_wait_secs=30, stop_grace_secs=120,
                 checkpoint_basename="model.ckpt", session_manager=None, summary_writer=USE_DEFAULT, init_fn=None,
                 local_init_run_options=None):
        graph = ops.get_default_graph() if graph is None else graph
        with graph.as_default():
            self._init_ready_op(ready_op, ready_for_local_init_op)
            self._init_init_op(init_op, init_feed_dict)
            self._init_local_init_op(local_init_op)
            self._init_saver(saver)
            self._init_summary_op(summary_op)
            self._init_global_step(global_step)
        self._graph = graph
        self._meta_graph_def = meta_graph.create_meta_graph_def(graph_def=graph.as_graph_def(add_shapes=True),
                                                                saver_def=self._saver.saver_def if self._saver else None)
        self._is_chief = is_chief
        self._coord = coordinator.Coordinator()
        self._recovery_wait_secs = recovery_wait_secs
        self._stop_grace_secs = stop_grace_secs
        self._init_fn = init_fn
        self._local_init_run_options = local_init_run_options
        self._logdir = self._save_summaries_secs = self._save_model_secs = self._save_path = self._summary_writer = None
        if is_chief:
            self._logdir = logdir
            self._save_summaries_secs = save_summaries_secs
            self._save_model_secs = save_model_secs
            if logdir:
                self._save_path = os.path.join(logdir, checkpoint_basename)
            if summary_writer is not Supervisor.USE_DEFAULT:
                self._summary_writer = summary_writer
            elif logdir:
                self._summary_writer = _summary.FileWriter(logdir)
            self._graph_added_to_summary = False
        self._init_session_manager(session_manager)
        self._verify_setup()
        graph.finalize()

    def _init_session_manager(self, session_manager=None):
        if session_manager is None:
            session_manager = session_manager_mod.SessionManager(
                local_init_op=self._local_init_op, ready_op=self._ready_op, ready_for_local_init_op=self._ready_for_local_init_op,
                graph=self._graph, recovery_wait_secs=self._recovery_wait_secs, local_init_run_options=self._local_init_run_options)
        self._session_manager = session_manager

    def _init_ready_op(self, ready_op=USE_DEFAULT, ready_for_local_init_op=USE_DEFAULT):
        if ready_op is Supervisor.USE_DEFAULT:
            ready_op = _kept(ops.GraphKeys.READY_OP, variables.report_uninitialized_variables)
        if ready_for_local_init_op is Supervisor.USE_DEFAULT:
            ready_for_local_init_op = _first_of(ops.GraphKeys.READY_FOR_LOCAL_INIT_OP)
        self._ready_op = ready_op
        self._ready_for_local_init_op = ready_for_local_init_op

    def _init_init_op(self, init_op=USE_DEFAULT, init_feed_dict=None):
        if init_op is Supervisor.USE_DEFAULT:
            init_op = _kept(ops.GraphKeys.INIT_OP, variables.global_variables_initializer)
        self._init_op = init_op
        self._init_feed_dict = init_feed_dict

    def _init_local_init_op(self, local_init_op=USE_DEFAULT):
        if local_init_op is Supervisor.USE_DEFAULT:
            local_init_op = _kept(ops.GraphKeys.LOCAL_INIT_OP, lambda: control_flow_ops.group(
                variables.local_variables_initializer(), lookup_ops.tables_initializer()))
        self._local_init_op = local_init_op

    def _init_saver(self, saver=USE_DEFAULT):
        if saver is Supervisor.USE_DEFAULT:
            saver = _kept(ops.GraphKeys.SAVERS, lambda: saver_mod.Saver() if variables.global_variables() else None)
        self._saver = saver

    def _init_summary_op(self, summary_op=USE_DEFAULT):
        if summary_op is Supervisor.USE_DEFAULT:
            summary_op = _kept(ops.GraphKeys.SUMMARY_OP, _summary.merge_all)
        self._summary_op = summary_op

    def _init_global_step(self, global_step=USE_DEFAULT):
        if global_step is Supervisor.USE_DEFAULT:
            global_step = _kept(ops.GraphKeys.GLOBAL_STEP, self._default_global_step_tensor)
        self._global_step = global_step

    @property
    def is_chief(self):
        """Whether this is the chief."""
        return self._is_chief

    @property
    def session_manager(self):
        """The `SessionManager`."""
        return self._session_manager

    @property
    def coord(self):
        """The `Coordinator` of the threads."""
        return self._coord

    @property
    def init_op(self):
        """Initialises the model."""
        return self._init_op

    @property
    def init_feed_dict(self):
        """Fed to `init_op`."""
        return self._init_feed_dict

    @property
    def ready_op(self):
        """Gives the names of variables that are not initialised."""
        return self._ready_op

    @property
    def ready_for_local_init_op(self):
        """The same, asked before the local initialisation."""
        return self._ready_for_local_init_op

    @property
    def summary_writer(self):
        """The FileWriter; None for a worker, or without a folder."""
        return self._summary_writer

    @property
    def summary_op(self):
        """All summaries."""
        return self._summary_op

    @property
    def save_summaries_secs(self):
        """Seconds between summaries."""
        return self._save_summaries_secs

    @property
    def global_step(self):
        """The global step, or None."""
        return self._global_step

    @property
    def saver(self):
        """The Saver, or None."""
        return self._saver

    @property
    def save_model_secs(self):
        """Seconds between checkpoints."""
        return self._save_model_secs

    @property
    def save_path(self):
        """The prefix of checkpoints, or None."""
        return self._save_path

    def _write_graph(self):
        assert self._is_chief
        if self._logdir:
            graph_io.write_graph(self._graph.as_graph_def(add_shapes=True), self._logdir, "graph.pbtxt")
        if self._summary_writer and not self._graph_added_to_summary:
            self._summary_writer.add_graph(self._graph)
            self._summary_writer.add_meta_graph(self._meta_graph_def)
            self._graph_added_to_summary = True

    def start_standard_services(self, sess):
        """Starts the threads that write summaries, steps per second and checkpoints.

        Args:
          sess: the session.

        Returns:
          The threads; None without a folder.

        Raises:
          RuntimeError: for a worker that is not the chief.
        """
        if not self._is_chief:
            raise RuntimeError("Only chief supervisor can start standard services. Because only chief supervisors can write events.")
        if not self._logdir:
            logging.warning("Standard services need a 'logdir' passed to the SessionManager")
            return None
        if self._global_step is not None and self._summary_writer:
            self._summary_writer.add_session_log(_session_log(status=_START), training_util.global_step(sess, self._global_step))
        threads = []
        if self._save_summaries_secs and self._summary_writer:
            if self._summary_op is not None:
                threads.append(SVSummaryThread(self, sess))
            if self._global_step is not None:
                threads.append(SVStepCounterThread(self, sess))
        if self.saver and self._save_model_secs:
            threads.append(SVTimerCheckpointThread(self, sess))
        for thread in threads:
            thread.start()
        return threads

    def prepare_or_wait_for_session(self, master="", config=None, wait_for_checkpoint=False, max_wait_secs=7200,
                                    start_standard_services=True):
        """A session that is ready; its threads and queue runners are started.

        Args:
          master: the session's target.
          config: a ConfigProto.
          wait_for_checkpoint: whether the chief waits for a checkpoint.
          max_wait_secs: how long to wait.
          start_standard_services: whether threads and queue runners are started.
        """
        self._coord.clear_stop()
        if self._summary_writer:
            self._summary_writer.reopen()
        if self._is_chief:
            sess = self._session_manager.prepare_session(
                master, init_op=self.init_op, saver=self.saver, checkpoint_dir=self._logdir, wait_for_checkpoint=wait_for_checkpoint,
                max_wait_secs=max_wait_secs, config=config, init_feed_dict=self._init_feed_dict, init_fn=self._init_fn)
            self._write_graph()
            if start_standard_services:
                logging.info("Starting standard services.")
                self.start_standard_services(sess)
        else:
            sess = self._session_manager.wait_for_session(master, config=config, max_wait_secs=max_wait_secs)
        if start_standard_services:
            logging.info("Starting queue runners.")
            self.start_queue_runners(sess)
        return sess

    def start_queue_runners(self, sess, queue_runners=None):
        """Starts the threads of queue runners, by default of all of the graph; returns the threads."""
        if queue_runners is None:
            queue_runners = self._graph.get_collection(ops.GraphKeys.QUEUE_RUNNERS)
        return [t for runner in queue_runners for t in runner.create_threads(sess, coord=self._coord, daemon=True, start=True)]

    def loop(self, timer_interval_secs, target, args=None, kwargs=None):
        """Starts a thread that calls a function every so many seconds until the supervisor stops.

        Args:
          timer_interval_secs: the seconds; 0 or None: again at once.
          target: the function.
          args: its positional arguments.
          kwargs: its named ones.

        Returns:
          The thread.
        """
        looper = coordinator.LooperThread(self._coord, timer_interval_secs, target=target, args=args, kwargs=kwargs)
        looper.start()
        return looper

    def stop(self, threads=None, close_summary_writer=True, ignore_live_threads=False):
        """Stops all threads and waits for them; raises what one of them reported.

        Args:
          threads: those to wait for besides.
          close_summary_writer: whether the writer is closed.
          ignore_live_threads: whether threads that do not end are left alone.
        """
        self._coord.request_stop()
        try:
            self._coord.join(threads, stop_grace_period_secs=self._stop_grace_secs, ignore_live_threads=ignore_live_threads)
        finally:
            if close_summary_writer and self._summary_writer:
                self._summary_writer.add_session_log(_session_log(status=_STOP))
                self._summary_writer.close()
                self._graph_added_to_summary = False

    def request_stop(self, ex=None):
        """Asks all threads to stop; an exception is what join() raises."""
        self._coord.request_stop(ex=ex)

    def should_stop(self):
        """Whether somebody asked for a stop."""
        return self._coord.should_stop()

    def stop_on_exception(self):
        """A context in which an exception asks for a stop."""
        return self._coord.stop_on_exception()

    def wait_for_stop(self):
        """Waits until somebody asks for a stop."""
        self._coord.wait_for_stop()

    def summary_computed(self, sess, summary, global_step=None):
        """Writes a summary.

        Args:
          sess: a session, to ask for the global step.
          summary: a serialised Summary.
          global_step: its step; the session's where not said.

        Raises:
          RuntimeError: without a writer.
        """
        if not self._summary_writer:
            raise RuntimeError("Writing a summary requires a summary writer.")
        if global_step is None and self.global_step is not None:
            global_step = training_util.global_step(sess, self.global_step)
        self._summary_writer.add_summary(summary, global_step)

    def _default_global_step_tensor(self):
        try:
            step = ops.get_default_graph().get_tensor_by_name("global_step:0")
        except KeyError:
            return None
        if step.dtype.base_dtype in (dtypes.int32, dtypes.int64):
            return step
        logging.warning("Found 'global_step' is not an int type: %s", step.dtype)
        return None

    def _verify_setup(self):
        if self._is_chief:
            return
        for op in self._graph.get_operations():
            if op.type in ("Variable", "VariableV2") and not op.device:
                raise ValueError("When using replicas, all Variables must have their device set: %s" % op)

    @contextlib.contextmanager
    def managed_session(self, master="", config=None, start_standard_services=True, close_summary_writer=True):
        """A context with a session; its threads stop at the end, and an exception of theirs or of the block is raised there.

        Args:
          master: the session's target.
          config: a ConfigProto.
          start_standard_services: whether threads and queue runners are started.
          close_summary_writer: whether the writer is closed at the end.
        """
        sess = None
        try:
            sess = self.prepare_or_wait_for_session(master=master, config=config, start_standard_services=start_standard_services)
            yield sess
        except Exception as e:
            self.request_stop(e)
        finally:
            try:
                # OutOfRangeError is a clean end for the coordinator; others are raised here.
                self.stop(close_summary_writer=close_summary_writer)
            finally:
                try:
                    sess.close()
                except Exception:       # it may not have come about
                    pass

    # The names of earlier versions.
    PrepareSession = prepare_or_wait_for_session
    StartQueueRunners = start_queue_runners
    StartStandardServices = start_standard_services
    Stop = stop
    RequestStop = request_stop
    Loop = loop
    ShouldStop = should_stop
    StopOnException = stop_on_exception
    WaitForStop = wait_for_stop
    SummaryComputed = summary_computed


class SVSummaryThread(coordinator.LooperThread):
    """Writes summaries."""

    def __init__(self, sv, sess):
        super().__init__(sv.coord, sv.save_summaries_secs)
        self._sv = sv
        self._sess = sess

    def run_loop(self):
        """Runs and writes them."""
        sv, step = self._sv, None
        if sv.global_step is not None:
            summary, step = self._sess.run([sv.summary_op, sv.global_step])
        else:
            summary = self._sess.run(sv.summary_op)
        if sv.summary_writer:
            logging.info("Recording summary at step %s.", step)
            sv.summary_writer.add_summary(summary, step)


class SVStepCounterThread(coordinator.LooperThread):
    """Measures steps per second; `step_counter` is a tensor, by default the global step."""

    def __init__(self, sv, sess, step_counter=None):
        super().__init__(sv.coord, sv.save_summaries_secs)
        self._sv = sv
        self._sess = sess
        self._last_time = 0.0
        self._last_step = 0
        self._step_counter = sv.global_step if step_counter is None else step_counter
        self._summary_tag = "%s/sec" % self._step_counter.op.name

    def start_loop(self):
        """Notes where it begins."""
        self._last_time = time.time()
        self._last_step = training_util.global_step(self._sess, self._step_counter)

    def run_loop(self):
        """Writes what was done since."""
        step, now = training_util.global_step(self._sess, self._step_counter), time.time()
        steps, seconds = step - self._last_step, now - self._last_time
        self._last_step, self._last_time = step, now
        rate = steps / seconds if seconds > 0 else float("inf")
        summary = _messages("tensorflow.core.framework.summary_pb2").Summary()
        summary.value.add(tag=self._summary_tag, simple_value=rate)
        if self._sv.summary_writer:
            self._sv.summary_writer.add_summary(summary, step)
        logging.log_first_n(logging.INFO, "%s: %g", 10, self._summary_tag, rate)


class SVTimerCheckpointThread(coordinator.LooperThread):
    """Saves checkpoints."""

    def __init__(self, sv, sess):
        super().__init__(sv.coord, sv.save_model_secs)
        self._sv = sv
        self._sess = sess

    def run_loop(self):
        """Saves one."""
        sv = self._sv
        logging.info("Saving checkpoint to path %s", sv.save_path)
        sv.saver.save(self._sess, sv.save_path, global_step=sv.global_step)
        if sv.summary_writer and sv.global_step is not None:
            sv.summary_writer.add_session_log(_session_log(status=_CHECKPOINT, checkpoint_path=sv.save_path),
                                              training_util.global_step(self._sess, sv.global_step))
