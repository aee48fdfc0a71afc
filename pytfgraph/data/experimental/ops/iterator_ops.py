"""Where iterators stand, saved and restored with a model's variables or apart from them."""
from pytfgraph.data.ops import iterator_ops
from pytfgraph.data.ops.dataset_ops import gen_dataset_ops
from pytfgraph.data.ops.iterator_ops import get_next_as_optional
from pytfgraph.data.ops.optional_ops import Optional
from pytfgraph.framework import ops
from pytfgraph.training import basic_session_run_hooks, checkpoint_management, saveable_object, saver, session_run_hook

__all__ = ["CheckpointInputPipelineHook", "Optional", "get_next_as_optional", "make_saveable_from_iterator"]


class _Saveable(saveable_object.SaveableObject):
    """An iterator as Saver saves it: a variant that holds its dataset's graph and where it stands."""

    def __init__(self, iterator_resource):
        serialized = gen_dataset_ops.serialize_iterator(iterator_resource)
        spec = saveable_object.SaveSpec(serialized, "", iterator_resource.name + "-state")
        super().__init__(iterator_resource, [spec], iterator_resource.name)

    def restore(self, restored_tensors, unused_restored_shapes):
        with ops.colocate_with(self.op):
            return gen_dataset_ops.deserialize_iterator(self.op, restored_tensors[0])


def make_saveable_from_iterator(iterator):
    """What a Saver takes to save an iterator and to restore it where it stood, in the middle of an epoch or not.

    Restoring brings the dataset back, too, as it was when it was saved: functions, seeds, buffers and what was computed ahead.  So an
    iterator need not be initialised before, and forgets the dataset that it had.

    Args:
      iterator: a tf.data.Iterator.

    Returns:
      A SaveableObject, for the collection tf.GraphKeys.SAVEABLE_OBJECTS or for a Saver's `var_list`.

    Raises:
      What is wrong is told when the saver runs: FailedPreconditionError before the iterator is initialised, InvalidArgumentError for datasets
      whose functions have a state, UnimplementedError for such that cannot say where they stand (generators).
    """
    return _Saveable(iterator._iterator_resource)


class CheckpointInputPipelineHook(session_run_hook.SessionRunHook):
    """Saves the iterators of an estimator's input pipeline every so often, and restores them when training goes on.

    They are saved apart from the model, under "input.ckpt" in its folder, which lists the latest of them in "checkpoint_input".
    """

    def __init__(self, estimator):
        """
        Args:
          estimator: an Estimator; its model_dir and its configuration say where and when to save.
        """
        config = estimator._config
        prefix = "input"
        if config.num_worker_replicas > 1:
            prefix += "_%s_%s" % (config.task_type, config.task_id)
        self._checkpoint_saver_hook = basic_session_run_hooks.CheckpointSaverHook(
            estimator.model_dir, save_secs=config.save_checkpoints_secs, save_steps=config.save_checkpoints_steps,
            checkpoint_basename=prefix + ".ckpt")
        self._latest_filename = "checkpoint_" + prefix
        self._first_run = True

    def begin(self):
        hook = self._checkpoint_saver_hook
        if hook._saver is None and hook._scaffold is None:
            iterators = ops.get_collection(iterator_ops.GLOBAL_ITERATORS)
            hook._saver = _CustomSaver([_Saveable(i) for i in iterators], self._latest_filename)
        hook.begin()

    def _restore_or_save_initial_ckpt(self, session):
        hook = self._checkpoint_saver_hook
        latest = checkpoint_management.latest_checkpoint(hook._checkpoint_dir, latest_filename=self._latest_filename)
        if latest:
            hook._get_saver().restore(session, latest)
        else:
            step = session.run(hook._global_step_tensor)
            hook._save(session, step)
            hook._timer.update_last_triggered_step(step)

    def before_run(self, run_context):
        if self._first_run:         # behind every hook that initialises iterators once the session is there
            self._restore_or_save_initial_ckpt(run_context.session)
            self._first_run = False
        return self._checkpoint_saver_hook.before_run(run_context)

    def after_run(self, run_context, run_values):
        self._checkpoint_saver_hook.after_run(run_context, run_values)

    def end(self, session):
        self._checkpoint_saver_hook.end(session)


class _CustomSaver(saver.Saver):
    """A saver whose list of checkpoints has a name of its own."""

    def __init__(self, var_list, latest_filename):
        super().__init__(var_list)
        self._latest_filename = latest_filename

    def save(self, sess, save_path, global_step=None, latest_filename=None, meta_graph_suffix="meta", write_meta_graph=True, write_state=True,
             strip_default_attrs=False):
        return super().save(sess, save_path, global_step, latest_filename or self._latest_filename, meta_graph_suffix, write_meta_graph,
                            write_state, strip_default_attrs)
