"""Checkpoints of 400 MB (40 variables of 10 MB), the checksums in them, and event files."""
import ctypes
import os
import pathlib
import shutil
import tempfile
import time


def _session(tf):
    variables = [tf.get_variable("v%d" % i, [2500, 1000], initializer=tf.constant_initializer(float(i))) for i in range(40)]
    saver = tf.train.Saver(variables)
    s = tf.Session()
    s.run([v.initializer for v in variables])
    return s, saver


def _saving(tf, sync):
    s, saver = _session(tf)

    def run():
        folder = tempfile.mkdtemp()
        os.environ["PYTFGRAPH_FSYNC"] = "1" if sync else "0"
        try:
            start = time.perf_counter()
            saver.save(s, folder + "/m", write_meta_graph=False)
            return time.perf_counter() - start
        finally:
            os.environ.pop("PYTFGRAPH_FSYNC", None)
            shutil.rmtree(folder)
    return run


def save_400mb(tf, np):
    """saving 400 MB, without fsync (TensorFlow has none)"""
    return _saving(tf, False)


def save_400mb_synced(tf, np):
    """the same with the fsync that pytfgraph does"""
    return _saving(tf, True)


def restore_400mb(tf, np):
    """restoring 400 MB"""
    s, saver = _session(tf)
    folder = tempfile.mkdtemp()
    path = saver.save(s, folder + "/m", write_meta_graph=False)

    def run():
        start = time.perf_counter()
        saver.restore(s, path)
        return time.perf_counter() - start
    return run


def crc32c_64mb(tf, np):
    """crc32c of 64 MB by one thread (10 GB/s: 6.7 ms; ours alone)"""
    if not hasattr(tf, "install_as_tensorflow"):
        raise NotImplementedError("TensorFlow does not show its own")
    core = ctypes.CDLL(str(pathlib.Path(tf.__file__).parent / "libtfgraph.so"))
    core.tfg_crc32c_extend.argtypes, core.tfg_crc32c_extend.restype = [ctypes.c_uint32, ctypes.c_void_p, ctypes.c_size_t], ctypes.c_uint32
    data = np.random.RandomState(0).bytes(64 << 20)
    where = ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p)

    def run():
        start = time.perf_counter()
        core.tfg_crc32c_extend(0, where, len(data))
        return time.perf_counter() - start
    return run


def scalar_events_100k(tf, np):
    """a FileWriter takes and writes 100,000 scalar events (300,000 a second: 333 ms)"""
    summary = tf.Summary(value=[tf.Summary.Value(tag="loss", simple_value=.5)])

    def run():
        folder = tempfile.mkdtemp()
        try:
            writer = tf.summary.FileWriter(folder)
            start = time.perf_counter()
            for step in range(100000):
                writer.add_summary(summary, step)
            writer.flush()
            seconds = time.perf_counter() - start
            writer.close()
            return seconds
        finally:
            shutil.rmtree(folder)
    return run


WORKLOADS = [(save_400mb, "ms", 3), (save_400mb_synced, "ms", 2), (restore_400mb, "ms", 3), (crc32c_64mb, "ms", 5),
             (scalar_events_100k, "ms", 2)]
