"""pytfgraph: TensorFlow 1.x's dataflow graphs, built anew.

``import pytfgraph as tf`` offers the names of TensorFlow 1.12; each is loaded when first touched.  See README.md.
"""
from pytfgraph import _public
from pytfgraph.version import version  # the distribution's own version; tf.VERSION is the version it speaks

__version__ = "1.12.3"

_face = _public.Face("")


def __getattr__(name):
    return _face.find(globals(), name)


def __dir__():
    return sorted(set(globals()) | set(_face.names()))


def install_as_tensorflow():
    """Makes ``import tensorflow`` (and its submodules) give this library, in this process.

    Raises:
      ImportError: if the real TensorFlow was imported already.
    """
    from pytfgraph import compat_modules
    compat_modules.install()
