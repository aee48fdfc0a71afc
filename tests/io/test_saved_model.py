"""SavedModels: one that TensorFlow 1.12.3 wrote, and our own."""
import os
import pathlib
import shutil

import numpy as np
import pytest

import pytfgraph as tf
import saved_model_program
from pytfgraph import protos
from pytfgraph.saved_model import constants, loader_impl
from pytfgraph.tools import saved_model_cli

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / 'golden' / 'io' / 'saved_model'


def need_saver():
    try:
        tf.train.Saver
    except AttributeError:
        pytest.skip('train.Saver is not there yet')



@pytest.mark.parametrize('name', saved_model_program.COMMANDS)
def test_command_line(name, capfd, monkeypatch):
    arguments = saved_model_program.COMMANDS[name]
    if arguments[0] == 'run':
        need_saver()
    monkeypatch.chdir(GOLDEN)
    assert saved_model_cli.main(arguments) == 0
    assert capfd.readouterr().out == (GOLDEN / (name + '.txt')).read_text()


def model(sess):
    return sess.run('y:0', {'x:0': [[1., 2., 3.]]}).tolist()


def test_theirs():
    need_saver()
    folder = str(GOLDEN / 'model')
    assert tf.saved_model.loader.maybe_saved_model_directory(folder)
    with tf.Session(graph=tf.Graph()) as sess:
        message = tf.saved_model.loader.load(sess, ['serve'], folder)
        assert sorted(message.signature_def) == ['length', 'serving_default', 'unknown']
        assert model(sess) == [[22.5, 28.5]]
        with open(sess.run('loaded:0'), 'rb') as f:     # the main op saw the asset where it is now
            assert f.read() == b'one\ntwo\n'
    with tf.Session(graph=tf.Graph()) as sess:
        tf.saved_model.loader.load(sess, ['gpu', 'serve'], folder, import_scope='in')
        assert sess.run('in/w:0').tolist() == [[1, 2], [3, 4], [5, 6]]
    with pytest.raises(RuntimeError, match="MetaGraphDef associated with tags 'none' could not be found in SavedModel"):
        tf.saved_model.loader.load(tf.Session(graph=tf.Graph()), ['none'], folder)


@pytest.mark.parametrize('as_text', [False, True])
def test_ours(tmp_path, as_text):
    need_saver()
    folder = tmp_path / 'model'
    saved_model_program.save(tf, str(folder))
    if as_text:
        message = loader_impl.parse_saved_model(str(folder))
        (folder / 'saved_model.pb').unlink()
        (folder / 'saved_model.pbtxt').write_text(str(message))
    with tf.Session(graph=tf.Graph()) as sess:
        tf.saved_model.loader.load(sess, ['serve'], str(folder))
        assert model(sess) == [[22.5, 28.5]]
        assert os.path.realpath(sess.run('loaded:0').decode()) == os.path.realpath(str(folder / 'assets' / 'model.words.txt'))
    theirs = loader_impl.parse_saved_model(str(GOLDEN / 'model'))
    ours = loader_impl.parse_saved_model(str(folder))
    for a, b in zip(theirs.meta_graphs, ours.meta_graphs):
        assert {k: str(v) for k, v in a.signature_def.items()} == {k: str(v) for k, v in b.signature_def.items()}
        assert {k: str(v) for k, v in a.collection_def.items()} == {k: str(v) for k, v in b.collection_def.items()}
        assert [n.name for n in a.graph_def.node] == [n.name for n in b.graph_def.node]
        assert a.meta_info_def.tags == b.meta_info_def.tags and str(a.saver_def) == str(b.saver_def)
        assert a.meta_info_def.stripped_default_attrs == b.meta_info_def.stripped_default_attrs


def test_simple_save_and_predictor(tmp_path):
    need_saver()
    folder = str(tmp_path / 'model')
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [None], name='x')
        v = tf.Variable(3., name='v')
        sess.run(v.initializer)
        tf.saved_model.simple_save(sess, folder, {'x': x}, {'y': x * v})
    from pytfgraph.contrib import predictor
    predict = predictor.from_saved_model(folder)
    assert predict({'x': [1., 2.]})['y'].tolist() == [3, 6]
    assert list(predict.feed_tensors) == ['x'] and predict.session.graph is predict.graph
    with pytest.raises(ValueError, match='Got unexpected keys in input_dict'):
        predict({'z': 1})
    with pytest.raises(ValueError, match='Available signatures are'):
        predictor.from_saved_model(folder, signature_def_key='none')
    with pytest.raises(ValueError, match='You must specify at most one of'):
        predictor.from_saved_model(folder, signature_def_key='none', input_names={}, output_names={})
    by_name = predictor.from_saved_model(folder, input_names={'a': 'x:0'}, output_names={'b': 'v:0'})
    assert by_name({})['b'] == 3


