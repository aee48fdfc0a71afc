"""Input pipelines: what an element costs."""
from benchmarks.stepping import timed


def _elements(tf, dataset, n):
    iterator = dataset.make_initializable_iterator()
    element = iterator.get_next()
    s = tf.Session()

    def run():
        s.run(iterator.initializer)
        for _ in range(n):
            s.run(element)
    return timed(run, 1)


def plain_pipeline(tf, np):
    """a pipeline of 20,000 numbers: map, shuffle, batch, prefetch"""
    d = tf.data.Dataset.range(20000).map(lambda x: tf.cast(x, tf.float32) * 2.0 + 1.0)
    return _elements(tf, d.shuffle(1000, seed=1).batch(100).prefetch(2), 200)


WORKLOADS = [(plain_pipeline, "ms", 5)]
