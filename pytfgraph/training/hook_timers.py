"""When hooks act, and the global step they count by."""
import time

from pytfgraph.training import training_util


def global_step_read(hook_name):
    """The global step as it is before a step's increment; RuntimeError where the graph has none."""
    read = training_util._get_or_create_global_step_read()
    if read is None:
        raise RuntimeError("Global step should be created to use %s." % hook_name)
    return read


class _HookTimer:
    """Says when a hook is to act."""

    def __init__(self):
        pass

    def reset(self):
        """Forgets what was."""

    def should_trigger_for_step(self, step):
        """Whether to act at `step`."""
        raise NotImplementedError

    def update_last_triggered_step(self, step):
        """Notes that the hook acted at `step`: (seconds, steps) since it did before, or (None, None)."""
        raise NotImplementedError

    def last_triggered_step(self):
        """The step at which the hook acted last."""
        raise NotImplementedError


class SecondOrStepTimer(_HookTimer):
    """Acts at the first step it is asked about, then every so many seconds or steps.

    Args:
      every_secs: seconds between two times.
      every_steps: steps between two times.

    Raises:
      ValueError: unless exactly one of the two is given.
    """

    def __init__(self, every_secs=None, every_steps=None):
        self.reset()
        self._every_secs = every_secs
        self._every_steps = every_steps
        if every_secs is None and every_steps is None:
            raise ValueError("Either every_secs or every_steps should be provided.")
        if every_secs is not None and every_steps is not None:
            raise ValueError("Can not provide both every_secs and every_steps.")
        super().__init__()

    def reset(self):
        """Forgets when it acted."""
        self._last_triggered_step = None
        self._last_triggered_time = None

    def should_trigger_for_step(self, step):
        """Whether to act at `step`; never twice at the same."""
        if self._last_triggered_step is None:
            return True
        if step == self._last_triggered_step:
            return False
        if self._every_secs is not None:
            return time.time() >= self._last_triggered_time + self._every_secs
        return step >= self._last_triggered_step + self._every_steps

    def update_last_triggered_step(self, step):
        """Notes that something was done at `step`: (seconds, steps) since the time before, (None, None) at the first."""
        now, before = time.time(), self._last_triggered_time
        since = (None, None) if before is None else (now - before, step - self._last_triggered_step)
        self._last_triggered_time, self._last_triggered_step = now, step
        return since

    def last_triggered_step(self):
        """The step at which something was done last, or None."""
        return self._last_triggered_step


class NeverTriggerTimer(_HookTimer):
    """Never acts."""

    def should_trigger_for_step(self, step):
        """False."""
        return False

    def update_last_triggered_step(self, step):
        """(None, None)."""
        return None, None

    def last_triggered_step(self):
        """None."""
        return None
