"""Data sets of the tutorials, by name."""
from pytfgraph.contrib.learn.python.learn.datasets import base, mnist  # noqa: F401
from pytfgraph.util.deprecation import deprecated

DATASETS = {"mnist": mnist.load_mnist}


@deprecated(None, "Please use tf.data.")
def load_dataset(name, size="small", test_with_fake_data=False):
    """The data set of that name.

    Only "mnist" is there, which reads `MNIST-data` under the current folder; `size` and `test_with_fake_data` are for the text
    data sets of TensorFlow.

    Raises:
      ValueError: there is no data set of that name.
    """
    if name not in DATASETS:
        raise ValueError("Name of dataset is not found: %s" % name)
    return DATASETS[name]()
