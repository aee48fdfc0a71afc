"""What every test sees: where the checkout is, and a watchdog, so that a test that hangs says where."""
import faulthandler
import pathlib
import signal
import sys

import pytest

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))
SECONDS_PER_TEST = 900


# What is started in the background ignores Ctrl-C, and so would the programs that tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser):
    parser.addoption("--peer", action="store_true", help="also exchange files with a real TensorFlow (tests/peer)")
    parser.addoption("--every", type=int, default=1, metavar="N", help="run only every N-th test")


def pytest_collection_modifyitems(config, items):
    step = config.getoption("--every")
    if step > 1:
        config.hook.pytest_deselected(items=[item for i, item in enumerate(items) if i % step])
        items[:] = items[::step]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    faulthandler.dump_traceback_later(SECONDS_PER_TEST, exit=True)
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def root():
    return ROOT
