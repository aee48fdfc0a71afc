"""Recurrent cells that are one operation."""
import numpy as np
import pytest

import pytfgraph as tf
from family import make_tests
from gradcheck import Row, check_row, parametrize
from pytfgraph.ops import raw as ops_raw

test_row = make_tests("rnn", {"LSTMBlockCellGrad": 256, "LSTMBlockCell": 64, "BlockLSTMGrad": 512, "BlockLSTM": 128, "GRUBlockCellGrad": 256,
                              "GRUBlockCell": 64})

RNG = np.random.RandomState(5)
X, C, H = RNG.uniform(-1, 1, (4, 3, 2)), RNG.uniform(-1, 1, (3, 5)), RNG.uniform(-1, 1, (3, 5))
W, B = RNG.uniform(-1, 1, (7, 20)), RNG.uniform(-1, 1, (20,))
PEEPHOLES = [RNG.uniform(-1, 1, (5,)) for _ in range(3)]
raw = ops_raw.function


def narrow(op, n_outputs, **attributes):
    """An op of float32 alone as a function of float64; all outputs that may have a gradient."""
    def f(*inputs):
        inputs = [tf.to_float(x) for x in inputs]
        if "block_lstm" in op:
            inputs.insert(0, tf.constant(attributes["steps"], tf.int64))
        rest = {k: v for k, v in attributes.items() if k != "steps"}
        return [tf.cast(raw(op)(*inputs, **rest)[i], tf.float64) for i in n_outputs]
    return f


def row(name, f, *inputs, levels=("known", "partial")):
    return Row(name, f, *inputs, levels=levels, h=1e-2, tolerance=2e-2)


LSTM = [C, H, W] + PEEPHOLES + [B]
GRU = [X[0], H, W[:, :10], W[:, 10:15], B[:10], B[10:15]]
ROWS = [row("LSTMBlockCell", narrow("lstm_block_cell", [1, 6], use_peephole=True, cell_clip=-1), X[0], *LSTM),
        row("BlockLSTM", narrow("block_lstm", [1, 6], use_peephole=True, cell_clip=-1, steps=4), X, *LSTM),
        row("BlockLSTM, three steps", narrow("block_lstm", [1, 6], use_peephole=True, cell_clip=-1, steps=3), X, *LSTM),
        row("BlockLSTMV2", narrow("block_lstmv2", [1, 6], use_peephole=True, steps=4), X, *LSTM),
        row("GRUBlockCell", narrow("gru_block_cell", [3]), *GRU, levels=("known", "partial", "unknown"))]


@parametrize(ROWS)
def test_gradient(row):
    check_row(row)


def test_gradient_without_peepholes():
    with tf.Graph().as_default(), tf.Session() as s:
        args = [tf.constant(x, tf.float32) for x in [X[0]] + LSTM]
        y = raw("lstm_block_cell")(*args, use_peephole=False)
        dx = s.run(tf.gradients([y[1], y[6]], args))
        assert not np.any(dx[4]) and not np.any(dx[5]) and not np.any(dx[6]) and np.all(np.isfinite(dx[3]))


def test_gradient_of_unknown_sizes():
    with tf.Graph().as_default():
        args = [tf.placeholder(tf.float32) for _ in range(8)]
        with pytest.raises(ValueError, match="input_size from `x` should not be None."):
            tf.gradients(raw("lstm_block_cell")(*args)[6], args)


def outputs(op, dtype, *inputs, **attributes):
    with tf.Graph().as_default(), tf.Session() as s:
        return s.run(raw(op)(*[x if isinstance(x, int) else tf.constant(x, dtype) for x in inputs], **attributes))


@pytest.mark.parametrize("op, inputs", [("lstm_block_cell", [X[0]] + LSTM), ("block_lstm", [3, X] + LSTM), ("block_lstmv2", [4, X] + LSTM)])
def test_halves(op, inputs):
    """As floats, rounded."""
    inputs = [x if isinstance(x, int) else x.astype(np.float16) for x in inputs]
    for half, full in zip(outputs(op, tf.float16, *inputs, use_peephole=True), outputs(op, tf.float32, *inputs, use_peephole=True)):
        assert half.dtype == np.float16
        np.testing.assert_array_equal(half, full.astype(np.float16))


def test_second_order_of_gates():
    """BlockLSTMV2 has the forget gate before the new input, no forget bias and no clipping unless told."""
    def exchange(a):
        i, j, f, o = np.split(a, 4, -1)
        return np.concatenate([i, f, j, o], -1)
    first = outputs("block_lstm", tf.float32, 4, X, *LSTM, forget_bias=0, cell_clip=-1, use_peephole=True)
    second = outputs("block_lstmv2", tf.float32, 4, X, C, H, exchange(W), *PEEPHOLES, exchange(B), use_peephole=True)
    for a, b in zip(first, second):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("steps", [-1, 5, 2 ** 62])
def test_lengths_out_of_range(steps):
    with pytest.raises(tf.errors.InvalidArgumentError, match="seq_len_max must be in"):
        outputs("block_lstm", tf.float32, steps, X, *LSTM)


def test_steps_behind_the_end_are_zero():
    for y in outputs("block_lstm", tf.float32, 2, X, *LSTM):
        assert np.any(y[:2]) and not np.any(y[2:])


def test_huge_sizes_of_nothing():
    n = 2 ** 60
    with tf.Graph().as_default(), tf.Session() as s:
        fed = [tf.placeholder(tf.float32) for _ in range(8)]
        values = [np.zeros((0, 2)), np.zeros((0, n), "f"), np.zeros((0, n), "f"), np.zeros((0, 0)), np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0)]
        with pytest.raises(tf.errors.InvalidArgumentError, match="sizes are too large"):
            s.run(raw("lstm_block_cell")(*fed), dict(zip(fed, values)))


def test_bits_do_not_depend_on_threads():
    from pytfgraph import _core
    rng = np.random.RandomState(1)
    big = [rng.uniform(-1, 1, shape).astype(np.float32) for shape in
           ((6, 70, 30), (70, 90), (70, 90), (120, 360), (90,), (90,), (90,), (360,))]
    found = []
    for n in 1, 2, 3:
        with tf.Graph().as_default(), tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=n)) as s:
            args = [tf.constant(x) for x in big]
            y = raw("block_lstm")(tf.constant(6, tf.int64), *args, use_peephole=True)
            found.append(s.run(list(y) + tf.gradients([y[1], y[6]], args)))
    for other in found[1:]:
        for a, b in zip(found[0], other):
            np.testing.assert_array_equal(a, b)
