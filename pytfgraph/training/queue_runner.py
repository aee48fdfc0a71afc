"""tensorflow.python.training.queue_runner."""
from pytfgraph.training.queue_runner_impl import QueueRunner, add_queue_runner, start_queue_runners  # noqa: F401
