"""tf.contrib.testing: a summary writer that keeps what it is given, and questions about event files."""
from pytfgraph.contrib.testing.python.framework.fake_summary_writer import FakeSummaryWriter  # noqa: F401
from pytfgraph.contrib.testing.python.framework.util_test import (  # noqa: F401
    assert_summary, latest_event_file, latest_events, latest_summaries, simple_values_from_events, to_summary_proto)
