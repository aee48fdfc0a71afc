"""Questions that tests ask of summaries and event files."""
import glob
import os

import numpy as np

from pytfgraph import protos
from pytfgraph.summary import summary_iterator


def assert_summary(expected_tags, expected_simple_values, summary_proto):
    """Raises ValueError unless a Summary has these tags, AssertionError unless its values are near those in {tag: value}."""
    for value in summary_proto.value:
        if value.tag in expected_simple_values:
            np.testing.assert_almost_equal(value.simple_value, expected_simple_values[value.tag], decimal=2, err_msg=value.tag)
    expected, tags = set(expected_tags), {value.tag for value in summary_proto.value}
    if expected != tags:
        raise ValueError("Expected tags %s, got %s." % (expected, tags))


def to_summary_proto(summary_str):
    """The Summary that a summary operation gave as bytes."""
    return protos.message("tensorflow.Summary").FromString(summary_str)


def latest_event_file(base_dir):
    """The path of the newest event file in a folder, or None."""
    return max(glob.glob(os.path.join(base_dir, "events.*")), default=None)


def latest_events(base_dir):
    """The events of the newest event file in a folder."""
    path = latest_event_file(base_dir)
    return summary_iterator.summary_iterator(path) if path else []


def latest_summaries(base_dir):
    """Those of the newest event file in a folder that hold summaries."""
    return [e for e in latest_events(base_dir) if e.HasField("summary")]


def simple_values_from_events(events, tags):
    """{tag: its value at the highest step} of some tags in events; ValueError if a summary of one has no simple_value."""
    steps, values = {}, {}
    for event in events:
        for v in event.summary.value if event.HasField("summary") else ():
            if v.tag not in tags:
                continue
            if not v.HasField("simple_value"):
                raise ValueError("Summary for %s is not a simple_value." % v.tag)
            if v.tag not in steps or event.step > steps[v.tag]:
                steps[v.tag], values[v.tag] = event.step, v.simple_value
    return values
