"""Hooks for monitored sessions: logging, stopping, waiting, feeding; saver_hooks.py has those that write files."""
import time

import numpy as np

from pytfgraph.framework import dtypes, errors, ops
from pytfgraph.ops import init_ops, variable_scope
from pytfgraph.platform import tf_logging as logging
from pytfgraph.protos import module as _messages
from pytfgraph.summary.writer import writer_cache
from pytfgraph.training import training_util
from pytfgraph.training.hook_timers import NeverTriggerTimer, SecondOrStepTimer, global_step_read
from pytfgraph.training.saver_hooks import CheckpointSaverHook, CheckpointSaverListener, ProfilerHook, SummarySaverHook  # noqa: F401
from pytfgraph.training.session_run_hook import SessionRunArgs, SessionRunHook


# ---- logging ----

class LoggingTensorHook(SessionRunHook):
    """Logs tensors every so many runs or seconds, or at the end.

    Args:
      tensors: names or tensors, or a dict of tags to these.
      every_n_iter: runs between two lines, the first included.
      every_n_secs: seconds between two lines; exactly one of the two, unless `at_end` alone is wanted.
      at_end: whether to log when the session ends; the tensors are then run once more.
      formatter: makes a line of a dict of tags to values.

    Raises:
      ValueError: for other combinations, and `every_n_iter` below 1.
    """

    def __init__(self, tensors, every_n_iter=None, every_n_secs=None, at_end=False, formatter=None):
        only_at_end = at_end and every_n_iter is None and every_n_secs is None
        if not only_at_end and (every_n_iter is None) == (every_n_secs is None):
            raise ValueError("either at_end and/or exactly one of every_n_iter and every_n_secs must be provided.")
        if every_n_iter is not None and every_n_iter <= 0:
            raise ValueError("invalid every_n_iter=%s." % every_n_iter)
        if isinstance(tensors, dict):
            self._tag_order = sorted(tensors)
        else:
            self._tag_order = tensors
            tensors = {item: item for item in tensors}
        self._tensors = tensors
        self._formatter = formatter
        self._timer = NeverTriggerTimer() if only_at_end else SecondOrStepTimer(every_secs=every_n_secs, every_steps=every_n_iter)
        self._log_at_end = at_end

    def begin(self):
        self._timer.reset()
        self._iter_count = 0
        self._current_tensors = {tag: _as_graph_element(tensor) for tag, tensor in self._tensors.items()}

    def before_run(self, run_context):
        self._should_trigger = self._timer.should_trigger_for_step(self._iter_count)
        return SessionRunArgs(self._current_tensors) if self._should_trigger else None

    def _log_tensors(self, tensor_values):
        seconds, _ = self._timer.update_last_triggered_step(self._iter_count)
        with np.printoptions(suppress=True):
            if self._formatter:
                logging.info(self._formatter(tensor_values))
                return
            line = ", ".join("%s = %s" % (tag, tensor_values[tag]) for tag in self._tag_order)
            if seconds is None:
                logging.info("%s", line)
            else:
                logging.info("%s (%.3f sec)", line, seconds)

    def after_run(self, run_context, run_values):
        if self._should_trigger:
            self._log_tensors(run_values.results)
        self._iter_count += 1

    def end(self, session):
        if self._log_at_end:
            self._log_tensors(session.run(self._current_tensors))


