"""Device names: "/job:worker/replica:0/task:1/device:GPU:2" and parts of it."""


class DeviceSpec:
    """A device name in parts; None means "any".

    Args:
      job: job name.
      replica: replica number.
      task: task number.
      device_type: "CPU" or "GPU".
      device_index: number among the devices of its type.
    """

    def __init__(self, job=None, replica=None, task=None, device_type=None, device_index=None):
        self.job = job
        self.replica = replica
        self.task = task
        if device_type in ("cpu", "gpu"):
            device_type = device_type.upper()
        self.device_type = device_type
        self.device_index = device_index

    def _clear(self):
        self._job = self._replica = self._task = self.device_type = self.device_index = None

    @property
    def job(self):
        return self._job

    @job.setter
    def job(self, job):
        self._job = str(job) if job is not None else None

    @property
    def replica(self):
        return self._replica

    @replica.setter
    def replica(self, replica):
        self._replica = int(replica) if replica is not None else None

    @property
    def task(self):
        return self._task

    @task.setter
    def task(self, task):
        self._task = int(task) if task is not None else None

    def parse_from_string(self, spec):
        """Sets the parts from a device string and returns self; ValueError where it is malformed."""
        self._clear()
        for part in (s.split(":") for s in spec.split("/")):
            n = len(part)
            if n == 2 and part[0] == "job":
                self.job = part[1]
            elif n == 2 and part[0] == "replica":
                self.replica = part[1]
            elif n == 2 and part[0] == "task":
                self.task = part[1]
            elif (n == 1 or n == 2) and part[0].upper() in ("GPU", "CPU"):
                self._set_type_once(spec, part[0].upper())
                if n == 2 and part[1] != "*":
                    self.device_index = int(part[1])
            elif n == 3 and part[0] == "device":
                self._set_type_once(spec, part[1])
                if part[2] != "*":
                    self.device_index = int(part[2])
            elif n and part[0] != "":
                raise ValueError("Unknown attribute: '%s' in '%s'" % (part[0], spec))
        return self

    def _set_type_once(self, spec, device_type):
        if self.device_type is not None:
            raise ValueError("Cannot specify multiple device types: %s" % spec)
        self.device_type = device_type

    def merge_from(self, dev):
        """Takes over the parts that `dev` gives."""
        for part in ("job", "replica", "task", "device_type", "device_index"):
            value = getattr(dev, part)
            if value is not None:
                setattr(self, part, value)

    def to_string(self):
        """The canonical device string."""
        s = ""
        if self.job is not None:
            s += "/job:" + self.job
        if self.replica is not None:
            s += "/replica:" + str(self.replica)
        if self.task is not None:
            s += "/task:" + str(self.task)
        if self.device_type is not None:
            s += "/device:%s:%s" % (self.device_type, "*" if self.device_index is None else self.device_index)
        return s

    @staticmethod
    def from_string(spec):
        """A DeviceSpec of a device string."""
        return DeviceSpec().parse_from_string(spec)

    def __eq__(self, other):
        return isinstance(other, DeviceSpec) and self.to_string() == other.to_string()

    def __hash__(self):
        return hash(self.to_string())


def check_valid(spec):
    """Raises ValueError for a malformed device string."""
    DeviceSpec.from_string(spec)


def canonical_name(device):
    """The canonical string of a device string or DeviceSpec; '' for None."""
    if device is None:
        return ""
    return (device if isinstance(device, DeviceSpec) else DeviceSpec.from_string(device)).to_string()


def merge_device(spec):
    """A device function that lays `spec` under an operation's own device."""
    if not isinstance(spec, DeviceSpec):
        spec = DeviceSpec.from_string(spec or "")

    def device_function(node_def):
        current = DeviceSpec.from_string(node_def.device or "")
        merged = DeviceSpec()
        merged.merge_from(spec)
        merged.merge_from(current)
        return merged
    return device_function
