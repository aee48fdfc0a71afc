"""A training loop under a supervisor."""
from pytfgraph.framework import errors


def basic_train_loop(supervisor, train_step_fn, args=None, kwargs=None, master=""):
    """Calls a function in a supervisor's session until the supervisor stops; begins anew where the step is aborted.

    Args:
      supervisor: a `tf.train.Supervisor`.
      train_step_fn: called as `train_step_fn(session, *args, **kwargs)`.
      args: positional arguments for it.
      kwargs: named ones.
      master: the session's target.
    """
    again = True
    while again:
        again = False
        try:
            with supervisor.managed_session(master) as sess:
                while not supervisor.should_stop():
                    train_step_fn(sess, *(args or []), **(kwargs or {}))
        except errors.AbortedError:
            again = True
