"""Sessions with hooks, which initialise, recover and close themselves."""
import functools
import inspect

from pytfgraph.framework import errors, ops
from pytfgraph.ops import array_ops, control_flow_ops, lookup_ops, resources, variables
from pytfgraph.platform import tf_logging as logging
from pytfgraph.summary import summary
from pytfgraph.training import basic_session_run_hooks, coordinator, queue_runner_impl, session_layers, session_manager
from pytfgraph.training import saver as training_saver

_WrappedSession, _HookedSession = session_layers.WrappedSession, session_layers.HookedSession
_CoordinatedSession, _RecoverableSession = session_layers.CoordinatedSession, session_layers.RecoverableSession

# Tells an argument that was left out from one that is None.
USE_DEFAULT = object()


class Scaffold:
    """The pieces of a graph that training needs, made where the program does not give them.

    `finalize()` takes each piece that is missing from its collection of the graph, or else makes the usual one.

    Args:
      init_op: initialises what a checkpoint would hold.
      init_feed_dict: fed to `init_op`.
      init_fn: called as `init_fn(scaffold, session)` after `init_op`.
      ready_op: gives the names of what is not initialised.
      ready_for_local_init_op: the same, asked before `local_init_op`.
      local_init_op: run in each new session.
      summary_op: all summaries.
      saver: a `tf.train.Saver`.
      copy_from_scaffold: another Scaffold whose pieces are taken where none are given.

    Raises:
      TypeError: where copy_from_scaffold is no Scaffold.
    """

    def __init__(self, init_op=None, init_feed_dict=None, init_fn=None, ready_op=None, ready_for_local_init_op=None, local_init_op=None,
                 summary_op=None, saver=None, copy_from_scaffold=None):
        other = copy_from_scaffold
        if other is not None and not isinstance(other, Scaffold):
            raise TypeError("copy_from_scaffold is not a Scaffold instance.")

        def either(mine, name):
            return getattr(other, name) if mine is None and other is not None else mine
        init_fn = either(init_fn, "_user_init_fn")
        self._user_init_fn = init_fn
        self._init_fn = (lambda sess: init_fn(self, sess)) if init_fn else None
        self._init_op = either(init_op, "init_op")
        self._init_feed_dict = either(init_feed_dict, "init_feed_dict")
        self._ready_op = either(ready_op, "ready_op")
        self._ready_for_local_init_op = either(ready_for_local_init_op, "ready_for_local_init_op")
        self._local_init_op = either(local_init_op, "local_init_op")
        self._summary_op = either(summary_op, "summary_op")
        self._saver = either(saver, "saver")

    def finalize(self):
        """Makes what is missing and finalises the default graph; returns the Scaffold."""
        keys = ops.GraphKeys
        if self._init_op is None:
            self._init_op = Scaffold.get_or_default("init_op", keys.INIT_OP, lambda: control_flow_ops.group(
                variables.global_variables_initializer(), resources.initialize_resources(resources.shared_resources())))
        if self._ready_op is None:
            self._ready_op = Scaffold.get_or_default("ready_op", keys.READY_OP, lambda: array_ops.concat(
                [variables.report_uninitialized_variables(), resources.report_uninitialized_resources()], 0))
        if self._ready_for_local_init_op is None:
            self._ready_for_local_init_op = Scaffold.get_or_default(
                "ready_for_local_init_op", keys.READY_FOR_LOCAL_INIT_OP,
                lambda: variables.report_uninitialized_variables(variables.global_variables()))
        if self._local_init_op is None:
            self._local_init_op = Scaffold.get_or_default("local_init_op", keys.LOCAL_INIT_OP, Scaffold.default_local_init_op)
        if self._summary_op is None:
            self._summary_op = Scaffold.get_or_default("summary_op", keys.SUMMARY_OP, summary.merge_all)
        if self._saver is None:
            self._saver = training_saver._get_saver_or_default()
        self._saver.build()
        ops.get_default_graph().finalize()
        logging.info("Graph was finalized.")
        return self

    @property
    def init_fn(self):
        """A function of the session, or None."""
        return self._init_fn

    @property
    def init_op(self):
        """Initialises what a checkpoint would hold."""
        return self._init_op

    @property
    def ready_op(self):
        """Gives the names of what is not initialised."""
        return self._ready_op

    @property
    def ready_for_local_init_op(self):
        """The same, asked before `local_init_op`."""
        return self._ready_for_local_init_op

    @property
    def local_init_op(self):
        """Run in each new session."""
        return self._local_init_op

    @property
    def summary_op(self):
        """All summaries."""
        return self._summary_op

    @property
    def saver(self):
        """The Saver."""
        return self._saver

    @property
    def init_feed_dict(self):
        """Fed to `init_op`."""
        return self._init_feed_dict

    @staticmethod
    def get_or_default(arg_name, collection_key, default_constructor):
        """The one item of a collection, or what a function makes, which goes there.

        Args:
          arg_name: the constructor's argument, for the message.
          collection_key: the collection.
          default_constructor: a function; it may give None.

        Raises:
          RuntimeError: where the collection has several.
        """
        found = ops.get_collection(collection_key)
        if len(found) > 1:
            raise RuntimeError('More than one item in the collection "%s". Please indicate which one to use by passing it to the '
                               "tf.Scaffold constructor as:  tf.Scaffold(%s=item to use)", collection_key, arg_name)
        if found:
            return found[0]
        op = default_constructor()
        if op is not None:
            ops.add_to_collection(collection_key, op)
        return op

    @staticmethod
    def default_local_init_op():
        """Initialises local variables, tables and local resources."""
        return control_flow_ops.group(variables.local_variables_initializer(), lookup_ops.tables_initializer(),
                                      resources.initialize_resources(resources.local_resources()))


