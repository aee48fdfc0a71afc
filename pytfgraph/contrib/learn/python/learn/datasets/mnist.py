"""The images of hand-written digits, in the four gzip files (IDX format) in which they are handed out.

IDX, big endian: a word 2051 (images) or 2049 (labels), the number of items, for images also rows and columns, and then one byte per
pixel or label.
"""
import gzip

import numpy as np

from pytfgraph.contrib.learn.python.learn.datasets import base
from pytfgraph.framework import dtypes, random_seed
from pytfgraph.platform import gfile
from pytfgraph.util.deprecation import deprecated

DEFAULT_SOURCE_URL = "https://storage.googleapis.com/cvdf-datasets/mnist/"

_OFFICIAL = "Please use alternatives such as official/mnist/dataset.py from tensorflow/models."


def _read32(f):
    """The next word of a file: its first element, as an integer of Python, so that sizes cannot wrap around."""
    return int(np.frombuffer(f.read(4), dtype=">u4")[0])


@deprecated(None, "Please use tf.data to implement this functionality.")
def extract_images(f):
    """The images of an open gzip file, as uint8 of shape [number, rows, columns, 1].

    Raises:
      ValueError: the file does not begin as a file of images does, or ends early.
    """
    print("Extracting", f.name)
    with gzip.GzipFile(fileobj=f) as file:
        magic = _read32(file)
        if magic != 2051:
            raise ValueError("Invalid magic number %d in MNIST image file: %s" % (magic, f.name))
        number, rows, columns = _read32(file), _read32(file), _read32(file)
        return np.frombuffer(file.read(rows * columns * number), dtype=np.uint8).reshape(number, rows, columns, 1)


@deprecated(None, "Please use tf.one_hot on tensors.")
def dense_to_one_hot(labels_dense, num_classes):
    """Labels of shape [number] as float64 of shape [number, num_classes], 1 in the label's column and 0 elsewhere."""
    one_hot = np.zeros((labels_dense.shape[0], num_classes))
    one_hot.flat[np.arange(labels_dense.shape[0]) * num_classes + labels_dense.ravel()] = 1
    return one_hot


@deprecated(None, "Please use tf.data to implement this functionality.")
def extract_labels(f, one_hot=False, num_classes=10):
    """The labels of an open gzip file, as uint8 of shape [number], or as dense_to_one_hot gives them.

    Raises:
      ValueError: the file does not begin as a file of labels does.
    """
    print("Extracting", f.name)
    with gzip.GzipFile(fileobj=f) as file:
        magic = _read32(file)
        if magic != 2049:
            raise ValueError("Invalid magic number %d in MNIST label file: %s" % (magic, f.name))
        labels = np.frombuffer(file.read(_read32(file)), dtype=np.uint8)
    return dense_to_one_hot(labels, num_classes) if one_hot else labels


