"""Record and event files: what TensorFlow 1.12.3 says of whole and broken ones, and what was written is read."""
import glob
import gzip
import json
import os
import pathlib
import random
import resource
import subprocess
import sys
import threading
import zlib

import pytest

import pytfgraph as tf
import records_record

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / 'golden' / 'io'
ANSWERS = [json.loads(line) for line in (GOLDEN / 'records.jsonl').read_text().splitlines()]


def options(kind):
    return tf.python_io.TFRecordOptions(kind)


def ask(path, data, kind):
    path.write_bytes(data)
    got, error = [], None
    try:
        for record in tf.python_io.tf_record_iterator(str(path), options(kind)):
            got.append(record.decode())
    except tf.errors.OpError as e:
        error = [type(e).__name__, str(e)]
    return [got, error]


@pytest.mark.parametrize('answer', ANSWERS, ids=lambda a: a['kind'] or 'plain')
def test_broken_files(answer, tmp_path):
    """Cut and flipped at every byte."""
    data = bytes.fromhex(answer['data'])
    for name, bad in records_record.broken(data):
        assert ask(tmp_path / 'r', bad, answer['kind']) == answer['broken'][name], name


@pytest.mark.parametrize('answer', ANSWERS, ids=lambda a: a['kind'] or 'plain')
def test_same_bytes(answer, tmp_path):
    path = tmp_path / 'r'
    with tf.python_io.TFRecordWriter(str(path), options(answer['kind'])) as w:
        for record in records_record.RECORDS:
            w.write(record)
    assert path.read_bytes().hex() == answer['data']
    assert list(tf.python_io.tf_record_iterator(str(path), options(answer['kind']))) == records_record.RECORDS


def test_lengths_that_lie(tmp_path):
    """A header with a good checksum and any length costs no memory."""
    path = tmp_path / 'r'
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for n in (2 ** 62, 2 ** 63, 2 ** 64 - 1, 2 ** 64 - 5, 2 ** 40, 2 ** 31):
        length = n.to_bytes(8, 'little')
        path.write_bytes(length + masked_crc(length) + b'x' * 100)
        with pytest.raises(tf.errors.DataLossError, match='truncated record at 0|record size too large'):
            list(tf.python_io.tf_record_iterator(str(path)))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50000


