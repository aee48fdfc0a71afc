"""Stochastic dual coordinate ascent, row by row, and that it learns."""
import numpy as np
import pytest

import pytfgraph as tf

from family import make_tests, raw

test_row = make_tests("sdca", loose={"SdcaOptimizer": 16})


@pytest.mark.parametrize("loss", ["logistic_loss", "squared_loss", "hinge_loss", "smooth_hinge_loss"])
@pytest.mark.parametrize("adaptive", [False, True])
def test_it_learns(loss, adaptive):
    """Examples on both sides of a plane: the primal loss falls, and the gap to the dual closes."""
    r = np.random.RandomState(5)
    x = r.uniform(-1, 1, (60, 3)).astype(np.float32)
    labels = (x @ [1.0, -2.0, 0.5] > 0).astype(np.float32)
    w, state, gaps = np.zeros(3, np.float32), np.zeros((60, 4), np.float32), []
    with tf.Graph().as_default(), tf.Session() as s:
        fed_w, fed_state = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
        step = tf.train.sdca_optimizer([], [], [], [x], np.ones(60, np.float32), labels, [], [], [fed_w], fed_state, loss_type=loss, l1=0.0, l2=0.5,
                                       num_loss_partitions=1, num_inner_iterations=1, adaptative=adaptive)
        for _ in range(25):
            state, _, (delta,) = s.run(step, {fed_w: w, fed_state: state})
            gaps.append(state[:, 1].sum() + state[:, 2].sum() + 0.5 * np.square(w).sum())
            w = w + delta
    y = 2 * labels - 1 if loss != "squared_loss" else labels - 0.5
    assert np.mean((x @ w) * y > 0) > 0.9 if loss != "squared_loss" else np.mean((x @ w) * y) > 0.01
    assert gaps[-1] < 0.2 * gaps[0]


def test_the_same_each_time():
    def run():
        with tf.Graph().as_default(), tf.Session() as s:
            step = raw("SdcaOptimizer", [], [], [], [np.eye(6, 3, dtype=np.float32) + .5], np.ones(6, np.float32), np.float32([0, 1, 0, 1, 1, 0]), [], [],
                       [np.zeros(3, np.float32)], np.zeros((6, 4), np.float32), loss_type="logistic_loss", adaptative=True, l1=.1, l2=.5, num_loss_partitions=1,
                       num_inner_iterations=1)
            return [np.concatenate([np.ravel(x) for x in s.run([step.out_example_state_data] + step.out_delta_dense_weights)]) for _ in range(3)]
    np.testing.assert_array_equal(run(), run())


@pytest.mark.parametrize("change, words", [
    (dict(features=[1]), "as many indices"), (dict(values=[1.0]), "as many indices and values"), (dict(weights=[]), "a weight for each index"),
    (dict(labels=[]), "a label for each"), (dict(dense=[1.0, 2.0]), "must be a matrix"), (dict(dense=np.zeros((0, 1))), "must be a matrix"),
    (dict(dense=np.zeros((1, 0))), "More dense features")])
def test_lengths_that_do_not_fit(change, words):
    """1.12.3 reads beyond them."""
    given = dict(dict(examples=[0, 0], features=[0, 1], values=[1.0, 2.0], dense=[[1.0]], labels=[1.0], indices=[0, 1], weights=[.5, .5]), **change)
    given = {k: np.array(v, np.int64 if k in ("examples", "features", "indices") else np.float32) for k, v in given.items()}
    with tf.Graph().as_default(), tf.Session() as s:
        step = raw("SdcaOptimizer", [given["examples"]], [given["features"]], [given["values"]], [given["dense"]], np.float32([1]), given["labels"], [given["indices"]],
                   [given["weights"]], [np.float32([1])], np.zeros((1, 4), np.float32), loss_type="hinge_loss", l1=0.0, l2=1.0, num_loss_partitions=1, num_inner_iterations=1)
        with pytest.raises(tf.errors.InvalidArgumentError, match=words):
            s.run(step.out_example_state_data)
