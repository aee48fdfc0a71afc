"""Sessions, which the core has."""
from pytfgraph._core import (BaseSession, InteractiveSession, Session, SessionInterface, _DeviceAttributes,  # noqa: F401
                             register_session_run_conversion_functions)