def masked_crc(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    crc ^= 0xffffffff
    return ((crc >> 15 | crc << 17) + 0xa282ead8 & 0xffffffff).to_bytes(4, 'little')


def test_any_bytes(tmp_path):
    """Random changes of random files: records, or an error."""
    dice = random.Random(7)
    path = tmp_path / 'r'
    for answer in ANSWERS:
        for _ in range(600):
            data = bytearray(bytes.fromhex(answer['data']))
            for _ in range(dice.randrange(1, 6)):
                at = dice.randrange(len(data))
                data[at:at + dice.randrange(3)] = bytes(dice.randrange(256) for _ in range(dice.randrange(4)))
            ask_any(path, bytes(data), answer['kind'])
        for _ in range(200):
            ask_any(path, bytes(dice.randrange(256) for _ in range(dice.randrange(200))), answer['kind'])


def ask_any(path, data, kind):
    path.write_bytes(data)
    try:
        list(tf.python_io.tf_record_iterator(str(path), options(kind)))
    except tf.errors.DataLossError:
        pass


def test_a_small_file_that_inflates_to_much(tmp_path):
    """Read piece by piece: memory is a record's, not the stream's."""
    path = tmp_path / 'r'
    with tf.python_io.TFRecordWriter(str(path), options('GZIP')) as w:
        for _ in range(300):
            w.write(b'\0' * 1000000)
    assert path.stat().st_size < 1000000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(len(r) for r in tf.python_io.tf_record_iterator(str(path), options('GZIP'))) == 300 * 1000000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100000


def test_members_of_a_gzip_file(tmp_path):
    """1.12.3 does not come to an end here."""
    data = bytes.fromhex(ANSWERS[0]['data'])
    (tmp_path / 'r').write_bytes(gzip.compress(data) + gzip.compress(data))
    assert list(tf.python_io.tf_record_iterator(str(tmp_path / 'r'), options('GZIP'))) == 2 * records_record.RECORDS
    (tmp_path / 'r').write_bytes(zlib.compress(data) + b'what follows')
    assert list(tf.python_io.tf_record_iterator(str(tmp_path / 'r'), options('ZLIB'))) == records_record.RECORDS


def test_options(tmp_path):
    record, path = os.urandom(1000) * 100, str(tmp_path / 'r')
    for keywords in (dict(compression_level=9), dict(compression_level=0), dict(mem_level=1), dict(compression_strategy=2), dict(flush_mode=2),
                     dict(input_buffer_size=1, output_buffer_size=1), dict(window_bits=10), dict(compression_method=8)):
        with tf.python_io.TFRecordWriter(path, tf.python_io.TFRecordOptions('ZLIB', **keywords)) as w:
            w.write(record)
            w.flush()
            assert next(tf.python_io.tf_record_iterator(path, 'ZLIB')) == record
            w.write(b'last')
        assert list(tf.python_io.tf_record_iterator(path, 'ZLIB')) == [record, b'last']
    for keywords in (dict(window_bits=99), dict(compression_level=77), dict(mem_level=100), dict(output_buffer_size=0)):
        with pytest.raises(tf.errors.InvalidArgumentError):
            tf.python_io.TFRecordWriter(path, tf.python_io.TFRecordOptions('ZLIB', **keywords))
    for bad in ('FOO', 7):
        with pytest.raises(ValueError, match='Not a valid compression_type: "%s"' % bad):
            tf.python_io.TFRecordOptions(bad)
    with pytest.raises(TypeError, match='expected bytes, str found'):
        tf.python_io.TFRecordWriter(path).write('text')


def test_files_that_cannot_be(tmp_path):
    folder = str(tmp_path)
    with pytest.raises(tf.errors.NotFoundError, match=folder + '/no/r; No such file or directory'):
        tf.python_io.TFRecordWriter(folder + '/no/r')
    with pytest.raises(tf.errors.NotFoundError, match=folder + '/r; No such file or directory'):
        list(tf.python_io.tf_record_iterator(folder + '/r'))
    with pytest.raises(tf.errors.FailedPreconditionError, match=folder + '; Is a directory'):
        list(tf.python_io.tf_record_iterator(folder))
    w = tf.python_io.TFRecordWriter(folder + '/r')
    w.close()
    w.close()
    with pytest.raises(tf.errors.FailedPreconditionError):
        w.write(b'x')
    with pytest.raises(tf.errors.NotFoundError, match='/proc/nope; No such file or directory'):
        tf.summary.FileWriter('/proc/nope/x')


# ---- events ----

def events(folder):
    return [e for path in sorted(glob.glob(str(folder) + '/events*')) for e in tf.train.summary_iterator(path)]


def value(tag, number=1., **metadata):
    v = tf.Summary.Value(tag=tag, simple_value=number)
    if metadata:
        v.metadata.MergeFrom(tf.SummaryMetadata(**metadata))
    return v


def test_what_a_writer_writes(tmp_path):
    graph = tf.Graph()
    with graph.as_default():
        tf.constant(1., name='c')
    w = tf.summary.FileWriter(str(tmp_path), graph, filename_suffix='.end')
    w.add_summary(tf.Summary(value=[value('a', 2., display_name='A'), value('b')]), 3)
    w.add_summary(tf.Summary(value=[value('a', 4., display_name='A'), value('b', 5., display_name='late')]).SerializeToString(), 4.)
    w.add_session_log(tf.SessionLog(status=tf.SessionLog.START), 5)
    w.add_run_metadata(tf.RunMetadata(), 'run', 6)
    with pytest.raises(ValueError, match='The provided tag was already used for this event type'):
        w.add_run_metadata(tf.RunMetadata(), 'run')
    w.add_event(tf.Event(step=7))
    w.flush()
    files = list(tmp_path.iterdir())
    assert len(files) == 1 and files[0].name.startswith('events.out.tfevents.') and files[0].name.endswith('.end')
    got = events(tmp_path)
    assert got[0].file_version == 'brain.Event:2' and got[0].wall_time == int(got[0].wall_time) and got[0].step == 0
    assert [e.WhichOneof('what') for e in got[1:]] == ['graph_def', 'meta_graph_def', 'summary', 'summary', 'session_log', 'tagged_run_metadata', None]
    assert [e.step for e in got[1:]] == [0, 0, 3, 4, 5, 6, 7]
    assert tf.GraphDef.FromString(got[1].graph_def) == graph.as_graph_def(add_shapes=True)
    assert tf.MetaGraphDef.FromString(got[2].meta_graph_def).graph_def == graph.as_graph_def(add_shapes=True)
    assert got[3].summary == tf.Summary(value=[value('a', 2., display_name='A'), value('b')])
    assert got[4].summary == tf.Summary(value=[value('a', 4.), value('b', 5.)])     # metadata come once
    w.close()
    w.add_event(tf.Event(step=8))
    w.add_summary(tf.Summary())
    assert len(events(tmp_path)) == len(got)
    w.reopen()
    w.add_event(tf.Event(step=9))
    w.close()
    assert [e.step for e in events(tmp_path) if not e.file_version][-1] == 9


def test_the_first_event_is_seen_without_flush(tmp_path):
    w = tf.summary.FileWriter(str(tmp_path), flush_secs=0.05)
    w.add_event(tf.Event(step=1))
    for step in (1, 2):
        for _ in range(400):
            if [e.step for e in events(tmp_path) if not e.file_version][-1:] == [step]:
                break
            threading.Event().wait(0.01)
        else:
            raise AssertionError('step %d is not there' % step)
        w.add_event(tf.Event(step=2))
    w.close()


def test_bad_arguments(tmp_path):
    w = tf.summary.FileWriter(str(tmp_path))
    from google.protobuf.message import DecodeError
    for bad in (b'abc\xff', b'\x0a\x05abc', b'\x0a\x02\x0a\x05', b'\xff' * 20):
        with pytest.raises(DecodeError):
            w.add_summary(bad)
    with pytest.raises(ValueError, match="invalid literal for int"):
        w.add_summary(tf.Summary(), 'x')
    for graph in (3, 'x'):
        with pytest.raises(TypeError, match='The passed graph must be an instance of `Graph` or the deprecated `GraphDef`'):
            w.add_graph(graph)
    with pytest.raises(TypeError, match="meta_graph_def must be type MetaGraphDef, saw type: <class 'int'>"):
        w.add_meta_graph(3)
    with pytest.raises(ValueError, match='Please pass only graph, or graph_def'):
        w.add_graph(tf.Graph(), graph_def=tf.GraphDef())
    w.close()


def test_threads(tmp_path):
    w = tf.summary.FileWriter(str(tmp_path))

    def add(k):
        for i in range(2000):
            w.add_summary(tf.Summary(value=[value('t%d' % k, float(i))]), i)
    threads = [threading.Thread(target=add, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    w.close()
    got = events(tmp_path)[1:]
    for k in range(4):
        assert [e.step for e in got if e.summary.value[0].tag == 't%d' % k] == list(range(2000))


def test_a_file_that_vanishes_is_begun_again(tmp_path):
    w = tf.summary.FileWriter(str(tmp_path))
    w.add_event(tf.Event(step=1))
    w.flush()
    for path in tmp_path.iterdir():
        path.unlink()
    w.add_event(tf.Event(step=2))
    w.close()
    assert [(e.file_version, e.step) for e in events(tmp_path)] == [('brain.Event:2', 0), ('', 2)]


PROGRAM = """
import os, sys
import pytfgraph as tf
w = tf.summary.FileWriter(sys.argv[1])
w.add_event(tf.Event(step=1))
w.flush()
w.add_event(tf.Event(step=2))
if sys.argv[2] == 'fork':
    pid = os.fork()
    if pid == 0:
        c = tf.summary.FileWriter(sys.argv[1] + '/child')
        c.add_event(tf.Event(step=10))
        w.add_event(tf.Event(step=3))
        w.flush()
        c.close()
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
for i in range(1000):
    w.add_event(tf.Event(step=4))
"""


@pytest.mark.parametrize('kind', ['end', 'fork'])
def test_nothing_is_lost_at_the_end(kind, tmp_path):
    """A program that closes nothing; and one that forks, whose child does not write what its parent had yet to write."""
    subprocess.run([sys.executable, '-c', PROGRAM, str(tmp_path), kind], check=True, timeout=60)
    steps = [e.step for e in events(tmp_path) if not e.file_version]
    assert sorted(steps) == sorted([1, 2] + [3] * (kind == 'fork') + [4] * 1000)
    assert [e.step for e in events(tmp_path / 'child')] == ([0, 10] if kind == 'fork' else [])


def test_writers_by_folder(tmp_path):
    tf.summary.FileWriterCache.clear()
    with tf.Graph().as_default():
        w = tf.summary.FileWriterCache.get(str(tmp_path))
        assert tf.summary.FileWriterCache.get(str(tmp_path)) is w and w.get_logdir() == str(tmp_path)
    tf.summary.FileWriterCache.clear()
    w.close()           # forgetting a writer does not
    assert [e.WhichOneof('what') for e in events(tmp_path)] == ['file_version', 'graph_def', 'meta_graph_def']
    assert tf.summary.FileWriterCache.get(str(tmp_path)) is not w
    tf.summary.FileWriterCache.clear()


def test_max_queue(tmp_path):
    """Of more events than may wait, the earlier ones are in the file though nobody flushed."""
    w = tf.summary.FileWriter(str(tmp_path), max_queue=5, flush_secs=1000)
    w.add_event(tf.Event(step=-1))
    for step in range(12):
        w.add_summary(tf.Summary(value=[tf.Summary.Value(tag='a', simple_value=1.)]), step)
    path, = glob.glob(str(tmp_path / 'events*'))
    seen = [e.step for e in tf.train.summary_iterator(path)]
    assert len(seen) >= 2 + 7 and seen[1:] == list(range(-1, len(seen) - 2))
    w.close()
    assert [e.step for e in tf.train.summary_iterator(path)][1:] == list(range(-1, 12))
