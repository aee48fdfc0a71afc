"""Checkpoints as files: TensorFlow's are read, ours have the same bytes, and damaged ones are told."""
import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pytest

import checkpoint_files
import pytfgraph as tf
from pytfgraph.ops import raw

gen_io_ops = raw.module("gen_io_ops")
GOLDEN = pathlib.Path(__file__).parent.parent / "golden/io/checkpoints"
NAMES = ["all", "all.v1", "model", "model.sharded", "model.v1", "model.v1sharded-?????-of-00002"]


def contents(name):
    """What tests/golden/io/checkpoints holds under a name."""
    if name.startswith("all"):
        dtypes = checkpoint_files.OLD_DTYPES if name == "all.v1" else checkpoint_files.DTYPES
        return {"%s/%s" % (d, s): checkpoint_files.value(d, shape) for d in dtypes for s, shape in checkpoint_files.SHAPES.items()}
    return {"a": np.float32([[1, 2], [3, 4]]), "b": np.array([b"x", b"", b"yz"], object), "c": np.arange(12, dtype="f4").reshape(6, 2),
            "d": np.arange(10).reshape(2, 5), "r": np.int64(7), "none": np.zeros((0, 3), "f4")}


def plain(x):
    """An array without the dtypes that only this library has."""
    x = np.asarray(x)
    if x.dtype.names:
        x = x[x.dtype.names[0]]
    return x.astype("f4") if x.dtype.name == "bfloat16" else x


@pytest.mark.parametrize("name", NAMES)
def test_reader(name):
    reader = tf.train.NewCheckpointReader(str(GOLDEN / name))
    expected = contents(name)
    assert {k: list(np.shape(v)) for k, v in expected.items()} == reader.get_variable_to_shape_map()
    dtypes = reader.get_variable_to_dtype_map()
    for key, value in expected.items():
        assert reader.has_tensor(key)
        np.testing.assert_array_equal(plain(reader.get_tensor(key)), value, err_msg=key)
        if name.startswith("all"):
            assert dtypes[key] == tf.as_dtype(key.split("/")[0])
    assert not reader.has_tensor("nope")
    with pytest.raises(tf.errors.NotFoundError, match="nope"):
        reader.get_tensor("nope")


@pytest.mark.parametrize("name", NAMES)
def test_restore(name):
    """Through RestoreV2, whole and in slices other than those that were saved."""
    with tf.Graph().as_default(), tf.Session() as sess:
        restore = gen_io_ops.restore_v2
        for key, value in contents(name).items():
            dtype = tf.train.NewCheckpointReader(str(GOLDEN / name)).get_variable_to_dtype_map()[key]
            np.testing.assert_array_equal(plain(sess.run(restore(str(GOLDEN / name), [key], [""], [dtype]))[0]), value)
        if name.startswith("model"):
            for spec, part in [("6 2 1,4:0,2", np.arange(12.).reshape(6, 2)[1:5]), ("6 2 -:1,1", np.arange(12.).reshape(6, 2)[:, 1:2]),
                               ("6 2 2,2:-", np.arange(12.).reshape(6, 2)[2:4])]:
                np.testing.assert_array_equal(sess.run(restore(str(GOLDEN / name), ["c"], [spec], [tf.float32]))[0], part)


def test_same_bytes(tmp_path):
    """TensorFlow writes the very same files."""
    program = ("import sys; sys.path.insert(0, %r); import pytfgraph; pytfgraph.install_as_tensorflow(); import tensorflow as tf, checkpoint_files as c\n"
               "c.save_all(tf, %r); c.save_model(tf, %r)" % (str(pathlib.Path(__file__).parent), str(tmp_path), str(tmp_path)))
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
    for path in GOLDEN.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name
    assert sorted(os.listdir(tmp_path)) == sorted(p.name for p in GOLDEN.iterdir())


DAMAGE = """
import os, sys
import numpy as np
import pytfgraph as tf
folder, name, victim, expected = sys.argv[1], sys.argv[2], sys.argv[3], None
path, prefix = os.path.join(folder, victim), os.path.join(folder, name)
whole = open(path, 'rb').read()

def read():
    r = tf.train.NewCheckpointReader(prefix)
    r.debug_string()
    return {k: (np.shape(v), v.tolist()) for k, v in ((k, r.get_tensor(k)) for k in sorted(r.get_variable_to_shape_map()))}

right = read()
wrong = []
errors = (tf.errors.DataLossError, tf.errors.InvalidArgumentError, tf.errors.NotFoundError, tf.errors.UnimplementedError,
          tf.errors.OutOfRangeError, tf.errors.InternalError)
told = 0
for i in range(len(whole)):
    for data in (whole[:i], whole[:i] + bytes([whole[i] ^ (1 << i % 8)]) + whole[i + 1:], whole[:i] + whole[i + 1:]):
        with open(path, 'wb') as f:
            f.write(data)
        try:
            if read() != right:
                wrong.append(i)
        except errors:
            told += 1
print(len(wrong), told > len(whole))
"""


@pytest.mark.parametrize("name,victim", [("model", "model.index"), ("model", "model.data-00000-of-00001"), ("model.v1", "model.v1"),
                                         ("model.sharded", "model.sharded.index")])
def test_damage(tmp_path, name, victim):
    """A checkpoint cut, flipped or shortened at every byte gives an error or the right values, never anything else."""
    for path in GOLDEN.glob("model*"):
        shutil.copy(path, tmp_path)
    done = subprocess.run([sys.executable, "-c", DAMAGE, str(tmp_path), name, victim], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    assert done.stdout.split() == [b"0", b"True"]


def test_many_names(tmp_path):
    """An index of several blocks."""
    names = ["layer_%05d/with/a/rather/long/name/of/a/variable/%s" % (i, "x" * (i % 90)) for i in range(5000)]
    with tf.Graph().as_default(), tf.Session() as sess:
        values = [tf.constant(float(i)) for i in range(len(names))]
        sess.run(gen_io_ops.save_v2(str(tmp_path / "many"), names, [""] * len(names), values))
        reader = tf.train.NewCheckpointReader(str(tmp_path / "many"))
        assert sorted(reader.get_variable_to_shape_map()) == sorted(names)
        assert [reader.get_tensor(n) for n in names[::77]] == list(range(0, 5000, 77))
        assert not reader.has_tensor("layer_00001/") and not reader.has_tensor("zzz") and not reader.has_tensor("")
