"""The sessions around a session that a monitored session is made of: recovering, coordinated, with hooks."""
from pytfgraph.framework import errors
from pytfgraph.platform import tf_logging as logging
from pytfgraph.protos import module as _messages
from pytfgraph.training import session_run_hook

# What is answered with a new session: the machines that ran the step went away.
_PREEMPTION_ERRORS = (errors.AbortedError, errors.UnavailableError)
_PREEMPTED = ("This may be due to a preemption in a connected worker or parameter server. The current session will be closed and a new "
              "session will be created. This error may also occur due to a gRPC failure caused by high memory or network bandwidth usage "
              "in the parameter servers. If this error occurs repeatedly, try increasing the number of parameter servers assigned to the "
              "job. Error: %s")


class StepContext:
    """What `run_step_fn` gives its function.

    Args:
      session: the `tf.Session`.
      run_with_hooks_fn: runs it with the hooks.
    """

    def __init__(self, session, run_with_hooks_fn):
        self._session = session
        self._run_with_hooks_fn = run_with_hooks_fn

    @property
    def session(self):
        """The session, whose run() does without hooks."""
        return self._session

    def run_with_hooks(self, *args, **kwargs):
        """As `MonitoredSession.run()`."""
        return self._run_with_hooks_fn(*args, **kwargs)

    def request_stop(self):
        """Ends the loop: raises StopIteration."""
        raise StopIteration("step_fn has requested the iterations to stop.")


class WrappedSession:
    """A session around another."""

    def __init__(self, sess):
        self._sess = sess
        self._wrapped_is_stoppable = isinstance(sess, WrappedSession)

    @property
    def graph(self):
        """The graph."""
        return self._sess.graph

    @property
    def sess_str(self):
        """The target."""
        return self._sess.sess_str

    def should_stop(self):
        """Whether this session, or one inside it, is to stop."""
        if self._check_stop() or not self._sess:
            return True
        return self._wrapped_is_stoppable and self._sess.should_stop()

    def _check_stop(self):
        return False

    def close(self):
        """Closes."""
        if self._sess:
            try:
                self._sess.close()
            except _PREEMPTION_ERRORS:
                pass
            finally:
                self._sess = None

    def run(self, *args, **kwargs):
        """As the session inside."""
        return self._sess.run(*args, **kwargs)

    def run_step_fn(self, step_fn, raw_session, run_with_hooks):
        """Calls the function."""
        return step_fn(StepContext(raw_session, run_with_hooks or self.run))


class RecoverableSession(WrappedSession):
    """Makes the session inside anew where the machines it ran on went away."""

    def __init__(self, sess_creator):
        self._sess_creator = sess_creator
        super().__init__(self._create_session())

    def _create_session(self):
        while True:
            try:
                return self._sess_creator.create_session()
            except _PREEMPTION_ERRORS as e:
                logging.info("An error was raised while a session was being created. This may be due to a preemption of a connected worker "
                             "or parameter server. A new session will be created. This error may also occur due to a gRPC failure caused by "
                             "high memory or network bandwidth usage in the parameter servers. If this error occurs repeatedly, try "
                             "increasing the number of parameter servers assigned to the job. Error: %s", e)

    def _check_stop(self):
        try:
            return self._sess._check_stop() if self._sess else True
        except _PREEMPTION_ERRORS as e:
            logging.info("An error was raised while considering whether the session is complete. " + _PREEMPTED, e)
            self.close()
            self._sess = self._create_session()
            return False
        except Exception:       # run() will say so
            return True

    def _until_it_works(self, call):
        while True:
            try:
                if not self._sess:
                    self._sess = self._create_session()
                return call()
            except _PREEMPTION_ERRORS as e:
                logging.info("An error was raised. " + _PREEMPTED, e)
                self.close()
                self._sess = None

    def run(self, fetches, feed_dict=None, options=None, run_metadata=None):
        """As the session inside."""
        return self._until_it_works(lambda: self._sess.run(fetches, feed_dict=feed_dict, options=options, run_metadata=run_metadata))

    def run_step_fn(self, step_fn, raw_session, run_with_hooks):
        """Calls the function, again where it was cut off."""
        return self._until_it_works(lambda: self._sess.run_step_fn(step_fn, raw_session, self._sess.run))


