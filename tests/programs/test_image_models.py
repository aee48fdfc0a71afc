"""The documents' walk-throughs with frozen image models: classification with label maps, and a new last layer on cached bottlenecks."""
import os

import numpy as np
import pytest
import sklearn.datasets

import pytfgraph as tf
from examples import classify_image, retrain


@pytest.fixture(scope='module')
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp('model')
    return str(folder), classify_image.make_model(str(folder), epochs=8)


def write_jpeg(path, pixels):
    with tf.Graph().as_default(), tf.Session() as sess:
        data = sess.run(tf.image.encode_jpeg(pixels, quality=95))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        f.write(data)


def test_classify_image(model, tmp_path, capfd):
    folder, accuracy = model
    assert accuracy > 0.9
    assert sorted(os.listdir(folder)) == sorted([classify_image.GRAPH, classify_image.INT_TO_UID, classify_image.UID_TO_WORDS])
    assert classify_image.read_labels(folder) == dict(enumerate(classify_image.WORDS))
    images, labels = classify_image.digits()
    right = 0
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        classify_image.load_graph(folder)
        assert not any('Variable' in op.type for op in graph.get_operations())
        for i in range(1500, 1520):
            path = str(tmp_path / ('%d.jpg' % i))
            write_jpeg(path, images[i])
            best = classify_image.classify(folder, path, sess)
            assert len(best) == 5 and [s for _, s in best] == sorted((s for _, s in best), reverse=True)
            right += best[0][0] == classify_image.WORDS[labels[i]]
        tf.summary.FileWriter(str(tmp_path / 'log'), sess.graph).close()
    assert right >= 16
    assert len(os.listdir(str(tmp_path / 'log'))) == 1
    capfd.readouterr()
    assert classify_image.main(['classify_image', folder, path]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert lines[0] == path and len(lines) == 6 and all('(score = 0.' in line or '(score = 1.' in line for line in lines[1:])


def photo_crops(folder):
    """Squares from scikit-learn's two photographs, as JPEG files in a folder for each."""
    source = os.path.join(os.path.dirname(sklearn.datasets.__file__), 'images')
    for name in ('china', 'flower'):
        with open(os.path.join(source, name + '.jpg'), 'rb') as f, tf.Graph().as_default(), tf.Session() as sess:
            pixels = sess.run(tf.image.decode_jpeg(f.read()))
        assert pixels.shape == (427, 640, 3)
        for i in range(96):
            y, x = divmod(i, 12)
            write_jpeg(os.path.join(folder, name, 'crop%02d.jpg' % i), pixels[y * 37:y * 37 + 160, x * 43:x * 43 + 160])


def test_retrain_with_bottlenecks(model, tmp_path):
    folder, _ = model
    images, bottlenecks = str(tmp_path / 'images'), str(tmp_path / 'bottlenecks')
    photo_crops(images)
    lists = retrain.image_lists(images)
    assert list(lists) == ['china', 'flower'] and all(len(p['training']) > 25 and len(p['testing']) > 4 for p in lists.values())
    output, labels = str(tmp_path / 'out.pb'), str(tmp_path / 'out.txt')
    accuracy = retrain.retrain(folder, images, bottlenecks, output, labels)
    assert accuracy > 0.9
    cached = sorted(os.path.join(d, f) for d, _, files in os.walk(bottlenecks) for f in files)
    assert len(cached) == 192 and cached[0].endswith('crop00.jpg.txt')
    with open(cached[0]) as f:
        assert len(f.read().split(',')) == 128
    assert open(labels).read() == 'china\nflower\n'

    # What is cached is used: the images are not read again.
    for d, _, files in os.walk(images):
        for name in files:
            open(os.path.join(d, name), 'wb').close()
    again = retrain.retrain(folder, images, bottlenecks, output, labels)
    assert again == pytest.approx(accuracy, abs=1e-6)

    photo_crops(images)
    right = [retrain.label_image(output, labels, os.path.join(images, label, name))[0][0] == label
             for label in lists for name in lists[label]['testing']]
    assert np.mean(right) == pytest.approx(accuracy, abs=1e-6)
