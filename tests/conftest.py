"""What every test sees: where the checkout is, and a watchdog, so that a test that hangs says where."""
import faulthandler
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))
SECONDS_PER_TEST = 900


def pytest_addoption(parser):
    parser.addoption("--peer", action="store_true", help="also exchange files with a real TensorFlow (tests/peer)")


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