class StepCounterHook(SessionRunHook):
    """Logs steps per second, and writes them as a summary "<global step>/sec".

    Args:
      every_n_steps: steps between two lines.
      every_n_secs: seconds between two lines; exactly one of the two.
      output_dir: where summaries go; none are written without it and `summary_writer`.
      summary_writer: a `tf.summary.FileWriter`.
    """

    def __init__(self, every_n_steps=100, every_n_secs=None, output_dir=None, summary_writer=None):
        if (every_n_steps is None) == (every_n_secs is None):
            raise ValueError("exactly one of every_n_steps and every_n_secs should be provided.")
        self._timer = SecondOrStepTimer(every_steps=every_n_steps, every_secs=every_n_secs)
        self._summary_writer = summary_writer
        self._output_dir = output_dir
        self._last_global_step = None
        self._global_step_check_count = 0
        self._steps_per_run = 1

    def _set_steps_per_run(self, steps_per_run):
        self._steps_per_run = steps_per_run

    def begin(self):
        if self._summary_writer is None and self._output_dir:
            self._summary_writer = writer_cache.FileWriterCache.get(self._output_dir)
        self._global_step_tensor = global_step_read("StepCounterHook")
        self._summary_tag = training_util.get_global_step().op.name + "/sec"

    def before_run(self, run_context):
        return SessionRunArgs(self._global_step_tensor)

    def _log_and_record(self, elapsed_steps, elapsed_time, global_step):
        rate = elapsed_steps / elapsed_time
        if self._summary_writer is not None:
            summary = _messages("tensorflow.core.framework.summary_pb2").Summary()
            summary.value.add(tag=self._summary_tag, simple_value=rate)
            self._summary_writer.add_summary(summary, global_step)
        logging.info("%s: %g", self._summary_tag, rate)

    def after_run(self, run_context, run_values):
        before = run_values.results
        if self._timer.should_trigger_for_step(before + self._steps_per_run):
            step = run_context.session.run(self._global_step_tensor)
            if self._timer.should_trigger_for_step(step):
                seconds, steps = self._timer.update_last_triggered_step(step)
                if seconds is not None:
                    self._log_and_record(steps, seconds, step)
        self._warn_of_standstill(before)
        self._last_global_step = before

    def _warn_of_standstill(self, step):
        if step != self._last_global_step:
            self._global_step_check_count = 0
            return
        self._global_step_check_count += 1
        if self._global_step_check_count % 20 == 0:
            self._global_step_check_count = 0
            logging.warning("It seems that global step (tf.train.get_global_step) has not been increased. Current value (could be stable): "
                            "%s vs previous value: %s. You could increase the global step by passing tf.train.get_global_step() to "
                            "Optimizer.apply_gradients or Optimizer.minimize.", step, self._last_global_step)


# ---- stopping ----

_HOOKS = "hooks"
_STEPS_PER_RUN_VAR = "steps_per_run"


def get_or_create_steps_per_run_variable():
    """The variable that says how many steps one run takes, made where there is none."""
    key = "{}_{}".format(_HOOKS, _STEPS_PER_RUN_VAR)
    found = ops.get_default_graph().get_collection(key)
    if len(found) > 1:
        raise RuntimeError("Multiple steps_per_run_var in collection.")
    if found:
        return found[0]
    with variable_scope.variable_scope(_HOOKS, reuse=variable_scope.AUTO_REUSE):
        return variable_scope.get_variable(_STEPS_PER_RUN_VAR, initializer=init_ops.ones_initializer(), shape=[], dtype=dtypes.int32,
                                           trainable=False, collections=[key, ops.GraphKeys.LOCAL_VARIABLES], use_resource=True)


def _check_steps(num_steps, last_step):
    if num_steps is None and last_step is None:
        raise ValueError("One of num_steps or last_step must be specified.")
    if num_steps is not None and last_step is not None:
        raise ValueError("Only one of num_steps or last_step can be specified.")


class StopAtStepHook(SessionRunHook):
    """Stops after some steps.

    Args:
      num_steps: how many, from the global step's value at the beginning on.
      last_step: the global step to stop at; exactly one of the two.
    """

    def __init__(self, num_steps=None, last_step=None):
        _check_steps(num_steps, last_step)
        self._num_steps = num_steps
        self._last_step = last_step

    def begin(self):
        self._global_step_tensor = global_step_read("StopAtStepHook")

    def after_create_session(self, session, coord):
        if self._last_step is None:
            self._last_step = session.run(self._global_step_tensor) + self._num_steps

    def before_run(self, run_context):
        return SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context, run_values):
        # What was fetched is the value before this step; others may have gone on since.
        if run_values.results + 1 >= self._last_step and run_context.session.run(self._global_step_tensor) >= self._last_step:
            run_context.request_stop()


class _MultiStepStopAtStepHook(SessionRunHook):
    """As StopAtStepHook where each run takes several steps; keeps the variable of `get_or_create_steps_per_run_variable`."""

    def __init__(self, num_steps=None, last_step=None, steps_per_run=1):
        _check_steps(num_steps, last_step)
        if steps_per_run is None or steps_per_run < 1:
            raise ValueError("steps_per_run should be greater than 0")
        self._num_steps = num_steps
        self._last_step = last_step
        self._steps_per_run_initial_value = steps_per_run

    def begin(self):
        self._global_step_tensor = training_util.get_global_step()
        if self._global_step_tensor is None:
            raise RuntimeError("Global step should be created to use StopAtStepHook.")
        self._steps_per_run_variable = get_or_create_steps_per_run_variable()

    def _update_steps_per_run_variable(self, global_step, session):
        self._steps_per_run_variable.load(min(self._last_step - global_step, self._steps_per_run_initial_value), session=session)

    def after_create_session(self, session, coord):
        step = session.run(self._global_step_tensor)
        if self._last_step is None:
            self._last_step = step + self._num_steps
        self._update_steps_per_run_variable(step, session)

    def after_run(self, run_context, run_values):
        step = run_context.session.run(self._global_step_tensor)
        if step >= self._last_step:
            run_context.request_stop()
        else:
            self._update_steps_per_run_variable(step, run_context.session)


