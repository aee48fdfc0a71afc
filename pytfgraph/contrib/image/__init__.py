"""tf.contrib.image: images rotated, moved, and seen through projective maps."""
from pytfgraph.contrib.image.python.ops.image_ops import (  # noqa: F401
    angles_to_projective_transforms, compose_transforms, rotate, transform, translate, translations_to_projective_transforms)


def __getattr__(name):
    raise AttributeError("module 'tensorflow.contrib.image' has no attribute '%s' (pytfgraph does not provide it yet)" % name, name=name)


def __dir__():
    return ["angles_to_projective_transforms", "compose_transforms", "rotate", "transform", "translate", "translations_to_projective_transforms"]
