"""RecordInput: the order of the first epoch is 1.12.3's (with one reader), every epoch has every record once."""
import collections
import threading

import pytest

import pytfgraph as tf
from pytfgraph.ops import raw

SIZES = [5, 40, 1, 17, 0, 33]
# By 1.12.3.
BY_SEED = {301: (
    "3-2 1-28 1-3 5-28 3-9 1-16 3-1 5-6 5-3 1-24 5-7 5-22 1-34 1-8 1-25 3-4 1-10 5-27 1-39 5-29 1-36 5-5 1-33 0-3 1-1 5-1 1-23 1-27 "
    "5-12 5-14 3-7 1-30 1-4 5-11 1-35 5-25 5-16 1-15 5-15 0-2 1-32 5-30 3-13 5-10 3-16 1-13 3-10 5-21 3-8 1-38 1-11 5-2 5-18 3-15 1-21 "
    "1-19 0-1 5-32 0-0 3-12 0-4 1-26 1-37 1-9 1-22 3-3 5-26 1-29 5-23 5-20 5-31 5-17 1-0 1-5 5-0 1-20 3-6 5-9 5-24 2-0 5-13 3-0 5-4 "
    "5-19 1-6 1-31 3-5 1-14 1-7 1-2 1-17 1-12 5-8 1-18 3-11 3-14 "), -7: (
    "1-34 3-15 1-14 1-24 5-4 5-21 3-2 5-18 1-13 1-21 3-7 5-19 1-16 5-32 5-30 1-0 5-22 1-11 1-38 1-28 1-3 5-29 5-26 5-6 5-13 3-0 0-1 "
    "5-10 5-15 5-12 5-3 1-6 3-13 1-35 5-28 1-4 1-22 3-14 5-31 5-24 1-19 3-9 1-30 5-9 2-0 5-14 5-2 1-20 1-26 5-16 3-16 3-11 1-12 1-36 "
    "3-10 3-8 1-9 1-39 5-25 0-3 3-4 0-2 1-23 1-31 5-0 0-4 5-23 5-17 1-7 1-17 1-37 1-15 3-5 1-29 1-10 1-33 3-3 5-7 1-25 1-32 5-1 5-27 "
    "1-2 5-8 5-11 1-27 3-1 1-5 0-0 5-5 1-1 3-6 5-20 1-8 3-12 1-18 ")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("records")
    for suffix, kind in [("", tf.python_io.TFRecordCompressionType.NONE), ("z", tf.python_io.TFRecordCompressionType.ZLIB), ("g", tf.python_io.TFRecordCompressionType.GZIP)]:
        for i, n in enumerate(SIZES):
            with tf.python_io.TFRecordWriter(str(path / ("%d%s" % (i, suffix))), tf.python_io.TFRecordOptions(kind)) as writer:
                for k in range(n):
                    writer.write(b"%d-%d" % (i, k))
    return path


def record_input(folder, names, **attributes):
    return raw.function("record_input")(file_pattern=",".join(str(folder / name) for name in names), **attributes)


def batches(x, n=1):
    with tf.Session() as session:
        return [b" ".join(session.run(x)).decode().split() for _ in range(n)]


@pytest.mark.parametrize("suffix, kind", [("", ""), ("", "unknown"), ("z", "ZLIB"), ("g", "GZIP")])
@pytest.mark.parametrize("seed, shift", [(301, 0.), (-7, 0.5)])
def test_order_of_the_first_epoch(folder, seed, shift, suffix, kind):
    with tf.Graph().as_default():
        x = record_input(folder, ["%d%s" % (i, suffix) for i in range(6)], file_parallelism=1, file_buffer_size=500, batch_size=96, file_random_seed=seed,
                         file_shuffle_shift_ratio=shift, compression_type=kind)
        assert x.shape.ndims is None
        assert batches(x) == [BY_SEED[seed].split()]


def test_a_small_buffer(folder):
    with tf.Graph().as_default():
        x = record_input(folder, ["1"], file_parallelism=1, file_buffer_size=1, batch_size=40)
        assert batches(x)[0] == ["1-%d" % i for i in list(range(15, 40)) + list(range(14, -1, -1))]


@pytest.mark.parametrize("parallelism", [1, 3, 16, 2 ** 40])
@pytest.mark.parametrize("size", [1, 2, 31, 96, 2 ** 40])
def test_every_epoch_has_every_record(folder, parallelism, size):
    with tf.Graph().as_default():
        x = record_input(folder, ["?"], file_parallelism=parallelism, file_buffer_size=size, batch_size=96)
        want = sorted("%d-%d" % (i, k) for i, n in enumerate(SIZES) for k in range(n))
        got = batches(x, 3)
        assert [sorted(batch) for batch in got] == [want] * 3 and got[0] != got[1]


def test_many_threads(folder):
    with tf.Graph().as_default(), tf.Session() as session:
        x, found = record_input(folder, ["?"], file_parallelism=4, file_buffer_size=20, batch_size=12), []
        threads = [threading.Thread(target=lambda: [found.extend(session.run(x)) for _ in range(16)]) for _ in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert set(collections.Counter(found).values()) == {8}


def test_mistakes(folder, tmp_path):
    (tmp_path / "bad").write_bytes((folder / "0").read_bytes() + b"x" * 20)
    (tmp_path / "empty").write_bytes(b"")
    for names, attributes, error, message in [
            (["nothing*"], {}, tf.errors.NotFoundError, "Found no files at .*nothing"), (["bad"], {"batch_size": 2}, tf.errors.DataLossError, "corrupted record at 95"),
            (["bad", "empty"], {"file_buffer_size": 2}, tf.errors.DataLossError, "corrupted record"), (["empty"], {}, tf.errors.NotFoundError, "Found no records at .*empty"),
            (["empty"], {"batch_size": -1}, tf.errors.InvalidArgumentError, "batch_size must be non-negative but got -1"),
            (["empty"], {"file_buffer_size": 0}, tf.errors.InvalidArgumentError, "file_buffer_size must be positive, got 0"),
            (["empty"], {"file_parallelism": 0}, tf.errors.InvalidArgumentError, "file_parallelism must be positive, got 0")]:
        with tf.Graph().as_default(), tf.Session() as session:
            x = record_input(tmp_path, names, **attributes)
            for _ in range(2):
                with pytest.raises(error, match=message):
                    session.run(x)
    with tf.Graph().as_default():
        assert batches(record_input(tmp_path, ["nothing"], batch_size=0)) == [[]]