def _one_period(steps, seconds, usual):
    """(steps, seconds) of which one, or neither, is to be the period; `usual` where the program gave neither."""
    if steps is USE_DEFAULT and seconds is USE_DEFAULT:
        return usual
    return None if steps is USE_DEFAULT else steps, None if seconds is USE_DEFAULT else seconds


def _is_period(steps, seconds):
    return bool(steps and steps > 0) or bool(seconds and seconds > 0)


def MonitoredTrainingSession(master="", is_chief=True, checkpoint_dir=None, scaffold=None, hooks=None, chief_only_hooks=None,
                             save_checkpoint_secs=USE_DEFAULT, save_summaries_steps=USE_DEFAULT, save_summaries_secs=USE_DEFAULT,
                             config=None, stop_grace_period_secs=120, log_step_count_steps=100, max_wait_secs=7200,
                             save_checkpoint_steps=USE_DEFAULT, summary_dir=None):
    """A `MonitoredSession` for training: the chief restores or initialises, saves checkpoints and summaries and counts steps.

    Args:
      master: the session's target.
      is_chief: whether this is the chief; others wait until it has initialised the model.
      checkpoint_dir: where checkpoints are, restored from and saved.
      scaffold: a `Scaffold`.
      hooks: a list of `SessionRunHook`s.
      chief_only_hooks: those of the chief.
      save_checkpoint_secs: seconds between checkpoints; 600 unless steps are given.  None or 0: none.
      save_summaries_steps: steps between summaries; 100 unless seconds are given.
      save_summaries_secs: seconds between summaries.
      config: a ConfigProto.
      stop_grace_period_secs: how long close() waits for threads.
      log_step_count_steps: steps between two lines of steps per second.
      max_wait_secs: how long a worker waits for the chief.
      save_checkpoint_steps: steps between checkpoints.
      summary_dir: where summaries go; checkpoint_dir by default.

    Returns:
      A `MonitoredSession`.
    """
    save_summaries_steps, save_summaries_secs = _one_period(save_summaries_steps, save_summaries_secs, (100, None))
    save_checkpoint_steps, save_checkpoint_secs = _one_period(save_checkpoint_steps, save_checkpoint_secs, (None, 600))
    scaffold = scaffold or Scaffold()
    if not is_chief:
        creator = WorkerSessionCreator(scaffold=scaffold, master=master, config=config, max_wait_secs=max_wait_secs)
        return MonitoredSession(session_creator=creator, hooks=hooks or [], stop_grace_period_secs=stop_grace_period_secs)
    all_hooks = list(chief_only_hooks or [])
    creator = ChiefSessionCreator(scaffold=scaffold, checkpoint_dir=checkpoint_dir, master=master, config=config)
    summary_dir = summary_dir or checkpoint_dir
    if summary_dir and log_step_count_steps and log_step_count_steps > 0:
        all_hooks.append(basic_session_run_hooks.StepCounterHook(output_dir=summary_dir, every_n_steps=log_step_count_steps))
    if summary_dir and _is_period(save_summaries_steps, save_summaries_secs):
        all_hooks.append(basic_session_run_hooks.SummarySaverHook(scaffold=scaffold, save_steps=save_summaries_steps,
                                                                  save_secs=save_summaries_secs, output_dir=summary_dir))
    if checkpoint_dir and _is_period(save_checkpoint_steps, save_checkpoint_secs):
        all_hooks.append(basic_session_run_hooks.CheckpointSaverHook(checkpoint_dir, save_steps=save_checkpoint_steps,
                                                                     save_secs=save_checkpoint_secs, scaffold=scaffold))
    all_hooks.extend(hooks or [])
    return MonitoredSession(session_creator=creator, hooks=all_hooks, stop_grace_period_secs=stop_grace_period_secs)


