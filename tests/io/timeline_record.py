"""Records what TensorFlow 1.12.3 makes of step statistics, into tests/golden/io/timeline.json.

Run with the Python that has it:  python tests/io/timeline_record.py
"""
import json
import os
import pathlib

OUT = pathlib.Path(__file__).resolve().parent.parent / 'golden' / 'io' / 'timeline.json'

# device, then (name, label, start, duration, [(bytes, allocator)])
NODES = [('/job:localhost/replica:0/task:0/device:CPU:0',
          [('a', 'a = Const()', 1000, 5, [(40, 'cpu')]), ('b', 'b = MatMul(a, a)', 1003, 20, [(80, 'cpu'), (8, 'cpu')]),
           ('c', 'c = Add(b, b:1)', 1010, 4, [(80, 'other')]), ('d', 'd = NoOp(^c)', 1030, 1, []), ('e', 'no label', 1031, 2, [(0, '')]),
           ('RecvTensor', 'x', 1040, 3, [(4, 'cpu')]), ('f', 'f = Sum(c/_3, gone, d)', 1050, 9, [(4, 'cpu')])]),
         ('/device:GPU:0/stream:all', [('k:MatMul', 'k = MatMul(a)', 1002, 7, []), ('plain', 'p = Q()', 1004, 1, [])]),
         ('/job:localhost/replica:0/task:0/device:CPU:1', [('g', 'g = Neg(f)', 1061, 2, [(12, 'cpu')]), ('h', 'h = Neg(g, b)', 1061, 8, [(12, 'cpu')])])]


def step_stats(make):
    stats = make()
    for device, nodes in NODES:
        dev = stats.dev_stats.add(device=device)
        for name, label, start, duration, outputs in nodes:
            node = dev.node_stats.add(node_name=name, timeline_label=label, all_start_micros=start, all_end_rel_micros=duration)
            for slot, (n, allocator) in enumerate(outputs):
                output = node.output.add(slot=slot)
                output.tensor_description.dtype = 1
                output.tensor_description.shape.dim.add(size=n // 4)
                output.tensor_description.allocation_description.requested_bytes = n
                output.tensor_description.allocation_description.allocator_name = allocator
    return stats


def traces(timeline, stats):
    """The trace for each choice of arguments."""
    return {'%d %d' % (flow, memory): json.loads(timeline(stats).generate_chrome_trace_format(show_dataflow=flow, show_memory=memory))
            for flow in (True, False) for memory in (True, False)}


def main():
    os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
    from tensorflow.core.framework import step_stats_pb2
    from tensorflow.python.client import timeline
    OUT.write_text(json.dumps(traces(timeline.Timeline, step_stats(step_stats_pb2.StepStats)), sort_keys=True) + '\n')


if __name__ == '__main__':
    main()
