"""Event files written by operations: tf.contrib.summary, and FileWriter with a session."""
import glob

import numpy as np
import pytest

import pytfgraph as tf


def events(folder):
    return [e for path in sorted(glob.glob(str(folder) + '/events*')) for e in tf.train.summary_iterator(path)]


def test_what_operations_write(tmp_path):
    summary = tf.contrib.summary
    with tf.Graph().as_default(), tf.Session() as session:
        step = tf.train.create_global_step()
        writer = summary.create_file_writer(str(tmp_path / 'a' / 'b'), filename_suffix='.end')
        with writer.as_default(), summary.always_record_summaries():
            summary.scalar('s', 2.5, step=3)
            summary.scalar('t', 4, family='f')
            summary.histogram('h', [1., 2.])
            summary.image('i', tf.zeros([2, 2, 2, 3]), max_images=1)
            summary.audio('a', tf.zeros([1, 4]), 8000., 1)
            summary.generic('g', ['x', 'y'], metadata=tf.SummaryMetadata(display_name='G'))
            summary.import_event(tf.Event(step=9).SerializeToString())
            session.run(step.initializer)
            summary.initialize(graph=tf.get_default_graph(), session=session)
            session.run(summary.all_summary_ops())
            session.run(summary.flush())
            with summary.never_record_summaries():
                never = summary.scalar('never', 1.)
            assert session.run(never) == False  # noqa: E712
        session.run(writer.close())
        with pytest.raises(tf.errors.NotFoundError, match='Resource localhost/logdir:.*/N10tensorflow22SummaryWriterInterfaceE does not exist'):
            session.run(writer.flush())
    assert len(glob.glob(str(tmp_path / 'a' / 'b' / '*.end'))) == 1
    got = events(tmp_path / 'a' / 'b')
    assert got[0].file_version == 'brain.Event:2' and got[1].graph_def
    values = {v.tag: (v, e.step) for e in got for v in e.summary.value}
    assert set(values) == {'s', 'f/f/t', 'h', 'i/image', 'a/audio', 'g'}
    assert values['s'][0].simple_value == 2.5 and values['s'][1] == 3 and values['f/f/t'][1] == 0
    assert values['h'][0].histo.num == 2 and values['i/image'][0].image.colorspace == 3 and values['a/audio'][0].audio.length_frames == 4
    assert tf.make_ndarray(values['g'][0].tensor).tolist() == [b'x', b'y'] and values['g'][0].metadata.display_name == 'G'


def test_without_a_writer():
    with tf.Graph().as_default():
        assert tf.contrib.summary.scalar('s', 1.).type == 'NoOp'
        with pytest.raises(RuntimeError, match='No default tf.contrib.summary.SummaryWriter found'):
            tf.contrib.summary.initialize()
        with pytest.raises(TypeError, match='needs a tf.Tensor'):
            tf.contrib.summary.graph(tf.Graph())
        assert tf.contrib.summary.create_file_writer(None).init() is None


def test_every_second_step(tmp_path):
    summary = tf.contrib.summary
    with tf.Graph().as_default(), tf.Session() as session:
        step = tf.train.create_global_step()
        writer = summary.create_file_writer(str(tmp_path))
        with writer.as_default(), summary.record_summaries_every_n_global_steps(2):
            summary.scalar('s', step)
        session.run([step.initializer, summary.summary_writer_initializer_op()])
        for _ in range(5):
            session.run(summary.all_summary_ops())
            session.run(tf.assign_add(step, 1))
        session.run(writer.close())
    assert [e.step for e in events(tmp_path) if e.summary.value] == [0, 2, 4]


def test_file_writer_of_a_session(tmp_path):
    with tf.Graph().as_default() as graph, tf.Session() as session:
        first = tf.summary.FileWriter(str(tmp_path), session=session, filename_suffix='')
        second = tf.summary.FileWriter(str(tmp_path), session=session, filename_suffix='')
        names = [op.name for op in graph.get_operations()]
        assert 'filewriter/SummaryWriter' in names and 'filewriter_1/SummaryWriter' in names
        first.add_summary(tf.Summary(value=[tf.Summary.Value(tag='a', simple_value=1.)]), 1)
        second.add_summary(tf.Summary(value=[tf.Summary.Value(tag='a', simple_value=2.)]).SerializeToString(), 2)
        first.flush()
        assert [e.step for e in events(tmp_path)] == [0, 1, 2]
        first.close()
        first.close()
        first.add_event(tf.Event(step=4))
        assert len(glob.glob(str(tmp_path / '*'))) == 1