# ---- how sessions are made ----

class SessionCreator:
    """Makes sessions; `MonitoredSession` calls it again after an error that is recovered from."""

    def create_session(self):
        """A new `tf.Session`."""
        raise NotImplementedError("create_session is not implemented for {}.".format(self))


class _ScaffoldSessionCreator(SessionCreator):
    def _keep(self, scaffold, master, config):
        self._scaffold = scaffold or Scaffold()
        self._session_manager = None
        self._master = master
        self._config = config

    def _get_session_manager(self):
        if not self._session_manager:
            self._session_manager = session_manager.SessionManager(
                local_init_op=self._scaffold.local_init_op, ready_op=self._scaffold.ready_op,
                ready_for_local_init_op=self._scaffold.ready_for_local_init_op, graph=ops.get_default_graph())
        return self._session_manager


class ChiefSessionCreator(_ScaffoldSessionCreator):
    """Makes the chief's sessions: restored from a checkpoint, or initialised.

    Args:
      scaffold: a `Scaffold`.
      master: the session's target.
      config: a ConfigProto.
      checkpoint_dir: a folder whose latest checkpoint is restored, or
      checkpoint_filename_with_path: a checkpoint.
    """

    def __init__(self, scaffold=None, master="", config=None, checkpoint_dir=None, checkpoint_filename_with_path=None):
        self._keep(scaffold, master, config)
        self._checkpoint_dir = checkpoint_dir
        self._checkpoint_filename_with_path = checkpoint_filename_with_path

    def create_session(self):
        """A new session, ready."""
        s = self._scaffold.finalize()
        return self._get_session_manager().prepare_session(
            self._master, saver=s.saver, checkpoint_dir=self._checkpoint_dir,
            checkpoint_filename_with_path=self._checkpoint_filename_with_path, config=self._config, init_op=s.init_op,
            init_feed_dict=s.init_feed_dict, init_fn=s.init_fn)


class WorkerSessionCreator(_ScaffoldSessionCreator):
    """Makes the sessions of workers that are not the chief: waits until that has initialised the model.

    Args:
      scaffold: a `Scaffold`.
      master: the session's target.
      config: a ConfigProto.
      max_wait_secs: how long to wait.
    """

    def __init__(self, scaffold=None, master="", config=None, max_wait_secs=30 * 60):
        self._keep(scaffold, master, config)
        self._max_wait_secs = max_wait_secs

    def create_session(self):
        """A new session, ready."""
        self._scaffold.finalize()
        return self._get_session_manager().wait_for_session(self._master, config=self._config, max_wait_secs=self._max_wait_secs)


# ---- sessions ----

def _parameters(f):
    """Names of a function's parameters, those that are bound left out."""
    if isinstance(f, functools.partial):
        return tuple(a for a in _parameters(f.func)[len(f.args):] if a not in f.keywords)
    if not inspect.isroutine(f) and not inspect.isclass(f) and hasattr(f, "__call__"):
        f = f.__call__
    names = inspect.getfullargspec(f).args
    return tuple(n for n in names if n != "self") if inspect.ismethod(f) else tuple(names)


