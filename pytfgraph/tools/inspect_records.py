"""Files of records in words: events, and tf.Examples or whatever else there is."""
import os
import time

from pytfgraph.tools.inspect_describe import shortened
from pytfgraph.tools.inspect_file import size_text

_LOOK_INTO = 1000       # so many records are parsed; the rest are counted


def _records(path, compression):
    from pytfgraph.lib.io import tf_record
    return tf_record.tf_record_iterator(path, tf_record.TFRecordOptions(compression or None))


def _head(path, what, compression):
    return "%s: %s%s, %s" % (path, what, ", " + compression if compression else "", size_text(os.path.getsize(path)))


# ---- events ----

class _Tag:
    """What is known of one tag: how often, from which step to which, which kinds of values."""

    def __init__(self):
        self.n, self.first, self.last, self.kinds = 0, None, None, set()

    def add(self, step, kind):
        self.n += 1
        self.first = step if self.first is None else min(self.first, step)
        self.last = step if self.last is None else max(self.last, step)
        self.kinds.add(kind)


_OTHERS = {"graph_def": "graph", "meta_graph_def": "meta graph", "session_log": "session log", "tagged_run_metadata": "run metadata",
           "log_message": "log message"}


def _kind_of(value):
    kind = value.WhichOneof("value") or "nothing"
    plugin = value.metadata.plugin_data.plugin_name
    names = {"simple_value": "scalar", "histo": "histogram", "image": "image", "audio": "audio"}
    return names.get(kind, "%s tensor" % plugin if plugin and kind == "tensor" else kind)


def events(argument):
    """Lines about a file of events."""
    from google.protobuf import message as parsing
    from pytfgraph import protos
    from pytfgraph.framework import errors
    path, compression = argument
    yield _head(path, "events", compression)
    event_class, tags, others, times, steps, n, problem = protos.message("tensorflow.Event"), {}, {}, [], [], 0, None
    try:
        for record in _records(path, compression):
            event = event_class.FromString(record)
            n += 1
            times = [event.wall_time] * 2 if not times else [min(times[0], event.wall_time), max(times[1], event.wall_time)]
            if event.HasField("summary"):
                steps = [event.step] * 2 if not steps else [min(steps[0], event.step), max(steps[1], event.step)]
                for value in event.summary.value:
                    tags.setdefault(value.tag, _Tag()).add(event.step, _kind_of(value))
            what = event.WhichOneof("what")
            if what in _OTHERS:
                others[_OTHERS[what]] = others.get(_OTHERS[what], 0) + 1
    except (errors.OpError, parsing.DecodeError) as e:
        problem = e
    line = "  events: %d" % n
    if times:
        line += "; from %s to %s" % tuple(time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(min(max(t, 0), 2 ** 40))) for t in times)
    yield line
    if steps:
        yield "  steps: %d to %d" % tuple(steps)
    for name in sorted(others):
        yield "  %s: %d" % (name, others[name])
    for tag in sorted(tags):
        t = tags[tag]
        yield "  %s  %s, %d values, steps %d to %d" % (tag, "/".join(sorted(t.kinds)), t.n, t.first, t.last)
    if problem is not None:
        yield IOError("after %d events: %s" % (n, problem))


# ---- records ----

def _feature_kinds(example, found):
    """Adds an example's features to {name: {kind: [times, least length, greatest length]}}."""
    for name, feature in example.features.feature.items():
        kind = feature.WhichOneof("kind") or "nothing"
        length = len(getattr(feature, kind).value) if kind != "nothing" else 0
        seen = found.setdefault(name, {}).setdefault(kind, [0, length, length])
        seen[0], seen[1], seen[2] = seen[0] + 1, min(seen[1], length), max(seen[2], length)


def _as_example(record):
    """The tf.Example that a record is, or None."""
    from google.protobuf import message as parsing
    from pytfgraph import protos
    example = protos.message("tensorflow.Example")()
    try:
        example.ParseFromString(record)
    except parsing.DecodeError:
        return None
    kinds = [f.WhichOneof("kind") for f in example.features.feature.values()]
    return example if kinds and any(kinds) and example.ByteSize() == len(record) else None


def records(argument):
    """Lines about a file of records."""
    from pytfgraph.framework import errors
    path, compression = argument
    yield _head(path, "TFRecord", compression)
    n, size, examples, features, problem = 0, 0, 0, {}, None
    try:
        for record in _records(path, compression):
            if n < _LOOK_INTO:
                example = _as_example(record)
                if example is not None:
                    examples += 1
                    _feature_kinds(example, features)
            n, size = n + 1, size + len(record)
    except errors.OpError as e:
        problem = e
    looked = min(n, _LOOK_INTO)
    yield "  records: %d, %s of data" % (n, size_text(size))
    yield "  tf.Examples: %s" % ("none" if not examples else "%d of the %s" % (examples, "%d records" % n if looked == n else
                                                                              "first %d records" % looked))
    for name in sorted(features):
        kinds = ["%s %s in %d" % (kind, length[1] if length[1] == length[2] else "%d to %d" % tuple(length[1:]), length[0])
                 for kind, length in sorted(features[name].items())]
        yield "  %s  %s" % (name, shortened(kinds))
    if problem is not None:
        yield IOError("after %d records: %s" % (n, problem))
