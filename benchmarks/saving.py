"""Checkpoints of 400 MB: 40 variables of 10 MB."""
import os
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


WORKLOADS = [(save_400mb, "ms", 3), (save_400mb_synced, "ms", 2), (restore_400mb, "ms", 3)]
