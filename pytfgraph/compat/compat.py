"""How new the programs are that run a graph made here."""
import contextlib
import datetime

_FORWARD_COMPATIBILITY_HORIZON = datetime.date(2018, 10, 1)     # that of TensorFlow 1.12


def forward_compatible(year, month, day):
    """Whether whoever reads graphs made here is of that day, or newer; what needs a newer reader should then not be used."""
    return _FORWARD_COMPATIBILITY_HORIZON > datetime.date(year, month, day)


@contextlib.contextmanager
def forward_compatibility_horizon(year, month, day):
    """A block in which readers are said to be of that day."""
    global _FORWARD_COMPATIBILITY_HORIZON
    before, _FORWARD_COMPATIBILITY_HORIZON = _FORWARD_COMPATIBILITY_HORIZON, datetime.date(year, month, day)
    try:
        yield
    finally:
        _FORWARD_COMPATIBILITY_HORIZON = before