class DataSet(object):
    """Images with their labels, handed out in batches, shuffled anew in each epoch by NumPy's global generator."""

    @deprecated(None, _OFFICIAL)
    def __init__(self, images, labels, fake_data=False, one_hot=False, dtype=dtypes.float32, reshape=True, seed=None):
        """Keeps images of shape [number, rows, columns, 1] with their labels.

        Args:
          images, labels: arrays of equal length.
          fake_data: hand out made-up data instead.
          one_hot: what labels fake data has.
          dtype: uint8 keeps pixels as they are; float32 maps them to [0, 1].
          reshape: make each image a vector.
          seed: of the generator, together with the graph's seed.

        Raises:
          TypeError: another dtype.
        """
        graph_seed, op_seed = random_seed.get_seed(seed)
        np.random.seed(graph_seed if seed is None else op_seed)
        dtype = dtypes.as_dtype(dtype).base_dtype
        if dtype not in (dtypes.uint8, dtypes.float32):
            raise TypeError("Invalid image dtype %r, expected uint8 or float32" % dtype)
        if fake_data:
            self._num_examples = 10000
            self.one_hot = one_hot
        else:
            assert images.shape[0] == labels.shape[0], "images.shape: %s labels.shape: %s" % (images.shape, labels.shape)
            self._num_examples = images.shape[0]
            if reshape:
                assert images.shape[3] == 1
                images = images.reshape(images.shape[0], images.shape[1] * images.shape[2])
            if dtype == dtypes.float32:
                images = np.multiply(images.astype(np.float32), np.float32(1.0 / 255.0))
        self._images = images
        self._labels = labels
        self._epochs_completed = 0
        self._index_in_epoch = 0

    @property
    def images(self):
        """All images, in the order of this epoch."""
        return self._images

    @property
    def labels(self):
        """All labels, in the order of this epoch."""
        return self._labels

    @property
    def num_examples(self):
        """How many there are."""
        return self._num_examples

    @property
    def epochs_completed(self):
        """How often all were handed out."""
        return self._epochs_completed

    def next_batch(self, batch_size, fake_data=False, shuffle=True):
        """The next `batch_size` images and labels; a batch over the end of an epoch goes on with the next epoch."""
        if fake_data:
            label = [1] + [0] * 9 if self.one_hot else 0
            return [[1] * 784 for _ in range(batch_size)], [label for _ in range(batch_size)]
        start = self._index_in_epoch
        if shuffle and start == 0 and self._epochs_completed == 0:
            self._shuffle()
        self._index_in_epoch = start + batch_size
        if self._index_in_epoch <= self._num_examples:
            return self._images[start:self._index_in_epoch], self._labels[start:self._index_in_epoch]
        self._epochs_completed += 1
        images, labels = self._images[start:self._num_examples], self._labels[start:self._num_examples]
        if shuffle:
            self._shuffle()
        end = self._index_in_epoch = batch_size - (self._num_examples - start)
        return np.concatenate((images, self._images[:end]), axis=0), np.concatenate((labels, self._labels[:end]), axis=0)

    def _shuffle(self):
        order = np.arange(self._num_examples)
        np.random.shuffle(order)
        self._images = self.images[order]
        self._labels = self.labels[order]


@deprecated(None, _OFFICIAL)
def read_data_sets(train_dir, fake_data=False, one_hot=False, dtype=dtypes.float32, reshape=True, validation_size=5000, seed=None,
                   source_url=DEFAULT_SOURCE_URL):
    """Reads the four files of `train_dir`; those that are not there are fetched from `source_url` first.

    Args:
      train_dir: a folder.
      fake_data: made-up data instead; no file is read.
      one_hot: labels of shape [number, 10] in place of [number].
      dtype, reshape, seed: see DataSet.
      validation_size: so many of the first images to train with become the validation set.

    Returns:
      A Datasets of three DataSets: train, validation, test.

    Raises:
      ValueError: validation_size is below 0 or above the number of images.
    """
    if fake_data:
        return base.Datasets(*[DataSet([], [], fake_data=True, one_hot=one_hot, dtype=dtype, seed=seed) for _ in range(3)])
    source_url = source_url or DEFAULT_SOURCE_URL

    def read(extract, name, *args):
        with gfile.Open(base.maybe_download(name, train_dir, source_url + name), "rb") as f:
            return extract(f, *args)

    images = read(extract_images, "train-images-idx3-ubyte.gz")
    labels = read(extract_labels, "train-labels-idx1-ubyte.gz", one_hot)
    test_images = read(extract_images, "t10k-images-idx3-ubyte.gz")
    test_labels = read(extract_labels, "t10k-labels-idx1-ubyte.gz", one_hot)
    if not 0 <= validation_size <= len(images):
        raise ValueError("Validation size should be between 0 and %d. Received: %d." % (len(images), validation_size))
    # The order counts: each takes the generator's seed.
    train = DataSet(images[validation_size:], labels[validation_size:], dtype=dtype, reshape=reshape, seed=seed)
    validation = DataSet(images[:validation_size], labels[:validation_size], dtype=dtype, reshape=reshape, seed=seed)
    test = DataSet(test_images, test_labels, dtype=dtype, reshape=reshape, seed=seed)
    return base.Datasets(train=train, validation=validation, test=test)


@deprecated(None, _OFFICIAL)
def load_mnist(train_dir="MNIST-data"):
    """read_data_sets of a folder."""
    return read_data_sets(train_dir)