class NanLossDuringTrainingError(RuntimeError):
    """The loss became NaN."""

    def __str__(self):
        return "NaN loss during training."


class NanTensorHook(SessionRunHook):
    """Watches a loss for NaN.

    Args:
      loss_tensor: a scalar tensor.
      fail_on_nan_loss: whether NaN raises `NanLossDuringTrainingError`, or only stops.
    """

    def __init__(self, loss_tensor, fail_on_nan_loss=True):
        self._loss_tensor = loss_tensor
        self._fail_on_nan_loss = fail_on_nan_loss

    def before_run(self, run_context):
        return SessionRunArgs(self._loss_tensor)

    def after_run(self, run_context, run_values):
        if not np.isnan(run_values.results):
            return
        words = "Model diverged with loss = NaN."
        if self._fail_on_nan_loss:
            logging.error(words)
            raise NanLossDuringTrainingError
        logging.warning(words)
        run_context.request_stop()


# ---- the rest ----

class GlobalStepWaiterHook(SessionRunHook):
    """Waits, before the first run, until the global step has reached a value: so workers can start one after the other.

    Args:
      wait_until_step: the value.
    """

    def __init__(self, wait_until_step):
        self._wait_until_step = wait_until_step

    def begin(self):
        self._worker_is_started = False
        self._global_step_tensor = global_step_read("_GlobalStepWaiterHook")

    def before_run(self, run_context):
        if self._worker_is_started:
            return None
        if self._wait_until_step > 0:
            self._wait(run_context.session)
        self._worker_is_started = True
        return None

    def _wait(self, session):
        told = 0
        logging.info("Waiting for global step %d before starting training.", self._wait_until_step)
        while True:
            step = session.run(self._global_step_tensor)
            if step >= self._wait_until_step:
                return
            if step - told > 1000:
                logging.info("Waiting for global step %d before starting training. Current step is %d.", self._wait_until_step, step)
                told = step
            time.sleep(0.5)


class FinalOpsHook(SessionRunHook):
    """Runs something at the end and keeps the values.

    Args:
      final_ops: what to fetch; anything run takes.
      final_ops_feed_dict: what to feed.
    """

    def __init__(self, final_ops, final_ops_feed_dict=None):
        self._final_ops = final_ops
        self._final_ops_feed_dict = final_ops_feed_dict
        self._final_ops_values = None

    @property
    def final_ops_values(self):
        """What the run at the end gave."""
        return self._final_ops_values

    def end(self, session):
        if self._final_ops is None:
            return
        try:
            self._final_ops_values = session.run(self._final_ops, feed_dict=self._final_ops_feed_dict)
        except (errors.OutOfRangeError, StopIteration):
            logging.warning(
                "An OutOfRangeError or StopIteration exception is raised by the code in FinalOpsHook. This typically means the Ops running "
                "by the FinalOpsHook have a dependency back to some input source, which should not happen. For example, for metrics in "
                "tf.estimator.Estimator, all metrics functions return two Ops: `value_op` and  `update_op`. Estimator.evaluate calls the "
                "`update_op` for each batch of the data in input source and, once it is exhausted, it call the `value_op` to get the metric "
                "values. The `value_op` here should have dependency back to variables reading only, rather than reading another batch from "
                "input. Otherwise, the `value_op`, executed by `FinalOpsHook`, triggers another data reading, which ends "
                "OutOfRangeError/StopIteration. Please fix that.")
            raise


class FeedFnHook(SessionRunHook):
    """Feeds what a function gives.

    Args:
      feed_fn: gives a feed_dict at each run.
    """

    def __init__(self, feed_fn):
        self.feed_fn = feed_fn

    def before_run(self, run_context):
        return SessionRunArgs(fetches=None, feed_dict=self.feed_fn())


def _as_graph_element(obj):
    """A tensor by its name or its operation's, or something that is of the default graph already."""
    graph = ops.get_default_graph()
    if not isinstance(obj, str):
        if not hasattr(obj, "graph") or obj.graph != graph:
            raise ValueError("Passed %s should have graph attribute that is equal to current graph %s." % (obj, graph))
        return obj
    if ":" in obj:
        return graph.as_graph_element(obj)
    element = graph.as_graph_element(obj + ":0")
    if len(element.op.outputs) > 1:
        raise ValueError("Name %s is ambiguous, as this `Operation` has multiple outputs (at least 2)." % obj)
    return element
