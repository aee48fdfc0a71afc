"""Tells what a file or folder of TensorFlow's is, and what it holds: graphs, SavedModels, checkpoints, events, records."""
import os
import sys

from pytfgraph.tools import command_line

_PROTO_LIMIT = 2147483647
_TABLE_MAGIC = b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"      # the last bytes of checkpoint indices and of checkpoints before 0.12


class NotRecognised(Exception):
    """Nothing that TensorFlow writes, or damaged beyond recognition; the message says more."""


def size_text(n):
    """A number of bytes for people."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if n < 1000 or unit == "GB":
            return "%d bytes" % n if unit == "bytes" else "%.1f %s" % (n, unit)
        n /= 1000.0
    return None


# ---- recognition ----

def _read(path, n=None, end=False):
    with open(path, "rb") as f:
        if end:
            f.seek(max(0, os.path.getsize(path) - n))
        return f.read() if n is None else f.read(n)


def _is_graph(graph_def):
    return bool(graph_def.node) and all(n.name and n.op for n in graph_def.node)


def _whole(kind, message):
    """Whether a message that could be parsed means something as this kind."""
    if kind == "GraphDef":
        return _is_graph(message) or (not message.node and (message.HasField("versions") or bool(message.library.function)))
    if kind == "MetaGraphDef":
        return message.HasField("graph_def") and (not message.graph_def.node or _is_graph(message.graph_def))
    if kind == "SavedModel":
        return bool(message.meta_graphs) and all(_whole("MetaGraphDef", m) for m in message.meta_graphs)
    return bool(message.ListFields())


def _parse_binary(data):
    """(kind, message) of the one kind of message that bytes mean something as, or None."""
    from google.protobuf import message as errors
    from pytfgraph import protos
    for kind in ("GraphDef", "MetaGraphDef", "SavedModel"):
        message = protos.message("tensorflow." + kind)()
        try:
            message.ParseFromString(data)
        except errors.DecodeError:
            continue
        if _whole(kind, message):
            return kind, message
    return None


def _parse_text(data):
    """The same of a text; there is also the file `checkpoint` of a folder."""
    from google.protobuf import text_format
    from pytfgraph import protos
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    for kind in ("GraphDef", "MetaGraphDef", "SavedModel", "CheckpointState"):
        message = protos.message("tensorflow." + kind)()
        try:
            text_format.Parse(text, message)
        except text_format.ParseError:
            continue
        if _whole(kind, message):
            return kind, message
    return None


def _compression(path):
    head = _read(path, 2)
    if head == b"\x1f\x8b":
        return "GZIP"
    return "ZLIB" if len(head) == 2 and head[0] == 0x78 and (head[0] * 256 + head[1]) % 31 == 0 else ""


def _first_record(path, compression):
    """The first record of a file of records; None where it is none."""
    from pytfgraph.framework import errors
    from pytfgraph.lib.io import tf_record
    try:
        for record in tf_record.tf_record_iterator(path, tf_record.TFRecordOptions(compression or None)):
            return record
    except errors.OpError:
        pass
    return None


def _checkpoint_prefix(path):
    """The prefix of the checkpoint that a name means (its prefix, its index, one of its data files), or None."""
    for end in ("", ".index"):
        stem = path[:len(path) - len(end)] if end else path
        if path.endswith(end) and os.path.isfile(stem + ".index"):
            return stem
    stem, mark, _ = path.rpartition(".data-")
    return stem if mark and os.path.isfile(stem + ".index") else None


def _look_into_file(path):
    """(kind, what the describing function gets) of a file."""
    size = os.path.getsize(path)
    if size == 0:
        raise NotRecognised("%s: the file is empty" % path)
    if _read(path, 8, end=True) == _TABLE_MAGIC:
        return "checkpoint", path[:-len(".index")] if path.endswith(".index") else path
    compression = _compression(path)
    record = _first_record(path, compression)
    if record is not None:
        return ("events" if _is_version_event(record) else "records"), (path, compression)
    if size > _PROTO_LIMIT:
        raise NotRecognised("%s: %s, and neither a checkpoint nor records; messages have at most 2 GB" % (path, size_text(size)))
    data = _read(path)
    found = _parse_binary(data) or _parse_text(data)
    if found is None:
        hint = ""
        if path.endswith((".pb", ".meta", ".pbtxt", ".tfrecord", ".tfrecords", ".index")) or "tfevents" in path:
            hint = ".  From its name it should be one: it is damaged or cut off"
        raise NotRecognised("%s: no GraphDef, MetaGraphDef, SavedModel, checkpoint, events or TFRecord file%s" % (path, hint))
    return found[0], (path, found[1])


def _is_version_event(record):
    from google.protobuf import message as errors
    from pytfgraph import protos
    try:
        return protos.message("tensorflow.Event").FromString(record).file_version.startswith("brain.Event")
    except errors.DecodeError:
        return False


def _look_into_folder(path):
    """[(kind, argument)] of what is in a folder."""
    from pytfgraph.saved_model import loader_impl
    from pytfgraph.training import checkpoint_management
    if loader_impl.maybe_saved_model_directory(path):
        return [("SavedModel", (path, loader_impl.parse_saved_model(path)))]
    found = []
    latest = checkpoint_management.latest_checkpoint(path)
    if latest:
        found.append(("checkpoint", latest))
    for name in sorted(os.listdir(path)):
        whole = os.path.join(path, name)
        if "tfevents" in name and os.path.isfile(whole):
            found.append(("events", (whole, "")))
        elif not latest and name.endswith(".index") and os.path.isfile(whole):
            found.append(("checkpoint", whole[:-len(".index")]))
    if not found:
        raise NotRecognised("%s: a folder without SavedModel, checkpoint or events" % path)
    return found


def recognise(path):
    """[(kind, argument for its describing function)] of a file or folder; NotRecognised where it is nothing of TensorFlow's."""
    if os.path.isdir(path):
        return _look_into_folder(path)
    prefix = _checkpoint_prefix(path)
    if prefix is not None:
        return [("checkpoint", prefix)]
    if not os.path.exists(path):
        raise NotRecognised("%s: no such file or folder" % path)
    return [_look_into_file(path)]


# ---- the command line ----

def inspect(path):
    """Prints what a file or folder is and holds; whether all of it could be read.

    Raises:
      NotRecognised: if it is nothing of TensorFlow's.
      OSError, IOError, tf.errors.OpError: if it cannot be read.
    """
    from pytfgraph.tools import inspect_describe, inspect_records
    describe = {"GraphDef": inspect_describe.graph, "MetaGraphDef": inspect_describe.meta_graph, "SavedModel": inspect_describe.saved_model,
                "CheckpointState": inspect_describe.checkpoint_state, "checkpoint": inspect_describe.checkpoint,
                "events": inspect_records.events, "records": inspect_records.records}
    whole = True
    for kind, argument in recognise(path):
        for line in describe[kind](argument):
            if isinstance(line, Exception):
                print("error: %s" % line, file=sys.stderr)
                whole = False
            else:
                print(line)
    return whole


def main(argv):
    """Runs the command line; the exit status."""
    from pytfgraph.framework import errors
    if not argv or argv[0].startswith("-"):
        print("usage: python -m pytfgraph inspect FILE_OR_FOLDER ...", file=sys.stderr)
        return 0 if argv and argv[0] in ("-h", "--help") else 2
    status = 0
    for path in argv:
        try:
            status |= not inspect(path)
        except (NotRecognised, OSError, errors.OpError) as e:
            status = command_line.fail(str(e))
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
