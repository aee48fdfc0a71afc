"""Checkpoints of every dtype and shape, in both formats, whole, sharded and in slices, small and of 1 GB."""
import os

import checkpoint_files
from facts import exact

FORMATS = {'model': {}, 'model.sharded': {'sharded': True}, 'model.v1': {'write_version': 1},
           'model.v1sharded': {'write_version': 1, 'sharded': True}}


def held(tf, np, prefix, values=True):
    """What a reader says of each tensor.  TensorFlow's reader gives no slices and only some types of the older format."""
    reader = tf.train.NewCheckpointReader(prefix)
    shapes, dtypes = reader.get_variable_to_shape_map(), reader.get_variable_to_dtype_map()
    facts = {}
    for key in sorted(shapes):
        dtype = tf.as_dtype(dtypes[key])
        facts[key] = [dtype.name, list(shapes[key])]
        if values:
            value = reader.get_tensor(key)
            facts[key].append(exact(np, value.astype(np.float32) if dtype == tf.bfloat16 else value))
    return facts


def restored(tf, np, prefix, names):
    """Through RestoreV2."""
    from tensorflow.python.ops import gen_io_ops
    reader = tf.train.NewCheckpointReader(prefix)
    dtypes = reader.get_variable_to_dtype_map()
    with tf.Session() as session:
        tensors = gen_io_ops.restore_v2(prefix, names, [''] * len(names), [tf.as_dtype(dtypes[n]) for n in names])
        tensors = [tf.cast(t, tf.float32) if t.dtype == tf.bfloat16 else t for t in tensors]
        return {n: exact(np, v) for n, v in zip(names, session.run(tensors))}


def write_all(tf, np, folder):
    checkpoint_files.save_all(tf, folder)


def read_all(tf, np, folder):
    facts = {}
    for name in ('all', 'all.v1'):
        prefix = os.path.join(folder, name)
        facts[name] = held(tf, np, prefix, name == 'all')
        facts[name + ' restored'] = restored(tf, np, prefix, sorted(facts[name]))
    return facts


def write_model(tf, np, folder):
    checkpoint_files.save_model(tf, folder)


def read_model(tf, np, folder):
    """Restored into variables that are whole, or cut elsewhere than those that were saved."""
    facts = {}
    for name in FORMATS:
        prefix = os.path.join(folder, name + ('-?????-of-00002' if name == 'model.v1sharded' else ''))
        facts[name] = held(tf, np, prefix, 'v1' not in name)
        for parts in (1, 2, 4):
            with tf.Graph().as_default(), tf.Session() as session:
                def variable(name, shape, dtype):
                    cut = tf.fixed_size_partitioner(parts, axis=int(name == 'd')) if parts > 1 else None
                    return tf.get_variable(name, shape, dtype, tf.zeros_initializer(), partitioner=cut)
                c, d = variable('c', [6, 2], tf.float32), variable('d', [2, 5], tf.int64)
                others = [tf.get_variable('a', [2, 2]), tf.Variable(['', '', ''], name='b'),
                          tf.get_variable('r', [], tf.int64, use_resource=True), tf.Variable(tf.zeros([0, 3]), name='none')]
                tf.train.Saver().restore(session, prefix)
                values = session.run([tf.convert_to_tensor(v) for v in [c, d] + others])
                facts['%s in %d' % (name, parts)] = [exact(np, v) for v in values]
    return facts


def write_many(tf, np, folder):
    checkpoint_files.save_many(tf, folder)


def read_many(tf, np, folder):
    return held(tf, np, os.path.join(folder, 'many'))


def write_big(tf, np, folder):
    """1 GB, of which one tensor has half."""
    with tf.Session() as session:
        fill = tf.placeholder(tf.float32, [])
        big = tf.get_variable('big', [128, 1000, 1000], initializer=tf.zeros_initializer())
        rest = [tf.get_variable('v%d' % i, [16, 1000, 1000], initializer=tf.zeros_initializer()) for i in range(8)]
        for i, v in enumerate([big] + rest):
            whole = tf.fill(v.shape, fill) if i else tf.reshape(tf.cast(tf.range(128000000), tf.float32), v.shape) * fill
            session.run(tf.assign(v, whole).op, {fill: i + 1.5})
        tf.train.Saver().save(session, os.path.join(folder, 'big'), global_step=7)


def read_big(tf, np, folder):
    path = tf.train.latest_checkpoint(folder)
    with tf.Session() as session:
        tf.train.import_meta_graph(path + '.meta').restore(session, path)
        facts = {v.op.name: exact(np, session.run(v)) for v in tf.global_variables()}
    reader = tf.train.NewCheckpointReader(path)
    facts['read'] = exact(np, reader.get_tensor('v3'))
    return facts


def write_state(tf, np, folder):
    """Numbered checkpoints of which three are kept, and the file that lists them."""
    with tf.Session() as session:
        v = tf.Variable(0., name='v')
        saver = tf.train.Saver(max_to_keep=3, save_relative_paths=True)
        session.run(v.initializer)
        for step in range(5):
            session.run(v.assign(step * 2.))
            saver.save(session, os.path.join(folder, 'model'), global_step=step)


def read_state(tf, np, folder):
    state = tf.train.get_checkpoint_state(folder)
    facts = {'files': sorted(os.listdir(folder)), 'latest': os.path.basename(tf.train.latest_checkpoint(folder)),
             'all': [os.path.basename(p) for p in state.all_model_checkpoint_paths]}
    with tf.Session() as session:
        saver = tf.train.import_meta_graph(tf.train.latest_checkpoint(folder) + '.meta')
        for path in state.all_model_checkpoint_paths:
            saver.restore(session, path)
            facts[os.path.basename(path)] = float(session.run('v:0'))
    return facts


CASES = {'all': (write_all, read_all), 'model': (write_model, read_model), 'many': (write_many, read_many),
         'big': (write_big, read_big), 'state': (write_state, read_state)}
