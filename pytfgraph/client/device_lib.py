"""The devices of this process."""
import random

from pytfgraph import protos

_MEMORY_LIMIT = 256 << 20       # what TensorFlow says of a CPU whatever the machine has
_incarnations = {}


def list_local_devices(session_config=None):
    """The devices a session of this process has.

    Args:
      session_config: a ConfigProto, whose device_count["CPU"] says how many CPU devices there are.

    Returns:
      A list of DeviceAttributes messages.
    """
    cls = protos.message("tensorflow.DeviceAttributes")
    count = session_config.device_count.get("CPU", 1) if session_config is not None else 1
    devices = []
    for i in range(count):
        name = "/device:CPU:%d" % i
        device = cls(name=name, device_type="CPU", memory_limit=_MEMORY_LIMIT,
                     incarnation=_incarnations.setdefault(name, random.SystemRandom().getrandbits(64)))
        device.locality.SetInParent()
        devices.append(device)
    return devices
