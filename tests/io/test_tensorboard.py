"""TensorBoard reads what a FileWriter writes: asked through its HTTP interface, and looked at in a browser.

TensorBoard runs in its own process, without any TensorFlow: TFG_TENSORBOARD names the Python that has it, where this one does not.
"""
import importlib.util
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

import numpy as np
import pytest

import pytfgraph as tf

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PYTHON = os.environ.get('TFG_TENSORBOARD') or (sys.executable if importlib.util.find_spec('tensorboard') else None)
pytestmark = pytest.mark.skipif(not PYTHON, reason='TensorBoard is not installed: pip install tensorboard')


def write_run(folder, rate):
    """A small training run with everything that TensorBoard shows."""
    from pytfgraph.contrib.tensorboard.plugins import projector
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 4], name='x')
        with tf.name_scope('layer'):
            w = tf.Variable(tf.ones([4, 3]), name='weights')
            y = tf.nn.relu(tf.matmul(x, w), name='y')
        loss = tf.reduce_mean(tf.square(y - 1), name='loss')
        train = tf.train.GradientDescentOptimizer(rate).minimize(loss)
        tf.summary.scalar('error', loss)
        tf.summary.scalar('rate', rate, family='settings')
        tf.summary.histogram('weights', w)
        tf.summary.image('outputs', tf.reshape(y, [1, -1, 3, 1]), max_outputs=1)
        tf.summary.audio('sound', tf.reshape(tf.sin(tf.range(8000.) / 10), [1, -1]), 8000., max_outputs=1)
        tf.summary.text('note', tf.constant('**hello**'))
        merged = tf.summary.merge_all()
        with tf.summary.FileWriter(str(folder), graph) as writer:
            config = projector.ProjectorConfig()
            config.embeddings.add(tensor_name='vectors', tensor_path='vectors.tsv')
            (folder / 'vectors.tsv').write_text('1\t2\t3\n4\t5\t6\n')
            projector.visualize_embeddings(writer, config)
            session.run(tf.global_variables_initializer())
            for step in range(20):
                metadata = tf.RunMetadata()
                summary, value, _ = session.run([merged, loss, train], {x: np.ones([5, 4]) * .1}, run_metadata=metadata,
                                                options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE))
                writer.add_summary(summary, step)
                if step % 10 == 0:
                    writer.add_run_metadata(metadata, 'step%d' % step, step)
    return value


