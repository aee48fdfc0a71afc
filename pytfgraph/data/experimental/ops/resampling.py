"""Elements drawn so that classes come as often as is wished."""
import numpy as np

from pytfgraph.data.experimental.ops import batching, interleave_ops, scan_ops
from pytfgraph.data.ops import dataset_ops
from pytfgraph.framework import dtypes, ops, tensor_util
from pytfgraph.ops import array_ops, control_flow_ops, logging_ops, math_ops, random_ops

Dataset = dataset_ops.Dataset


def rejection_resample(class_func, target_dist, initial_dist=None, seed=None):
    """A transformation for Dataset.apply: pairs of a class and an element, some of them left out so that classes come as often as
    `target_dist` says.

    Args:
      class_func: gives an int32 scalar in [0, number of classes) for an element.
      target_dist: how often each class is to come, a vector of floats.
      initial_dist: how often it comes now; estimated on the way for None.
      seed: with the graph's seed, decides what is left out.
    """
    def apply(dataset):
        target = ops.convert_to_tensor(target_dist, name="target_dist")
        classes = dataset.map(class_func)
        static = None
        if initial_dist is not None:
            initial = ops.convert_to_tensor(initial_dist, name="initial_dist")
            accept, original = _acceptance(initial, target)
            initials, accepts, originals = (Dataset.from_tensors(t).repeat() for t in (initial, accept, original))
            static = _static_original(initial, target)
        else:
            initials = _estimated(target, classes)
            both = initials.map(lambda initial: _acceptance(initial, target))
            accepts, originals = both.map(lambda accept, _: accept), both.map(lambda _, original: original)
        kept = _accepted(dataset, accepts, initials, classes, seed).prefetch(3)
        if static == 1:
            return Dataset.zip((classes, dataset))
        if static == 0:
            return kept
        return interleave_ops.sample_from_datasets([Dataset.zip((classes, dataset)), kept],
                                                   weights=originals.map(lambda p: [(p, 1.0 - p)]), seed=seed)
    return apply


def _static_original(initial, target):
    """How many elements stay as they are, where that is known."""
    initial, target = tensor_util.constant_value(initial), tensor_util.constant_value(target)
    return None if initial is None or target is None else np.min(target / initial)


def _accepted(dataset, accepts, initials, classes, seed):
    """Pairs of class and element that pass a draw with the probability of their class."""
    def warned(accept, initial):
        rejected = math_ops.reduce_sum((1 - accept) * initial)
        return control_flow_ops.cond(
            math_ops.less(rejected, .5), lambda: accept,
            lambda: logging_ops.Print(accept, [rejected, initial, accept],
                                      message="Proportion of examples rejected by sampler is high: ", summarize=100, first_n=10))

    accepts = Dataset.zip((accepts, initials)).map(warned)
    triples = Dataset.zip((classes, accepts, dataset)).map(lambda c, accept, data: (c, array_ops.gather(accept, c), data))
    passed = triples.filter(lambda _1, p, _2: random_ops.random_uniform([], seed=seed) < p)
    return passed.map(lambda c, _, data: (c, data))


def _estimated(target, classes, batch_size=32, smoothing=10):
    """How often classes came so far, one for each element."""
    n = target.shape[0].value or array_ops.shape(target)[0]
    seen = array_ops.fill([n], np.int64(smoothing))

    def update(seen, batch):
        seen, dist = _counted(batch, seen)
        return seen, array_ops.tile(array_ops.expand_dims(dist, 0), [batch_size, 1])

    return classes.batch(batch_size).apply(scan_ops.scan(seen, update)).apply(batching.unbatch())


def _counted(batch, seen):
    n = seen.get_shape()[0].value
    seen = math_ops.add(seen, math_ops.reduce_sum(array_ops.one_hot(batch, n, dtype=dtypes.int64), 0))
    return seen, math_ops.cast(math_ops.truediv(seen, math_ops.reduce_sum(seen)), dtypes.float32)


def _acceptance(initial, target):
    """With which probability to keep an element of each class, and how many elements to take without a draw."""
    ratio = target / (initial + np.finfo(initial.dtype.as_numpy_dtype).tiny)
    highest, lowest = math_ops.reduce_max(ratio), math_ops.reduce_min(ratio)
    return (ratio - lowest) / (highest - lowest), lowest
