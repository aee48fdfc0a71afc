"""Hooks that write: checkpoints, summaries, timelines."""
import os

from pytfgraph.framework import graph_io, meta_graph, ops
from pytfgraph.platform import gfile
from pytfgraph.platform import tf_logging as logging
from pytfgraph.protos import module as _messages
from pytfgraph.summary.writer import writer_cache
from pytfgraph.training.hook_timers import SecondOrStepTimer, global_step_read
from pytfgraph.training.session_run_hook import SessionRunArgs, SessionRunHook


def _session_log(**fields):
    return _messages("tensorflow.core.util.event_pb2").SessionLog(**fields)


_START, _CHECKPOINT = 1, 3      # of SessionLog.SessionStatus


class CheckpointSaverListener:
    """Takes part in the saves of a `CheckpointSaverHook`."""

    def begin(self):
        """Called when the hook begins."""

    def before_save(self, session, global_step_value):
        """Called before a checkpoint is written."""

    def after_save(self, session, global_step_value):
        """Called when a checkpoint was written; anything true asks that training stops."""

    def end(self, session, global_step_value):
        """Called at the end, after the last save."""


class CheckpointSaverHook(SessionRunHook):
    """Saves checkpoints: at the beginning, every so many steps or seconds, and at the end.

    Args:
      checkpoint_dir: the folder.
      save_secs: seconds between two saves.
      save_steps: steps between two saves; exactly one of the two.
      saver: a `tf.train.Saver`, or
      scaffold: a `tf.train.Scaffold` that has one; without both, that of the collection SAVERS.
      checkpoint_basename: the first part of the files' names.
      listeners: `CheckpointSaverListener`s.

    Raises:
      ValueError: where both saver and scaffold are given, or not exactly one of the periods.
    """

    def __init__(self, checkpoint_dir, save_secs=None, save_steps=None, saver=None, checkpoint_basename="model.ckpt", scaffold=None,
                 listeners=None):
        logging.info("Create CheckpointSaverHook.")
        if saver is not None and scaffold is not None:
            raise ValueError("You cannot provide both saver and scaffold.")
        self._saver = saver
        self._checkpoint_dir = checkpoint_dir
        self._save_path = os.path.join(checkpoint_dir, checkpoint_basename)
        self._scaffold = scaffold
        self._timer = SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)
        self._listeners = listeners or []
        self._steps_per_run = 1

    def _set_steps_per_run(self, steps_per_run):
        self._steps_per_run = steps_per_run

    def begin(self):
        self._summary_writer = writer_cache.FileWriterCache.get(self._checkpoint_dir)
        self._global_step_tensor = global_step_read("CheckpointSaverHook")
        for listener in self._listeners:
            listener.begin()

    def after_create_session(self, session, coord):
        step = session.run(self._global_step_tensor)
        graph, saver = ops.get_default_graph(), self._get_saver()
        graph_def = graph.as_graph_def(add_shapes=True)
        graph_io.write_graph(graph_def, self._checkpoint_dir, "graph.pbtxt")
        self._summary_writer.add_graph(graph)
        self._summary_writer.add_meta_graph(meta_graph.create_meta_graph_def(graph_def=graph_def, saver_def=saver.saver_def if saver else None))
        self._save(session, step)
        self._timer.update_last_triggered_step(step)

    def before_run(self, run_context):
        return SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context, run_values):
        if not self._timer.should_trigger_for_step(run_values.results + self._steps_per_run):
            return
        step = run_context.session.run(self._global_step_tensor)
        if self._timer.should_trigger_for_step(step):
            self._timer.update_last_triggered_step(step)
            if self._save(run_context.session, step):
                run_context.request_stop()

    def end(self, session):
        step = session.run(self._global_step_tensor)
        if step != self._timer.last_triggered_step():
            self._save(session, step)
        for listener in self._listeners:
            listener.end(session, step)

    def _save(self, session, step):
        """Saves; whether a listener asks that training stops."""
        logging.info("Saving checkpoints for %d into %s.", step, self._save_path)
        for listener in self._listeners:
            listener.before_save(session, step)
        self._get_saver().save(session, self._save_path, global_step=step)
        self._summary_writer.add_session_log(_session_log(status=_CHECKPOINT, checkpoint_path=self._save_path), step)
        stop = False
        for listener in self._listeners:
            if listener.after_save(session, step):
                logging.info("A CheckpointSaverListener requested that training be stopped. listener: {}".format(listener))
                stop = True
        return stop

    def _get_saver(self):
        if self._saver is not None:
            return self._saver
        if self._scaffold is not None:
            return self._scaffold.saver
        key = ops.GraphKeys.SAVERS
        savers = ops.get_collection(key)
        if not savers:
            raise RuntimeError("No items in collection {}. Please add a saver to the collection or provide a saver or scaffold.".format(key))
        if len(savers) > 1:
            raise RuntimeError("More than one item in collection {}. Please indicate which one to use by passing it to the constructor."
                               .format(key))
        self._saver = savers[0]
        return self._saver