def test_builder_refuses(tmp_path):
    with pytest.raises(AssertionError, match='Export directory already exists. Please specify a different export directory'):
        tf.saved_model.builder.SavedModelBuilder(str(tmp_path))
    builder = tf.saved_model.Builder(str(tmp_path / 'model'))
    with pytest.raises(AssertionError, match='Please invoke `add_meta_graph_and_variables..` first'):
        builder.add_meta_graph(['serve'])
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.constant(1., name='x')
        text = tf.constant('', name='text')
        signature = tf.saved_model.signature_def_utils.build_signature_def({'x': tf.TensorInfo()})
        with pytest.raises(AssertionError, match="must have one of the 'encoding' fields"):
            builder.add_meta_graph_and_variables(sess, ['a'], {'s': signature})
        signature = tf.saved_model.signature_def_utils.build_signature_def({'x': tf.TensorInfo(name='x:0')})
        with pytest.raises(AssertionError, match='must have the dtype field set'):
            builder.add_meta_graph_and_variables(sess, ['a'], {'s': signature})
        with pytest.raises(TypeError, match='main_op needs to be an Operation'):
            builder.add_meta_graph_and_variables(sess, ['a'], main_op=x)
        for asset, words in ((3, 'must be a Tensor'), (tf.identity(text), 'must be of type constant'), (x, 'must be of dtype string'),
                             (tf.constant(['a', 'b']), 'must be a scalar')):
            with pytest.raises(TypeError, match='Asset path tensor ' + words):
                builder.add_meta_graph_and_variables(sess, ['a'], assets_collection=[asset])
        with pytest.raises(ValueError, match='Invalid asset filepath tensor'):
            builder.add_meta_graph_and_variables(sess, ['a'], assets_collection=[text])
        tf.add_to_collection(constants.LEGACY_INIT_OP_KEY, x.op)
        with pytest.raises(ValueError, match='Graph already contains one or more main ops under the collection legacy_init_op'):
            builder.add_meta_graph_and_variables(sess, ['a'], main_op=x.op)


def test_assets_of_one_name(tmp_path):
    need_saver()
    paths = []
    for folder, words in (('a', 'one'), ('b', 'two'), ('c', 'one')):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / 'words').write_text(words)
        paths.append(str(tmp_path / folder / 'words'))
    with tf.Graph().as_default(), tf.Session() as sess:
        builder = tf.saved_model.Builder(str(tmp_path / 'model'))
        builder.add_meta_graph_and_variables(sess, ['a'], assets_collection=[tf.constant(p) for p in paths])
        builder.save()
    assert sorted(os.listdir(str(tmp_path / 'model' / 'assets'))) == ['words', 'words_1']
    assert (tmp_path / 'model' / 'assets' / 'words_1').read_text() == 'two'


def test_signatures():
    with tf.Graph().as_default():
        text, number = tf.constant(['a']), tf.constant([1.])
        utils = tf.saved_model.signature_def_utils
        kinds = {'regress': utils.regression_signature_def(text, number), 'classify': utils.classification_signature_def(text, text, number),
                 'predict': utils.predict_signature_def({'a': number}, {'b': text})}
        for kind, signature in kinds.items():
            assert signature.method_name == 'tensorflow/serving/' + kind and utils.is_valid_signature(signature)
            signature.method_name = 'other'
            assert not utils.is_valid_signature(signature)
        assert not utils.is_valid_signature(None)
        for call, words in ((lambda: utils.regression_signature_def(None, number), 'Regression examples cannot be None.'),
                            (lambda: utils.regression_signature_def(number, number), 'Regression examples must be a string Tensor.'),
                            (lambda: utils.regression_signature_def(text, text), 'Regression output must be a float Tensor.'),
                            (lambda: utils.classification_signature_def(text, None, None), 'classes and scores cannot both be None'),
                            (lambda: utils.classification_signature_def(text, number, None), 'classes must be a string Tensor'),
                            (lambda: utils.predict_signature_def({}, {'b': text}), 'Prediction inputs cannot be None or empty.')):
            with pytest.raises(ValueError, match=words):
                call()
        sparse = tf.SparseTensor([[0]], [1.], [3])
        info = tf.saved_model.utils.build_tensor_info(sparse)
        again = tf.saved_model.utils.get_tensor_from_tensor_info(info)
        assert [t.name for t in (again.indices, again.values, again.dense_shape)] == \
            [t.name for t in (sparse.indices, sparse.values, sparse.dense_shape)]
        assert tf.saved_model.utils.get_tensor_from_tensor_info(tf.saved_model.utils.build_tensor_info(text)) is text
        with pytest.raises(ValueError, match='Invalid TensorInfo.encoding: None'):
            tf.saved_model.utils.get_tensor_from_tensor_info(tf.TensorInfo())


