"""What a monitored session asks of its hooks, and what it gives them."""
import collections


class SessionRunHook:
    """Something that takes part in the calls of `MonitoredSession.run()`; subclasses override what they want.

    The order is: `begin()`, while the graph can still be added to; `after_create_session()`, each time a session is made;
    `before_run()` and `after_run()` around each call of run; `end()`, when the session closes without an error.
    """

    def begin(self):
        """Called once, before the session is made: here a hook may add to the default graph."""

    def after_create_session(self, session, coord):
        """Called when a session was made or, after an error that is recovered from, made again; the graph is final.

        Args:
          session: a `tf.Session`.
          coord: the `tf.train.Coordinator` of the session's threads.
        """

    def before_run(self, run_context):
        """Called before each call of run.

        Args:
          run_context: a `SessionRunContext`.

        Returns:
          None, or a `SessionRunArgs` of what is to be fetched and fed besides.
        """
        return None

    def after_run(self, run_context, run_values):
        """Called after each call of run that did not raise.

        Args:
          run_context: the `SessionRunContext` that `before_run` had.
          run_values: a `SessionRunValues` with what was asked for.
        """

    def end(self, session):
        """Called at the end of the session, unless an exception other than OutOfRangeError or StopIteration ends it."""


class SessionRunArgs(collections.namedtuple("SessionRunArgs", ["fetches", "feed_dict", "options"])):
    """What is to be added to a call of run: fetches (anything run takes), a feed_dict and RunOptions."""

    def __new__(cls, fetches, feed_dict=None, options=None):
        return super().__new__(cls, fetches, feed_dict, options)


class SessionRunContext:
    """A call of run: what it was called with and in which session; a hook may ask here that the loop stops."""

    def __init__(self, original_args, session):
        self._original_args = original_args
        self._session = session
        self._stop_requested = False

    @property
    def original_args(self):
        """A `SessionRunArgs` of what the program itself gave."""
        return self._original_args

    @property
    def session(self):
        """The session that runs the call."""
        return self._session

    @property
    def stop_requested(self):
        """Whether some hook asked for a stop."""
        return self._stop_requested

    def request_stop(self):
        """Makes `should_stop()` of the monitored session true."""
        self._stop_requested = True


class SessionRunValues(collections.namedtuple("SessionRunValues", ["results", "options", "run_metadata"])):
    """What a call of run gave: the values of the hook's fetches (None without), the RunOptions and RunMetadata of the call."""
