"""Making sessions ready for training: restored from a checkpoint or initialised, and checked."""
import time

import numpy as np

from pytfgraph.client import session
from pytfgraph.framework import errors, ops
from pytfgraph.platform import tf_logging as logging
from pytfgraph.training import checkpoint_management


def _maybe_name(obj):
    if obj is None:
        return "None"
    return obj.name if hasattr(obj, "name") else "<no name for %s>" % type(obj)


class SessionManager:
    """Makes sessions: restores a checkpoint where there is one, initialises else, and makes sure that all variables are.

    Args:
      local_init_op: run in every new session, for what checkpoints do not hold.
      ready_op: gives the names of variables that are not initialised; none means ready.
      ready_for_local_init_op: the same, asked before `local_init_op` is run.
      graph: the graph, by default the default one.
      recovery_wait_secs: seconds between two looks at a checkpoint or model that is waited for.
      local_init_run_options: RunOptions for `local_init_op`.

    Raises:
      ValueError: for ready_for_local_init_op without local_init_op.
    """

    def __init__(self, local_init_op=None, ready_op=None, ready_for_local_init_op=None, graph=None, recovery_wait_secs=30,
                 local_init_run_options=None):
        self._local_init_op = local_init_op
        self._ready_op = ready_op
        self._ready_for_local_init_op = ready_for_local_init_op
        self._graph = ops.get_default_graph() if graph is None else graph
        self._recovery_wait_secs = recovery_wait_secs
        self._target = None
        self._local_init_run_options = local_init_run_options
        if ready_for_local_init_op is not None and local_init_op is None:
            raise ValueError("If you pass a ready_for_local_init_op you must also pass a local_init_op , ready_for_local_init_op [%s]"
                             % ready_for_local_init_op)

    def _restore_checkpoint(self, master, saver=None, checkpoint_dir=None, checkpoint_filename_with_path=None, wait_for_checkpoint=False,
                            max_wait_secs=7200, config=None):
        """(a new session, whether a checkpoint was restored)."""
        self._target = master
        sess = session.Session(self._target, graph=self._graph, config=config)
        if checkpoint_dir and checkpoint_filename_with_path:
            raise ValueError("Can not provide both checkpoint_dir and checkpoint_filename_with_path.")
        if not saver or not (checkpoint_dir or checkpoint_filename_with_path):
            return sess, False
        if checkpoint_filename_with_path:
            saver.restore(sess, checkpoint_filename_with_path)
            return sess, True
        waited = 0
        state = checkpoint_management.get_checkpoint_state(checkpoint_dir)
        while not state or not state.model_checkpoint_path:
            if not wait_for_checkpoint or waited >= max_wait_secs:
                return sess, False
            logging.info("Waiting for checkpoint to be available.")
            time.sleep(self._recovery_wait_secs)
            waited += self._recovery_wait_secs
            state = checkpoint_management.get_checkpoint_state(checkpoint_dir)
        saver.restore(sess, state.model_checkpoint_path)
        saver.recover_last_checkpoints(state.all_model_checkpoint_paths)
        return sess, True

    def prepare_session(self, master, init_op=None, saver=None, checkpoint_dir=None, checkpoint_filename_with_path=None,
                        wait_for_checkpoint=False, max_wait_secs=7200, config=None, init_feed_dict=None, init_fn=None):
        """A session with a model that is ready: restored where there is a checkpoint, initialised else.

        Args:
          master: the session's target.
          init_op: initialises the model.
          saver: restores it.
          checkpoint_dir: a folder whose latest checkpoint is restored, or
          checkpoint_filename_with_path: a checkpoint.
          wait_for_checkpoint: whether to wait for a checkpoint that is not there.
          max_wait_secs: how long.
          config: a ConfigProto.
          init_feed_dict: fed to `init_op`.
          init_fn: called with the session after `init_op`.

        Raises:
          RuntimeError: where the model is not ready in the end.
          ValueError: where both checkpoint arguments are given.
        """
        sess, restored = self._restore_checkpoint(master, saver, checkpoint_dir=checkpoint_dir,
                                                  checkpoint_filename_with_path=checkpoint_filename_with_path,
                                                  wait_for_checkpoint=wait_for_checkpoint, max_wait_secs=max_wait_secs, config=config)
        if not restored:
            if init_op is None and not init_fn and self._local_init_op is None:
                raise RuntimeError("Model is not initialized and no init_op or init_fn or local_init_op was given")
            if init_op is not None:
                sess.run(init_op, feed_dict=init_feed_dict)
            if init_fn:
                init_fn(sess)
        done, words = self._try_run_local_init_op(sess)
        if not done:
            raise RuntimeError("Init operations did not make model ready for local_init.  Init op: %s, init fn: %s, error: %s"
                               % (_maybe_name(init_op), init_fn, words))
        ready, words = self._model_ready(sess)
        if not ready:
            raise RuntimeError("Init operations did not make model ready.  Init op: %s, init fn: %s, local_init_op: %s, error: %s"
                               % (_maybe_name(init_op), init_fn, self._local_init_op, words))
        return sess

    def recover_session(self, master, saver=None, checkpoint_dir=None, checkpoint_filename_with_path=None, wait_for_checkpoint=False,
                        max_wait_secs=7200, config=None):
        """A session, restored where there is a checkpoint.

        Args:
          master, saver, checkpoint_dir, checkpoint_filename_with_path, wait_for_checkpoint, max_wait_secs, config: as prepare_session's.

        Returns:
          (session, whether its model was restored and is ready).
        """
        sess, restored = self._restore_checkpoint(master, saver, checkpoint_dir=checkpoint_dir,
                                                  checkpoint_filename_with_path=checkpoint_filename_with_path,
                                                  wait_for_checkpoint=wait_for_checkpoint, max_wait_secs=max_wait_secs, config=config)
        done, words = self._try_run_local_init_op(sess)
        if not restored:
            return sess, False
        source = checkpoint_dir or checkpoint_filename_with_path
        if not done:
            logging.info("Restoring model from %s did not make model ready for local init: %s", source, words)
            return sess, False
        ready, words = self._model_ready(sess)
        if not ready:
            logging.info("Restoring model from %s did not make model ready: %s", source, words)
            return sess, False
        logging.info("Restored model from %s", source)
        return sess, True

    def wait_for_session(self, master, config=None, max_wait_secs=float("Inf")):
        """A session with a model that somebody else made ready; waits until it is.

        Args:
          master: the session's target.
          config: a ConfigProto.
          max_wait_secs: how long; None means forever.

        Raises:
          tf.errors.DeadlineExceededError: where that is not long enough.
        """
        self._target = master
        end = time.time() + (float("Inf") if max_wait_secs is None else max_wait_secs)
        while True:
            sess = session.Session(self._target, graph=self._graph, config=config)
            words = None
            done, local_words = self._try_run_local_init_op(sess)
            if done:
                ready, words = self._model_ready(sess)
                if ready:
                    return sess
            self._safe_close(sess)
            if max(0, end - time.time()) - self._recovery_wait_secs < 0:
                raise errors.DeadlineExceededError(None, None, "Session was not ready after waiting %d secs." % (max_wait_secs,))
            logging.info("Waiting for model to be ready.  Ready_for_local_init_op:  %s, ready: %s", local_words, words)
            time.sleep(self._recovery_wait_secs)

    def _safe_close(self, sess):
        try:
            sess.close()
        except Exception:       # it may be gone already
            pass

    def _model_ready(self, sess):
        return _ready(self._ready_op, sess, "Model not ready")

    def _model_ready_for_local_init(self, sess):
        return _ready(self._ready_for_local_init_op, sess, "Model not ready for local init")

    def _try_run_local_init_op(self, sess):
        """(whether it is done, or the reason why not)."""
        if self._local_init_op is None:
            return True, None
        ready, words = self._model_ready_for_local_init(sess)
        if not ready:
            return False, words
        logging.info("Running local_init_op.")
        sess.run(self._local_init_op, options=self._local_init_run_options)
        logging.info("Done running local_init_op.")
        return True, None


def _ready(op, sess, words):
    """(whether nothing is left to initialise, or which variables are)."""
    if op is None:
        return True, None
    try:
        value = sess.run(op)
    except errors.FailedPreconditionError as e:
        if "uninitialized" not in str(e):
            logging.warning("%s : error [%s]", words, str(e))
            raise
        return False, str(e)
    # Some programs have a ready op that gives numbers; it only has to run.
    if value is None or value.dtype == np.int32 or value.size == 0:
        return True, None
    return False, "Variables not initialized: " + ", ".join(name.decode("utf-8") for name in value)