@pytest.mark.parametrize('line, words', [
    ('show --dir none', 'SavedModel file does not exist at: none'),
    ('show --dir bad', 'Cannot parse file bad'),
    ('show --dir model --tag_set x', 'MetaGraphDef associated with tag-set x could not be found'),
    ('show --dir model --tag_set serve --signature_def x', "no SignatureDef with key 'x'"),
    ('run --dir model --tag_set serve --signature_def length', 'At least one of --inputs'),
    ('run --dir model --tag_set serve --signature_def length --input_exprs z=1', '"z" is not a valid input key'),
    ('run --dir model --tag_set serve --signature_def length --inputs z', 'format is incorrect'),
    ('run --dir model --tag_set serve --signature_def length --input_exprs z=(', 'SyntaxError'),
    ('run --dir model --tag_set serve --signature_def length --input_examples z=1', 'must be a list of dictionaries'),
    ('run --dir model --tag_set serve --signature_def length --inputs text=none.npy', 'No such file'),
])
def test_command_lines_that_fail(tmp_path, monkeypatch, capfd, line, words):
    shutil.copytree(str(GOLDEN / 'model'), str(tmp_path / 'model'))
    (tmp_path / 'bad').mkdir()
    (tmp_path / 'bad' / 'saved_model.pb').write_bytes(b'\xff\xff')
    monkeypatch.chdir(tmp_path)
    assert saved_model_cli.main(line.split()) == 1
    assert words in capfd.readouterr().err


def test_inputs_of_files(tmp_path, monkeypatch, capfd):
    need_saver()
    shutil.copytree(str(GOLDEN / 'model'), str(tmp_path / 'model'))
    monkeypatch.chdir(tmp_path)
    np.save('a.npy', np.ones([1, 3], np.float32))
    np.savez('two.npz', a=np.ones([1, 3], np.float32), b=np.zeros([1, 3], np.float32))
    base = ['run', '--dir', 'model', '--tag_set', 'serve', '--signature_def', 'serving_default']
    for text, result in (('x=a.npy', '9.5'), ('x=two.npz[b]', '0.5')):
        assert saved_model_cli.main(base + ['--inputs', text, '--outdir', 'out', '--overwrite']) == 0
        assert result in capfd.readouterr().out
    assert np.load('out/y.npy').tolist() == [[0.5, 0.5]]
    assert saved_model_cli.main(base + ['--inputs', 'x=a.npy', '--outdir', 'out']) == 1
    assert 'already exists. Add "--overwrite"' in capfd.readouterr().err
    assert saved_model_cli.main(base + ['--inputs', 'x=two.npz']) == 1
    assert 'contains more than one ndarrays' in capfd.readouterr().err


def test_examples():
    from pytfgraph.tools import saved_model_inputs
    made = saved_model_inputs.preprocess_input_examples_arg_string('e=[{"a": [1], "b": [0.5], "c": ["x"], "d": []}]')['e']
    example = protos.message('tensorflow.Example').FromString(made[0])
    assert {k: v.WhichOneof('kind') for k, v in example.features.feature.items()} == \
        {'a': 'int64_list', 'b': 'float_list', 'c': 'bytes_list', 'd': None}


def test_names():
    tf.install_as_tensorflow()
    from tensorflow.python.saved_model import builder, loader, main_op, simple_save, tag_constants
    from tensorflow.python.saved_model.simple_save import simple_save as function
    assert simple_save is function is tf.saved_model.simple_save and simple_save.simple_save is function
    assert builder.SavedModelBuilder is tf.saved_model.Builder is tf.saved_model.builder.SavedModelBuilder
    assert loader.load is tf.saved_model.load and main_op.main_op is tf.saved_model.main_op.main_op
    assert tag_constants.SERVING == tf.saved_model.tag_constants.SERVING == 'serve'
    assert tf.saved_model.signature_constants.PREDICT_METHOD_NAME == 'tensorflow/serving/predict'
    assert tf.saved_model.constants.VARIABLES_DIRECTORY == 'variables'