class Board:
    """A TensorBoard over a folder."""

    def __init__(self, folder):
        env = {k: v for k, v in os.environ.items() if k != 'PYTHONPATH'}
        self.process = subprocess.Popen([PYTHON, '-m', 'tensorboard.main', '--logdir', str(folder), '--port', '0', '--host', '127.0.0.1',
                                         '--reload_interval', '1'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env)
        self.text, self.url, self.ready = [], None, threading.Event()
        threading.Thread(target=self.read, daemon=True).start()
        if not self.ready.wait(120) or not self.url:
            self.stop()
            raise AssertionError('TensorBoard does not start:\n' + ''.join(self.text))

    def read(self):
        for line in self.process.stdout:
            self.text.append(line.decode('utf-8', 'replace'))
            found = re.search(r'http://127\.0\.0\.1:\d+', self.text[-1])
            if found:
                self.url = found.group()
                self.ready.set()
        self.ready.set()

    def stop(self):
        self.process.terminate()
        self.process.wait(30)

    def get(self, path, **query):
        url = self.url + '/data/' + path + ('?' + urllib.parse.urlencode(query) if query else '')
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.read()

    def ask(self, path, **query):
        return json.loads(self.get(path, **query))


@pytest.fixture(scope='module')
def board(tmp_path_factory):
    folder = tmp_path_factory.mktemp('runs')
    last = {}
    for name, rate in (('slow', .1), ('fast', .5)):
        (folder / name).mkdir()
        last[name] = write_run(folder / name, rate)
    board = Board(folder)
    board.last = last
    for _ in range(600):
        if len(board.ask('plugin/scalars/tags')) == 2 and len(board.ask('plugin/text/tags')) == 2:
            break
        time.sleep(0.1)
    yield board
    board.stop()


def test_runs_and_scalars(board):
    assert sorted(board.ask('runs')) == ['fast', 'slow']
    assert sorted(board.ask('plugin/scalars/tags')['slow']) == ['error', 'settings/settings/rate']
    values = board.ask('plugin/scalars/scalars', run='slow', tag='error')
    assert [step for _, step, _ in values] == list(range(20)) and abs(values[-1][2] - board.last['slow']) < 1e-6
    assert abs(values[0][0] - time.time()) < 3600


def test_histograms_and_distributions(board):
    assert list(board.ask('plugin/histograms/tags')['fast']) == ['weights']
    histograms = board.ask('plugin/histograms/histograms', run='fast', tag='weights')
    assert [h[1] for h in histograms] == list(range(20))
    assert abs(sum(count for _, _, count in histograms[0][2]) - 12) < 1e-6
    assert list(board.ask('plugin/distributions/tags')['fast']) == ['weights']
    assert len(board.ask('plugin/distributions/distributions', run='fast', tag='weights')) == 20


def test_images(board):
    from PIL import Image
    assert list(board.ask('plugin/images/tags')['slow']) == ['outputs/image']
    found = board.ask('plugin/images/images', run='slow', tag='outputs/image', sample=0)
    image = Image.open(io.BytesIO(board.get('plugin/images/' + 'individualImage?' + found[-1]['query'])))
    assert image.size == (3, 5) and image.mode == 'L'


def test_audio(board):
    assert list(board.ask('plugin/audio/tags')['slow']) == ['sound/audio']
    found = board.ask('plugin/audio/audio', run='slow', tag='sound/audio', sample=0)
    wav = board.get('plugin/audio/individualAudio?' + found[-1]['query'])
    assert wav[:4] == b'RIFF' and wav[8:16] == b'WAVEfmt ' and len(wav) == 16044


def test_text(board):
    assert board.ask('plugin/text/tags')['slow'] == ['note']
    assert '<strong>hello</strong>' in board.ask('plugin/text/text', run='slow', tag='note')[0]['text']


def test_graph_and_run_metadata(board):
    info = board.ask('plugin/graphs/info')['slow']
    assert info['run_graph'] and sorted(t for t, v in info['tags'].items() if v['profile']) == ['step0', 'step10']
    graph = board.get('plugin/graphs/graph', run='slow', conceptual='false', limit_attr_size=1024, large_attrs_key='_too_large').decode()
    for name in ('layer/weights', 'layer/y', 'layer/MatMul', 'gradients/loss_grad/Reshape'):
        assert 'name: "%s"' % name in graph
    metadata = board.get('plugin/graphs/run_metadata', run='slow', tag='step10').decode()
    assert 'node_name: "layer/MatMul"' in metadata and 'all_start_micros' in metadata


def test_projector(board):
    assert 'slow' in board.ask('plugin/projector/runs')
    info = board.ask('plugin/projector/info', run='slow')
    assert info['embeddings'][0]['tensorName'] == 'vectors'
    data = board.get('plugin/projector/tensor', run='slow', name='vectors')
    assert np.frombuffer(data, np.float32).reshape(2, 3).tolist() == [[1, 2, 3], [4, 5, 6]]


def test_as_seen_in_a_browser(board):
    """The page of the scalars, saved under build/ as a picture."""
    browser = next((b for b in ('chromium', 'chromium-browser', 'google-chrome', 'chrome') if shutil.which(b)), None)
    if not browser:
        pytest.skip('no browser is installed: apt-get install chromium')
    picture = ROOT / 'build' / 'tensorboard.png'
    picture.parent.mkdir(exist_ok=True)
    if picture.exists():
        picture.unlink()
    subprocess.run([browser, '--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--window-size=1400,900', '--virtual-time-budget=20000',
                    '--screenshot=%s' % picture, board.url + '/?darkMode=false#timeseries'], check=True, timeout=180, stdout=subprocess.PIPE,
                   stderr=subprocess.STDOUT)
    from PIL import Image
    image = np.asarray(Image.open(str(picture)).convert('RGB'))
    assert image.shape[:2] == (900, 1400)
    assert len(np.unique(image.reshape(-1, 3), axis=0)) > 100      # more than an empty page
