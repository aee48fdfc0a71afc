"""SavedModels: loaded, described and run."""
import os

import saved_model_program
from facts import near


def write_all(tf, np, folder):
    saved_model_program.save(tf, os.path.join(folder, 'model'))


def described(signature_def):
    return {key: {'inputs': {k: [v.name, v.dtype, [d.size for d in v.tensor_shape.dim]] for k, v in sig.inputs.items()},
                  'outputs': {k: [v.name, v.dtype, [d.size for d in v.tensor_shape.dim]] for k, v in sig.outputs.items()},
                  'method': sig.method_name} for key, sig in signature_def.items()}


def read_all(tf, np, folder):
    with tf.Session() as session:
        meta = tf.saved_model.loader.load(session, ['serve'], os.path.join(folder, 'model'))
        facts = {'signatures': described(meta.signature_def),
                 'y': near(np, session.run('y:0', {'x:0': np.arange(6.).reshape(2, 3)})),
                 'asset': os.path.basename(session.run('loaded:0').decode()),
                 'collections': sorted(str(k) for k in session.graph.get_all_collection_keys())}
    with tf.Graph().as_default(), tf.Session() as session:
        tf.saved_model.loader.load(session, ['serve', 'gpu'], os.path.join(folder, 'model'))
        facts['w'] = near(np, session.run('w:0'))
    facts['there'] = bool(tf.saved_model.loader.maybe_saved_model_directory(os.path.join(folder, 'model')))
    facts['not there'] = bool(tf.saved_model.loader.maybe_saved_model_directory(folder))
    return facts


def write_simple(tf, np, folder):
    with tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2], name='x')
        w = tf.get_variable('w', [2, 3], initializer=tf.random_normal_initializer(seed=4), partitioner=tf.fixed_size_partitioner(2))
        table = tf.get_variable('names', initializer=['a', 'b', 'c'])
        y = tf.matmul(x, w)
        best = tf.gather(table, tf.argmax(y, 1), name='best')
        session.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(session, os.path.join(folder, 'simple'), {'x': x}, {'y': y, 'best': best})


def read_simple(tf, np, folder):
    with tf.Session() as session:
        meta = tf.saved_model.loader.load(session, [tf.saved_model.tag_constants.SERVING], os.path.join(folder, 'simple'))
        signature = meta.signature_def[tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY]
        values = session.run({k: v.name for k, v in signature.outputs.items()}, {signature.inputs['x'].name: [[1., -1.], [-2., .5]]})
        return {'signatures': described(meta.signature_def), 'values': {k: near(np, v) for k, v in values.items()}}


CASES = {'all': (write_all, read_all), 'simple': (write_simple, read_simple)}
