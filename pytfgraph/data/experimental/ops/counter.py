"""Numbers without end."""
from pytfgraph.data.experimental.ops import scan_ops
from pytfgraph.data.ops import dataset_ops
from pytfgraph.framework import dtypes, ops


def Counter(start=0, step=1, dtype=dtypes.int64):
    """A dataset of start, start + step, start + 2 * step ..."""
    with ops.name_scope("counter"):
        start = ops.convert_to_tensor(start, dtype=dtype, name="start")
        step = ops.convert_to_tensor(step, dtype=dtype, name="step")
        return dataset_ops.Dataset.from_tensors(0).repeat(None).apply(scan_ops.scan(start, lambda state, _: (state + step, state)))
