"""Graphs in files."""
import os
import tempfile

from pytfgraph.framework import ops


def _write_whole(path, data):
    """Writes a file so that readers find the old one or all of the new one."""
    folder = os.path.dirname(path) or "."
    handle, temporary = tempfile.mkstemp(prefix=os.path.basename(path) + ".", dir=folder)
    try:
        with os.fdopen(handle, "wb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def write_graph(graph_or_graph_def, logdir, name, as_text=True):
    """Writes a Graph, or a GraphDef, into the file `name` in `logdir`, which is made where it does not exist.

    Args:
      graph_or_graph_def: a Graph or a GraphDef message.
      logdir: the folder.
      name: the file's name.
      as_text: write the text form rather than the binary one.

    Returns:
      The path of the file.
    """
    graph_def = graph_or_graph_def
    if isinstance(graph_def, ops.Graph):
        graph_def = graph_def.as_graph_def()
    logdir, name = os.fspath(logdir), os.fspath(name)
    os.makedirs(logdir or ".", exist_ok=True)
    path = os.path.join(logdir, name)
    if as_text:
        from google.protobuf import text_format
        data = text_format.MessageToString(graph_def).encode("utf-8")
    else:
        data = graph_def.SerializeToString()
    _write_whole(path, data)
    return path
