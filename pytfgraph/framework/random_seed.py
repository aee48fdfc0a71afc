"""Seeds of random operations, from the graph's seed and the operation's."""
from pytfgraph.framework import ops

DEFAULT_GRAPH_SEED = 87654321
_MAXINT32 = 2 ** 31 - 1


def _truncate_seed(seed):
    return seed % _MAXINT32


def get_seed(op_seed):
    """The pair (seed, seed2) for an operation; (None, None) where neither the graph nor the operation has a seed.

    With a graph seed alone, the second is the number of operations made so far, so that each operation gets its own.
    """
    graph = ops.get_default_graph()
    graph_seed = graph.seed
    if graph_seed is not None:
        seeds = graph_seed, (graph._last_id if op_seed is None else op_seed)
    elif op_seed is not None:
        seeds = DEFAULT_GRAPH_SEED, op_seed
    else:
        return None, None
    seeds = _truncate_seed(seeds[0]), _truncate_seed(seeds[1])
    return (0, _MAXINT32) if seeds == (0, 0) else seeds


def set_random_seed(seed):
    """Sets the default graph's seed."""
    ops.get_default_graph().seed = seed
