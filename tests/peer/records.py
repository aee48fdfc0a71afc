"""TFRecord files, plain and compressed, and the Examples in them."""
import os

from facts import exact, near

KINDS = ['', 'ZLIB', 'GZIP']
RECORDS = [b'hello', b'', b'world!' * 3, bytes(range(256)) * 700]


def options(tf, kind):
    return tf.python_io.TFRecordOptions(getattr(tf.python_io.TFRecordCompressionType, kind or 'NONE'))


def write_plain(tf, np, folder):
    for kind in KINDS:
        with tf.python_io.TFRecordWriter(os.path.join(folder, 'records' + kind), options(tf, kind)) as writer:
            for record in RECORDS:
                writer.write(record)


def read_plain(tf, np, folder):
    facts = {}
    for kind in KINDS:
        path = os.path.join(folder, 'records' + kind)
        facts['iterator ' + kind] = [exact(np, r) for r in tf.python_io.tf_record_iterator(path, options(tf, kind))]
        with tf.Graph().as_default(), tf.Session() as session:
            queue = tf.FIFOQueue(1, tf.string)
            reader = tf.TFRecordReader(options=options(tf, kind))
            key, value = reader.read(queue)
            session.run(queue.enqueue(path))
            session.run(queue.close())
            read = [session.run([key, value]) for _ in RECORDS]
            facts['reader ' + kind] = [[os.path.basename(k.decode()), exact(np, v)] for k, v in read]
            try:
                session.run(key)
            except tf.errors.OutOfRangeError:
                facts['reader %s ends' % kind] = True
    return facts


def examples(tf):
    feature = tf.train.Feature
    for i in range(5):
        yield tf.train.Example(features=tf.train.Features(feature={
            'id': feature(int64_list=tf.train.Int64List(value=[i * 10 ** 12 - 3])),
            'x': feature(float_list=tf.train.FloatList(value=[i + .5, -i, 1e-30])),
            'name': feature(bytes_list=tf.train.BytesList(value=[b'n\xff%d' % i])),
            'many': feature(int64_list=tf.train.Int64List(value=range(i))),
            'none': feature()}))


def sequence(tf):
    lists = {'words': tf.train.FeatureList(feature=[tf.train.Feature(bytes_list=tf.train.BytesList(value=[w])) for w in (b'a', b'bc', b'')]),
             'numbers': tf.train.FeatureList(feature=[tf.train.Feature(float_list=tf.train.FloatList(value=[i, 2. * i])) for i in range(4)])}
    return tf.train.SequenceExample(context=tf.train.Features(feature={'length': tf.train.Feature(int64_list=tf.train.Int64List(value=[3]))}),
                                    feature_lists=tf.train.FeatureLists(feature_list=lists))


def write_examples(tf, np, folder):
    with tf.python_io.TFRecordWriter(os.path.join(folder, 'examples')) as writer:
        for example in examples(tf):
            writer.write(example.SerializeToString())
    with tf.python_io.TFRecordWriter(os.path.join(folder, 'sequences')) as writer:
        writer.write(sequence(tf).SerializeToString())


def message_facts(example):
    """{feature: its kind and values}: the text of a message depends on the version of protobuf."""
    facts = {}
    for name, feature in example.features.feature.items():
        kind = feature.WhichOneof('kind')
        values = list(getattr(feature, kind).value) if kind else []
        facts[name] = [kind, [v.decode('latin-1') if isinstance(v, bytes) else v for v in values]]
    return facts


def read_examples(tf, np, folder):
    data = list(tf.python_io.tf_record_iterator(os.path.join(folder, 'examples')))
    facts = {'messages': [message_facts(tf.train.Example.FromString(d)) for d in data]}
    features = {'id': tf.FixedLenFeature([], tf.int64), 'x': tf.FixedLenFeature([3], tf.float32), 'name': tf.FixedLenFeature([1], tf.string),
                'many': tf.VarLenFeature(tf.int64), 'none': tf.FixedLenFeature([2], tf.float32, default_value=[7., 8.]),
                'padded': tf.FixedLenSequenceFeature([], tf.int64, allow_missing=True)}
    with tf.Session() as session:
        parsed = session.run(tf.parse_example(data, features))
        one = session.run(tf.parse_single_example(data[3], {k: features[k] for k in ('id', 'many')}))
        path = os.path.join(folder, 'sequences')
        context, lists = session.run(tf.parse_single_sequence_example(
            next(tf.python_io.tf_record_iterator(path)), {'length': tf.FixedLenFeature([], tf.int64)},
            {'words': tf.VarLenFeature(tf.string), 'numbers': tf.FixedLenSequenceFeature([2], tf.float32)}))
    for name, values in (('parsed', parsed), ('one', one), ('context', context), ('lists', lists)):
        facts[name] = {k: [near(np, part) for part in v] if isinstance(v, tf.SparseTensorValue) else near(np, v) for k, v in values.items()}
    return facts


CASES = {'plain': (write_plain, read_plain), 'examples': (write_examples, read_examples)}
