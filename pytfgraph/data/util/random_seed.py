"""Seeds of datasets: two int64 tensors."""
from pytfgraph.framework import dtypes, ops, random_seed
from pytfgraph.framework.constant_op import constant
from pytfgraph.ops import array_ops, math_ops


def get_seed(seed):
    """The pair of seeds for a dataset's op, from the graph's seed and its own; zeros where there is neither."""
    seed, seed2 = random_seed.get_seed(seed)
    if seed is None:
        seed = constant(0, dtype=dtypes.int64, name="seed")
    else:
        seed = ops.convert_to_tensor(seed, dtype=dtypes.int64, name="seed")
    if seed2 is None:
        return seed, constant(0, dtype=dtypes.int64, name="seed2")
    with ops.name_scope("seed2") as scope:
        seed2 = ops.convert_to_tensor(seed2, dtype=dtypes.int64)
        both = math_ops.logical_and(math_ops.equal(seed, 0), math_ops.equal(seed2, 0))
        return seed, array_ops.where(both, constant(2 ** 31 - 1, dtype=dtypes.int64), seed2, name=scope)
