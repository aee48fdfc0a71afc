"""Threads that stop together: the first that asks for it stops all, and its exception reaches the one who joins them."""
import contextlib
import sys
import threading
import time

from pytfgraph.framework import errors
from pytfgraph.platform import tf_logging as logging


def _raise(exc_info):
    try:
        raise exc_info[1].with_traceback(exc_info[2])
    finally:
        del exc_info  # a traceback that holds itself would live until the collector comes


class Coordinator:
    """Lets a set of threads stop together.

    Any thread may ask for the stop with `request_stop()`; each looks at `should_stop()` regularly; `join()` waits for them and
    raises what one of them reported.

    Args:
      clean_stop_exception_types: exceptions that mean an ordinary end when they are reported; OutOfRangeError where not said.
    """

    def __init__(self, clean_stop_exception_types=None):
        if clean_stop_exception_types is None:
            clean_stop_exception_types = (errors.OutOfRangeError,)
        self._clean_stop_exception_types = tuple(clean_stop_exception_types)
        self._lock = threading.Lock()
        self._stop_event = threading.Event()
        self._exc_info_to_raise = None
        self._joined = False
        self._registered_threads = set()

    def _filter_exception(self, ex):
        """None for an exception that is a clean end."""
        value = ex[1] if isinstance(ex, tuple) else ex
        return None if isinstance(value, self._clean_stop_exception_types) else ex

    def request_stop(self, ex=None):
        """Asks all threads to stop.

        Args:
          ex: an exception, or a tuple as of sys.exc_info(), that join() is to raise; the first one reported counts.  After join()
            has ended it is raised here.
        """
        with self._lock:
            ex = self._filter_exception(ex)
            if self._joined:
                if isinstance(ex, tuple):
                    _raise(ex)
                elif ex is not None:
                    _raise(sys.exc_info())
            if self._stop_event.is_set():
                return
            if ex and self._exc_info_to_raise is None:
                self._exc_info_to_raise = self._report(ex)
            self._stop_event.set()

    @staticmethod
    def _report(ex):
        """Logs an exception and gives what is to be raised for it."""
        if isinstance(ex, tuple):
            logging.info("Error reported to Coordinator: %s", ex[1], exc_info=ex)
            found = ex
        else:
            logging.info("Error reported to Coordinator: %s, %s", type(ex), ex)
            found = sys.exc_info()
        if len(found) == 3 and found[0] and found[1]:
            return found
        try:
            raise ValueError("ex must be a tuple or sys.exc_info must return the current exception: %s" % (found,))
        except ValueError:
            return sys.exc_info()

    def clear_stop(self):
        """Forgets the stop and what was reported; join() may be called again afterwards."""
        with self._lock:
            self._joined = False
            self._exc_info_to_raise = None
            self._stop_event.clear()

    def should_stop(self):
        """Whether somebody asked for a stop."""
        return self._stop_event.is_set()

    @contextlib.contextmanager
    def stop_on_exception(self):
        """A context that reports any exception of its block, and so stops all threads, instead of raising it."""
        try:
            yield
        except:  # noqa: E722 - whatever it is, KeyboardInterrupt too, goes to the one who joins
            self.request_stop(ex=sys.exc_info())

    def wait_for_stop(self, timeout=None):
        """Waits until a stop is asked for, at most `timeout` seconds.  True where it was."""
        return self._stop_event.wait(timeout)

    def register_thread(self, thread):
        """Adds a thread to those that join() waits for."""
        with self._lock:
            self._registered_threads.add(thread)

    def join(self, threads=None, stop_grace_period_secs=120, ignore_live_threads=False):
        """Waits for a stop, or for all threads to end, and then for the threads to end.

        Args:
          threads: more threads to wait for, beside those registered.
          stop_grace_period_secs: how long threads may take to end after a stop was asked for.
          ignore_live_threads: whether threads that still run then are only told of in the log.

        Raises:
          RuntimeError: where threads still run after the grace period.
          Exception: what a thread reported.
        """
        with self._lock:
            threads = list(self._registered_threads.union(threads or ()))
        while any(t.is_alive() for t in threads) and not self.wait_for_stop(1.0):
            pass
        wait = 0.001
        while any(t.is_alive() for t in threads) and stop_grace_period_secs >= 0.0:
            time.sleep(wait)
            stop_grace_period_secs -= wait
            wait = max(min(2 * wait, stop_grace_period_secs), 0.001)
        alive = [t.name for t in threads if t.is_alive()]
        with self._lock:
            self._joined = True
            self._registered_threads = set()
            if self._exc_info_to_raise:
                _raise(self._exc_info_to_raise)
            elif alive:
                message = "Coordinator stopped with threads still running: %s" % " ".join(alive)
                if not ignore_live_threads:
                    raise RuntimeError(message)
                logging.info("%s", message)

    @property
    def joined(self):
        return self._joined

    def raise_requested_exception(self):
        """Raises what a thread reported, if one did."""
        with self._lock:
            if self._exc_info_to_raise:
                _raise(self._exc_info_to_raise)


class LooperThread(threading.Thread):
    """A thread that calls a function again and again until its coordinator stops.

    Args:
      coord: a Coordinator; the thread registers with it.
      timer_interval_secs: seconds between the beginnings of two calls, None for no pause.
      target: the function; a subclass may override run_loop() instead.
      args, kwargs: what it is called with.

    Raises:
      ValueError: where coord is no Coordinator, or arguments come without a target.
    """

    def __init__(self, coord, timer_interval_secs, target=None, args=None, kwargs=None):
        if not isinstance(coord, Coordinator):
            raise ValueError("'coord' argument must be a Coordinator: %s" % coord)
        super().__init__()
        self.daemon = True
        self._coord = coord
        self._timer_interval_secs = timer_interval_secs
        self._target = target
        if target:
            self._args = args or ()
            self._kwargs = kwargs or {}
        elif args or kwargs:
            raise ValueError("'args' and 'kwargs' argument require that you also pass 'target'")
        coord.register_thread(self)

    @staticmethod
    def loop(coord, timer_interval_secs, target, args=None, kwargs=None):
        """Makes such a thread and starts it."""
        looper = LooperThread(coord, timer_interval_secs, target=target, args=args, kwargs=kwargs)
        looper.start()
        return looper

    def run(self):
        with self._coord.stop_on_exception():
            self.start_loop()
            if self._timer_interval_secs is None:
                while not self._coord.should_stop():
                    self.run_loop()
            else:
                due = time.time()
                while not self._coord.wait_for_stop(due - time.time()):
                    due += self._timer_interval_secs
                    self.run_loop()
            self.stop_loop()

    def start_loop(self):
        """Called when the thread starts."""

    def stop_loop(self):
        """Called when the thread stops."""

    def run_loop(self):
        """Called at each turn."""
        if self._target:
            self._target(*self._args, **self._kwargs)
