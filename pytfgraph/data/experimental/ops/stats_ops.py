"""What datasets do, counted: how long elements take, and how large they are."""
from pytfgraph.data.ops import dataset_ops
from pytfgraph.framework import dtypes, ops

gen_dataset_ops = dataset_ops.gen_dataset_ops


class StatsAggregator:
    """Collects what the datasets below a `set_stats_aggregator` tell, and makes a summary of it.

    ```
    aggregator = tf.data.experimental.StatsAggregator()
    dataset = dataset.apply(tf.data.experimental.latency_stats("latency")).apply(tf.data.experimental.set_stats_aggregator(aggregator))
    tf.add_to_collection(tf.GraphKeys.SUMMARIES, aggregator.get_summary())
    ```
    """

    def __init__(self):
        self._resource = gen_dataset_ops.stats_aggregator_handle()

    def get_summary(self):
        """A scalar string: a serialized tf.Summary with a histogram for each tag, and numbers that datasets tell of themselves."""
        return gen_dataset_ops.stats_aggregator_summary(self._resource)


class _SetStatsAggregatorDataset(dataset_ops.UnaryDataset):
    """The same elements, whose datasets tell an aggregator what they do."""

    def __init__(self, input_dataset, stats_aggregator):
        super().__init__(input_dataset)
        self._stats_aggregator = stats_aggregator

    def _as_variant_tensor(self):
        return gen_dataset_ops.set_stats_aggregator_dataset(
            self._input_dataset._as_variant_tensor(), self._stats_aggregator._resource, **dataset_ops.flat_structure(self))


class _StatsDataset(dataset_ops.UnaryDataset):
    """The same elements, each of which is a value under a tag."""

    def __init__(self, input_dataset, op_function, tag):
        super().__init__(input_dataset)
        self._op_function = op_function
        self._tag = ops.convert_to_tensor(tag, dtype=dtypes.string)

    def _as_variant_tensor(self):
        return self._op_function(self._input_dataset._as_variant_tensor(), self._tag, **dataset_ops.flat_structure(self))


def set_stats_aggregator(stats_aggregator):
    """A transformation for Dataset.apply: what the datasets before it do is told to `stats_aggregator`, a StatsAggregator."""
    return lambda dataset: _SetStatsAggregatorDataset(dataset, stats_aggregator)


def bytes_produced_stats(tag):
    """A transformation for Dataset.apply: how many bytes each element has is told under `tag`."""
    return lambda dataset: _StatsDataset(dataset, gen_dataset_ops.bytes_produced_stats_dataset, tag)


def latency_stats(tag):
    """A transformation for Dataset.apply: how many microseconds each element took is told under `tag`."""
    return lambda dataset: _StatsDataset(dataset, gen_dataset_ops.latency_stats_dataset, tag)