def test_errors_of_operations(tmp_path):
    from pytfgraph import _core
    with tf.Graph().as_default(), tf.Session() as session:
        writer = _core.raw_op('SummaryWriter')(shared_name='w')
        session.run(_core.raw_op('CreateSummaryFileWriter')(writer, str(tmp_path), 10, 1000, ''))
        with pytest.raises(tf.errors.InvalidArgumentError, match='Nan in summary histogram for: h'):
            session.run(_core.raw_op('WriteHistogramSummary')(writer, 1, 'h', [1., np.nan]))
        with pytest.raises(tf.errors.DataLossError, match='Bad tf.Event binary proto tensor string'):
            session.run(_core.raw_op('ImportEvent')(writer, b'abc\xff'))
        with pytest.raises(tf.errors.DataLossError, match='Bad tf.GraphDef binary proto tensor string'):
            session.run(_core.raw_op('WriteGraphSummary')(writer, 1, b'abc\xff'))
        with pytest.raises(tf.errors.InvalidArgumentError, match='Tensor must be 4-D with last dim 1, 3, or 4, not .2,2,1.'):
            session.run(_core.raw_op('WriteImageSummary')(writer, 1, 'i', tf.zeros([2, 2, 1]), tf.constant([255, 0, 0], tf.uint8)))
        with pytest.raises(tf.errors.NotFoundError, match='/proc/x; No such file or directory'):
            session.run(_core.raw_op('CreateSummaryFileWriter')(_core.raw_op('SummaryWriter')(shared_name='x'), '/proc/x', 10, 1000, ''))


def test_pywrap_writer_and_reader(tmp_path):
    """EventsWriter and PyRecordReader, as programs of TensorFlow's own C++ wrapper use them."""
    from pytfgraph import protos, pywrap_tensorflow
    prefix = str(tmp_path / "a").encode()
    writer = pywrap_tensorflow.EventsWriter(prefix)
    writer.InitWithSuffix(b".end")
    name = writer.FileName()
    assert name.startswith(prefix + b".out.tfevents.") and name.endswith(b".end")
    event = protos.module("tensorflow.core.util.event_pb2").Event(step=3, wall_time=1.)
    writer.WriteEvent(event)
    with pytest.raises(TypeError, match="Expected an event_pb2.Event proto"):
        writer.WriteEvent(3)
    writer.Flush()
    writer.Close()
    reader = pywrap_tensorflow.PyRecordReader_New(name, 0, b"", None)
    reader.GetNext()
    assert b"brain.Event:2" in reader.record()
    reader.GetNext()
    assert reader.record() == event.SerializeToString() and reader.offset() == 67
    with pytest.raises(tf.errors.OutOfRangeError):
        reader.GetNext()
    reader.Close()
    with pytest.raises(tf.errors.FailedPreconditionError, match="Reader is closed"):
        reader.GetNext()
    with pytest.raises(tf.errors.NotFoundError):
        pywrap_tensorflow.PyRecordReader_New(b"/nonexistent/x", 0, b"", None)


def test_bytes_of_tensors(tmp_path):
    """As 1.12.3 writes them: strings in one piece, nothing for no elements."""
    summary = tf.contrib.summary
    with tf.Graph().as_default(), tf.Session() as session:
        writer = summary.create_file_writer(str(tmp_path))
        with writer.as_default(), summary.always_record_summaries():
            made = [summary.generic('str', ['x', 'yz', ''], step=1), summary.generic('str0', 'hello', step=1),
                    summary.generic('e', np.zeros([0, 2], np.float32), step=1), summary.generic('f', [1., 2.], step=1)]
        session.run(writer.init())
        for op in made:
            session.run(op)
        session.run(writer.flush())
    path, = glob.glob(str(tmp_path / '*'))
    assert [r[9:].hex() for r in list(tf.python_io.tf_record_iterator(path))[1:]] == [
        '10012a190a170a0373747242100807120412020803220601020078797a',
        '10012a160a140a0473747230420c0807120022060568656c6c6f',
        '10012a110a0f0a0165420a08011206120012020802',
        '10012a190a170a01664212080112041202080222080000803f00000040']