class CoordinatedSession(WrappedSession):
    """Stops with its coordinator's threads, and raises what they report."""

    def __init__(self, sess, coord, stop_grace_period_secs=120):
        super().__init__(sess)
        self._coord = coord
        self._stop_grace_period_secs = stop_grace_period_secs

    def _check_stop(self):
        self._coord.raise_requested_exception()
        return self._coord.should_stop()

    def close(self):
        """Stops the threads and closes."""
        self._coord.request_stop()
        try:
            self._coord.join(stop_grace_period_secs=self._stop_grace_period_secs, ignore_live_threads=True)
        finally:
            try:
                super().close()
            except Exception:   # it may be gone already
                pass

    def run(self, *args, **kwargs):
        """As the session inside; an error of a thread that made a machine go away counts more than this one's."""
        try:
            return self._sess.run(*args, **kwargs)
        except _PREEMPTION_ERRORS:
            raise
        except Exception as e:
            try:
                self._coord.raise_requested_exception()
            except _PREEMPTION_ERRORS:
                raise
            except Exception:
                pass
            raise e


class HookedSession(WrappedSession):
    """Calls the hooks around each run."""

    def __init__(self, sess, hooks):
        super().__init__(sess)
        self._hooks = hooks
        self._should_stop = False

    def _check_stop(self):
        return self._should_stop

    def run(self, fetches, feed_dict=None, options=None, run_metadata=None):
        """Runs what is asked for together with what the hooks ask for."""
        if self.should_stop():
            raise RuntimeError("Run called even after should_stop requested.")
        messages = _messages("tensorflow.core.protobuf.config_pb2")
        wanted = {"caller": fetches}
        context = session_run_hook.SessionRunContext(session_run_hook.SessionRunArgs(fetches, feed_dict), self._sess)
        options = options or messages.RunOptions()
        feeds = self._call_hook_before_run(context, wanted, feed_dict, options)
        run_metadata = run_metadata or messages.RunMetadata()
        got = super().run(fetches=wanted, feed_dict=feeds, options=options, run_metadata=run_metadata)
        for hook in self._hooks:
            hook.after_run(context, session_run_hook.SessionRunValues(got.get(hook), options, run_metadata))
        self._should_stop = self._should_stop or context.stop_requested
        return got["caller"]

    def _call_hook_before_run(self, run_context, fetch_dict, user_feed_dict, options):
        """The feeds; adds to the fetches and options."""
        feeds = {}
        for hook in self._hooks:
            request = hook.before_run(run_context)
            if request is None:
                continue
            if request.fetches is not None:
                fetch_dict[hook] = request.fetches
            if request.feed_dict:
                self._raise_if_feeds_intersects(feeds, request.feed_dict, "Same tensor is fed by two hooks.")
                feeds.update(request.feed_dict)
            if request.options:
                self._merge_run_options(options, request.options)
        if not feeds:
            return user_feed_dict
        if not user_feed_dict:
            return feeds
        self._raise_if_feeds_intersects(user_feed_dict, feeds, "Same tensor is fed by a SessionRunHook and user.")
        feeds.update(user_feed_dict)
        return feeds

    def _raise_if_feeds_intersects(self, feeds1, feeds2, message):
        both = set(feeds1) & set(feeds2)
        if both:
            raise RuntimeError(message + " Conflict(s): " + str(list(both)))

    def _merge_run_options(self, options, incoming):
        for field in ("trace_level", "timeout_in_ms", "inter_op_thread_pool", "output_partition_graphs"):
            setattr(options, field, max(getattr(options, field), getattr(incoming, field)))
        options.debug_options.debug_tensor_watch_opts.extend(incoming.debug_options.debug_tensor_watch_opts)
        options.debug_options.reset_disk_byte_usage |= incoming.debug_options.reset_disk_byte_usage
