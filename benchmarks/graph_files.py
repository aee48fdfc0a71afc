"""Graphs as messages and files: import and export of many nodes, loading a frozen graph of large constants."""
import tempfile
import time

NODES, CONSTANTS, FLOATS = 10000, 10, 2500000


def round_trip_10k(tf, np):
    """import and export of a graph of 10,000 nodes"""
    with tf.Graph().as_default() as g:
        y = x = tf.placeholder(tf.float32, [None, 10], name="x")
        for _ in range((NODES - 1) // 2):
            y = tf.nn.relu(y + x)
        graph_def = g.as_graph_def()

    def run():
        start = time.perf_counter()
        with tf.Graph().as_default() as g:
            tf.import_graph_def(graph_def, name="")
            g.as_graph_def()
        return time.perf_counter() - start
    return run


def _frozen(tf, np):
    """The name of a file with a frozen graph of 100 MB; it goes with the process."""
    with tf.Graph().as_default() as g:
        for i in range(CONSTANTS):
            tf.constant(np.full([FLOATS], i, np.float32), name="c%d" % i)
        data = g.as_graph_def().SerializeToString()
    f = tempfile.NamedTemporaryFile(suffix=".pb")
    f.write(data)
    f.flush()
    return f


def _timed(tf, np, load):
    f = _frozen(tf, np)

    def run():
        start = time.perf_counter()
        kept = load(f.name)
        seconds = time.perf_counter() - start
        del kept
        return seconds
    return run


def _read(path):
    with open(path, "rb") as f:
        return f.read()


def read_and_copy_100mb(tf, np):
    """  a frozen graph of 100 MB: reading the file, copying its tensors once"""
    def load(path):
        data = np.frombuffer(_read(path), np.uint8)
        return [data[i * 4 * FLOATS:(i + 1) * 4 * FLOATS].copy() for i in range(CONSTANTS)]
    return _timed(tf, np, load)


def load_100mb(tf, np):
    """  the same: tf.gfile, GraphDef.ParseFromString, import_graph_def"""
    def load(path):
        graph_def = tf.GraphDef()
        with tf.gfile.GFile(path, "rb") as f:
            graph_def.ParseFromString(f.read())
        with tf.Graph().as_default() as g:
            tf.import_graph_def(graph_def, name="")
        return g
    return _timed(tf, np, load)


def load_bytes_100mb(tf, np):
    """  the same: import_graph_def of the file's bytes (ours alone)"""
    if not hasattr(tf, "install_as_tensorflow"):
        raise NotImplementedError("import_graph_def takes no bytes")

    def load(path):
        with tf.gfile.GFile(path, "rb") as f:
            data = f.read()
        with tf.Graph().as_default() as g:
            tf.import_graph_def(data, name="")
        return g
    return _timed(tf, np, load)


WORKLOADS = [(round_trip_10k, "ms", 5), (read_and_copy_100mb, "ms", 5), (load_100mb, "ms", 5), (load_bytes_100mb, "ms", 5)]
