"""Elements that wait between runs."""
from pytfgraph.ops.data_flow_ops import StagingArea
