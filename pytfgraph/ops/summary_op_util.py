"""What the functions that make summaries share: names, scopes, collections."""
import contextlib
import re

from pytfgraph.framework import ops
from pytfgraph.platform import tf_logging

_INVALID_TAG_CHARACTERS = re.compile(r"[^-/\w\.]")


def collect(val, collections, default_collections):
    """Adds `val` to each of `collections`, or of `default_collections` where that is None."""
    for key in default_collections if collections is None else collections:
        ops.add_to_collection(key, val)


def clean_tag(name):
    """`name` as a tag may be written: what may not stand in one becomes "_", slashes in front go.  A change is logged."""
    if name is None:
        return None
    clean = _INVALID_TAG_CHARACTERS.sub("_", name).lstrip("/")
    if clean != name:
        tf_logging.info("Summary name %s is illegal; using %s instead." % (name, clean))
    return clean


@contextlib.contextmanager
def summary_scope(name, family=None, default_name=None, values=None):
    """The scope of a summary's operations: yields its tag, and its scope's name.

    Args:
      name: of the summary.
      family: what its tag, and its name, begin with.
      default_name: where `name` is None.
      values: tensors that tell the graph.
    """
    name, family = clean_tag(name), clean_tag(family)
    base = name if family is None else "{}/{}".format(family, name)
    with ops.name_scope(base, default_name, values) as scope:
        tag = scope.rstrip("/")
        yield (tag if family is None else "{}/{}".format(family, tag)), scope


def skip_summary():
    """Whether this is a replica that writes none: never, without distribution strategies."""
    return False
