"""A program that writes a SavedModel with all there is, and the command lines that look at it."""
import os

COMMANDS = {
    'tags': ['show', '--dir', 'model'],
    'signatures': ['show', '--dir', 'model', '--tag_set', 'serve'],
    'signature': ['show', '--dir', 'model', '--tag_set', 'serve', '--signature_def', 'serving_default'],
    'all': ['show', '--dir', 'model', '--all'],
    'scan': ['scan', '--dir', 'model'],
    'run': ['run', '--dir', 'model', '--tag_set', 'serve', '--signature_def', 'serving_default', '--input_exprs', 'x=np.ones([2, 3])'],
    'run_text': ['run', '--dir', 'model', '--tag_set', 'serve', '--signature_def', 'length', '--input_exprs', 'text=["a", "bcd"]'],
}


def save(tf, folder):
    """Writes the SavedModel."""
    words = folder + '.words.txt'
    with open(words, 'w') as f:
        f.write('one\ntwo\n')
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [None, 3], name='x')
        w = tf.Variable([[1., 2.], [3., 4.], [5., 6.]], name='w')
        b = tf.get_variable('b', [2], initializer=tf.constant_initializer(0.5), use_resource=True)
        y = tf.add(tf.matmul(x, w), b, name='y')
        text = tf.placeholder(tf.string, [None], name='text')
        path = tf.constant(words, name='path')
        loaded = tf.Variable('', name='loaded', collections=[tf.GraphKeys.LOCAL_VARIABLES], trainable=False)
        note = tf.assign(loaded, path)
        unknown = tf.placeholder(tf.float32, name='unknown')
        sess.run(tf.global_variables_initializer())
        builder = tf.saved_model.builder.SavedModelBuilder(folder)
        info = tf.saved_model.utils.build_tensor_info
        signatures = {
            'serving_default': tf.saved_model.signature_def_utils.predict_signature_def({'x': x}, {'y': y}),
            'length': tf.saved_model.signature_def_utils.build_signature_def(
                {'text': info(text)}, {'first': info(text[0]), 'same': info(tf.identity(text))}, 'some/method'),
            'unknown': tf.saved_model.signature_def_utils.build_signature_def({'u': info(unknown)}, {}, None),
        }
        builder.add_meta_graph_and_variables(sess, [tf.saved_model.tag_constants.SERVING], signatures, assets_collection=[path],
                                             main_op=tf.group(note))
    with tf.Graph().as_default():
        w = tf.Variable([[1., 2.], [3., 4.], [5., 6.]], name='w')
        tf.train.Saver()
        builder.add_meta_graph(['serve', 'gpu'], strip_default_attrs=True)
    builder.save()
    os.remove(words)
