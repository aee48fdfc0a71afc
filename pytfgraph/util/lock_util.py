"""A lock for groups of threads."""
import contextlib
import threading


class GroupLock:
    """Lets threads of one group at a time in, as many as come; those of the other groups wait until the last has left.

    Raises ValueError for fewer than one group, and for a group that is none of them.
    """

    def __init__(self, num_groups=2):
        if num_groups < 1:
            raise ValueError("num_groups must be a positive integer, got {}".format(num_groups))
        self._ready = threading.Condition(threading.Lock())
        self._num_groups = num_groups
        self._group_member_counts = [0] * num_groups

    def group(self, group_id):
        """A block that belongs to a group."""
        self._validate_group_id(group_id)
        return self._block(group_id)

    @contextlib.contextmanager
    def _block(self, group_id):
        self.acquire(group_id)
        try:
            yield
        finally:
            self.release(group_id)

    def acquire(self, group_id):
        """Enters as one of a group, when no other group is in."""
        self._validate_group_id(group_id)
        with self._ready:
            self._ready.wait_for(lambda: not any(n for group, n in enumerate(self._group_member_counts) if group != group_id))
            self._group_member_counts[group_id] += 1

    def release(self, group_id):
        """Leaves as one of a group."""
        self._validate_group_id(group_id)
        with self._ready:
            self._group_member_counts[group_id] -= 1
            if self._group_member_counts[group_id] == 0:
                self._ready.notify_all()

    def _validate_group_id(self, group_id):
        if not 0 <= group_id < self._num_groups:
            raise ValueError("group_id={} should be between 0 and num_groups={}".format(group_id, self._num_groups))
