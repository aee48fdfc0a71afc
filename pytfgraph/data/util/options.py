"""Options of datasets."""

#: What may be said of how a dataset is computed; its elements are the same either way.
WORDS = {
    "experimental_autotune": "Whether to dynamically adjust the values of tunable parameters (e.g. degrees of parallelism).",
    "experimental_filter_fusion": "Whether to fuse filter transformations.",
    "experimental_hoist_random_uniform": "Whether to hoist `tf.random_uniform()` ops out of map transformations.",
    "experimental_latency_all_edges": "Whether to add latency measurements on all edges.",
    "experimental_map_and_batch_fusion": "Whether to fuse map and batch transformations.",
    "experimental_map_and_filter_fusion": "Whether to fuse map and filter transformations.",
    "experimental_map_fusion": "Whether to fuse map transformations.",
    "experimental_map_parallelization": "Whether to parallelize stateless map transformations.",
    "experimental_map_vectorization": "Whether to vectorize map transformations.",
    "experimental_noop_elimination": "Whether to eliminate no-op transformations.",
    "experimental_shuffle_and_repeat_fusion": "Whether to fuse shuffle and repeat transformations.",
}
PREFIX = "experimental_"


class Options:
    """How a dataset is to be computed: each option is True, False or None, which says nothing.

    Setting one to another value is a TypeError.
    """

    def __init__(self):
        pass

    def __eq__(self, other):
        return isinstance(other, self.__class__) and self.__dict__ == other.__dict__

    def __ne__(self, other):
        return not self == other

    __hash__ = None

    def _static_optimizations(self):
        """The names of the rewrites that are asked for."""
        return [name[len(PREFIX):] for name in WORDS if name != "experimental_autotune" and getattr(self, name)]

    def merge(self, options):
        """Options that say what these and `options` say.

        Raises:
          ValueError: they disagree.
        """
        merged = Options()
        for name in WORDS:
            for value in (getattr(self, name), getattr(options, name)):
                if value is not None and getattr(merged, name) not in (None, value):
                    raise ValueError("Cannot merge incompatible values of option: %s" % name)
                if value is not None:
                    setattr(merged, name, value)
        return merged


def _option(name, words):
    def read(self):
        return self.__dict__.get("_" + name)

    def write(self, value):
        if not isinstance(value, bool):
            raise TypeError("Attempting to set the option %s to incompatible value: %r" % (name, value))
        self.__dict__["_" + name] = value
    return property(read, write, None, words)


for _name, _words in WORDS.items():
    setattr(Options, _name, _option(_name, _words))