class SummarySaverHook(SessionRunHook):
    """Writes summaries every so many steps or seconds.

    Args:
      save_steps: steps between two times.
      save_secs: seconds between two times; exactly one of the two.
      output_dir: where events go, or
      summary_writer: a `tf.summary.FileWriter`.
      scaffold: a `tf.train.Scaffold` whose summary_op is run, or
      summary_op: a summary tensor or a list of them; exactly one of the two.
    """

    def __init__(self, save_steps=None, save_secs=None, output_dir=None, summary_writer=None, scaffold=None, summary_op=None):
        if (scaffold is None) == (summary_op is None):
            raise ValueError("Exactly one of scaffold or summary_op must be provided.")
        self._summary_op = summary_op
        self._summary_writer = summary_writer
        self._output_dir = output_dir
        self._scaffold = scaffold
        self._timer = SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)

    def begin(self):
        if self._summary_writer is None and self._output_dir:
            self._summary_writer = writer_cache.FileWriterCache.get(self._output_dir)
        self._next_step = None
        self._global_step_tensor = global_step_read("SummarySaverHook")

    def before_run(self, run_context):
        self._request_summary = self._next_step is None or self._timer.should_trigger_for_step(self._next_step)
        requests = {"global_step": self._global_step_tensor}
        if self._request_summary and self._get_summary_op() is not None:
            requests["summary"] = self._get_summary_op()
        return SessionRunArgs(requests)

    def after_run(self, run_context, run_values):
        if not self._summary_writer:
            return
        step = run_values.results["global_step"] + 1
        if self._next_step is None or self._request_summary:
            step = run_context.session.run(self._global_step_tensor)
        if self._next_step is None:
            self._summary_writer.add_session_log(_session_log(status=_START), step)
        if self._request_summary:
            self._timer.update_last_triggered_step(step)
            for summary in run_values.results.get("summary", ()):
                self._summary_writer.add_summary(summary, step)
        self._next_step = step + 1

    def end(self, session=None):
        if self._summary_writer:
            self._summary_writer.flush()

    def _get_summary_op(self):
        op = self._summary_op if self._summary_op is not None else self._scaffold.summary_op
        return op if op is None or isinstance(op, list) else [op]


class ProfilerHook(SessionRunHook):
    """Writes a timeline ("timeline-STEP.json", for chrome://tracing) every so many steps or seconds.

    Args:
      save_steps: steps between two times.
      save_secs: seconds between two times; exactly one of the two.
      output_dir: the folder.
      show_dataflow: whether arrows join what gives and what takes a tensor.
      show_memory: whether sizes are shown.
    """

    def __init__(self, save_steps=None, save_secs=None, output_dir="", show_dataflow=True, show_memory=False):
        self._output_file = os.path.join(output_dir, "timeline-{}.json")
        self._file_writer = writer_cache.FileWriterCache.get(output_dir)
        self._show_dataflow = show_dataflow
        self._show_memory = show_memory
        self._timer = SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)

    def begin(self):
        self._next_step = None
        self._global_step_tensor = global_step_read("ProfilerHook")

    def before_run(self, run_context):
        self._request_summary = self._next_step is not None and self._timer.should_trigger_for_step(self._next_step)
        options = None
        if self._request_summary:
            messages = _messages("tensorflow.core.protobuf.config_pb2")
            options = messages.RunOptions(trace_level=messages.RunOptions.FULL_TRACE)
        return SessionRunArgs({"global_step": self._global_step_tensor}, options=options)

    def after_run(self, run_context, run_values):
        before = run_values.results["global_step"]
        if self._next_step is None:
            self._timer.update_last_triggered_step(before)
        step = before + 1
        if self._request_summary:
            step = run_context.session.run(self._global_step_tensor)
            self._timer.update_last_triggered_step(step)
            self._save(step, self._output_file.format(step), run_values.run_metadata.step_stats)
            self._file_writer.add_run_metadata(run_values.run_metadata, "step_%d" % step)
        self._next_step = step + 1

    def _save(self, step, save_path, step_stats):
        from pytfgraph.client import timeline
        logging.info("Saving timeline for %d into '%s'.", step, save_path)
        with gfile.Open(save_path, "w") as f:
            f.write(timeline.Timeline(step_stats).generate_chrome_trace_format(show_dataflow=self._show_dataflow, show_memory=self._show_memory))
