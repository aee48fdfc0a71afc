"""tf.contrib.deprecated: summaries as before 1.0."""
from pytfgraph.ops.logging_ops import (  # noqa: F401
    audio_summary, histogram_summary, image_summary, merge_all_summaries, merge_summary, scalar_summary)