class _MonitoredSession:
    """See `MonitoredSession` and `SingularMonitoredSession`."""

    def __init__(self, session_creator, hooks, should_recover, stop_grace_period_secs=120):
        self._graph_was_finalized = ops.get_default_graph().finalized
        self._hooks = hooks or []
        for hook in self._hooks:
            hook.begin()
        self._coordinated_creator = self._CoordinatedSessionCreator(session_creator or ChiefSessionCreator(), self._hooks,
                                                                    stop_grace_period_secs)
        self._sess = session_layers.RecoverableSession(self._coordinated_creator) if should_recover else self._coordinated_creator.create_session()

    @property
    def graph(self):
        """The graph, or None once the session is closed."""
        sess = self._tf_sess()
        return None if sess is None else sess.graph

    def run(self, fetches, feed_dict=None, options=None, run_metadata=None):
        """As `tf.Session.run()`, with the hooks.

        Args:
          fetches, feed_dict, options, run_metadata: as there.
        """
        return self._sess.run(fetches, feed_dict=feed_dict, options=options, run_metadata=run_metadata)

    def run_step_fn(self, step_fn):
        """Calls a function that may run the session with the hooks and without.

        Args:
          step_fn: takes a `step_context` with `session`, `run_with_hooks()` and `request_stop()`.

        Returns:
          What it returns.

        Raises:
          ValueError: for a function with other parameters.
          StopIteration: where it calls request_stop().
        """
        names = _parameters(step_fn)
        if names not in (("step_context",), ("self", "step_context")):
            raise ValueError("`step_fn` may either have one `step_context` argument, or `self` and `step_context` arguments if it's an "
                             "instance method. Got {} instead.".format(names))
        return self._sess.run_step_fn(step_fn, self._tf_sess(), run_with_hooks=None)

    StepContext = session_layers.StepContext

    def should_stop(self):
        """Whether the loop is to end."""
        return self._sess is None or self._sess.should_stop()

    def close(self):
        """Ends the hooks and closes the session."""
        self._close_internal()

    def __enter__(self):
        return self

    def __exit__(self, exception_type, exception_value, traceback):
        if exception_type in (errors.OutOfRangeError, StopIteration):
            exception_type = None       # the input is at its end
        self._close_internal(exception_type)
        return exception_type is None

    class _CoordinatedSessionCreator(SessionCreator):
        """Makes sessions with a coordinator, running queue runners and hooks around them."""

        def __init__(self, session_creator, hooks, stop_grace_period_secs):
            self._session_creator = session_creator
            self._hooks = hooks
            self.coord = None
            self.tf_sess = None
            self._stop_grace_period_secs = stop_grace_period_secs

        def create_session(self):
            """A new session."""
            self.tf_sess = self._session_creator.create_session()
            # Only the program's own loop ends on OutOfRangeError; in a thread it is an error like others.
            self.coord = coordinator.Coordinator(clean_stop_exception_types=[])
            if ops.get_collection(ops.GraphKeys.QUEUE_RUNNERS):
                queue_runner_impl.start_queue_runners(sess=self.tf_sess, coord=self.coord)
            for hook in self._hooks:
                hook.after_create_session(self.tf_sess, self.coord)
            return session_layers.CoordinatedSession(session_layers.HookedSession(self.tf_sess, self._hooks), self.coord,
                                                     self._stop_grace_period_secs)

    def _close_internal(self, exception_type=None):
        try:
            if not exception_type:
                for hook in self._hooks:
                    hook.end(self._coordinated_creator.tf_sess)
        finally:
            try:
                if self._sess is None:
                    raise RuntimeError("Session is already closed.")
                self._sess.close()
            finally:
                self._sess = None
                self._coordinated_creator.tf_sess = None
                self._coordinated_creator.coord = None
                if not self._graph_was_finalized:
                    ops.get_default_graph()._unsafe_unfinalize()

    def _is_closed(self):
        return self._coordinated_creator.tf_sess is None

    def _tf_sess(self):
        return self._coordinated_creator.tf_sess


class MonitoredSession(_MonitoredSession):
    """A session with hooks, which initialises itself and begins anew after AbortedError and UnavailableError.

    Args:
      session_creator: a `SessionCreator`; a `ChiefSessionCreator` by default.
      hooks: a list of `SessionRunHook`s.
      stop_grace_period_secs: how long close() waits for threads.
    """

    def __init__(self, session_creator=None, hooks=None, stop_grace_period_secs=120):
        super().__init__(session_creator, hooks, should_recover=True, stop_grace_period_secs=stop_grace_period_secs)


class SingularMonitoredSession(_MonitoredSession):
    """A session with hooks, which initialises itself; after an error there is no other.

    Args:
      hooks: a list of `SessionRunHook`s.
      scaffold, master, config, checkpoint_dir, checkpoint_filename_with_path: as `ChiefSessionCreator`'s.
      stop_grace_period_secs: how long close() waits for threads.
    """

    def __init__(self, hooks=None, scaffold=None, master="", config=None, checkpoint_dir=None, stop_grace_period_secs=120,
                 checkpoint_filename_with_path=None):
        creator = ChiefSessionCreator(scaffold=scaffold, master=master, config=config, checkpoint_dir=checkpoint_dir,
                                      checkpoint_filename_with_path=checkpoint_filename_with_path)
        super().__init__(creator, hooks, should_recover=False, stop_grace_period_secs=stop_grace_period_secs)

    def raw_session(self):
        """The `tf.Session` inside."""
        return self._tf_sess()
