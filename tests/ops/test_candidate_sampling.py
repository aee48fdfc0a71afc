"""Candidate sampling, and the losses over it."""
import numpy as np
import pytest

import pytfgraph as tf
from family import make_tests

test_row = make_tests("candidate_sampling", {"tf.nn.": 64, "L": 16, "U": 16, "T": 16, "F": 16})


def test_a_learning_sampler_learns():
    with tf.Graph().as_default(), tf.Session() as s:
        drawn, _, counts = tf.nn.learned_unigram_candidate_sampler(np.full((100, 1), 3, np.int64), 1, 50, False, 1000, seed=1)
        for _ in range(200):
            s.run(drawn)
        drawn, counts = s.run([drawn, counts])
        assert (drawn == 3).mean() > 0.8 and np.allclose(counts[drawn == 3], 50 * 20001 / 21000., rtol=1e-2)


def test_classes_out_of_range():
    with tf.Graph().as_default(), tf.Session() as s:
        with pytest.raises(tf.errors.InvalidArgumentError, match="not in"):
            s.run(tf.nn.learned_unigram_candidate_sampler(np.full((1, 1), 9, np.int64), 1, 5, False, 9))


def test_vocabulary(tmp_path):
    path = tmp_path / "vocabulary"
    path.write_text("a,1\nb,x,2.5\n\n7\n")
    with tf.Graph().as_default(), tf.Session() as s:
        def sampler(**more):
            return tf.nn.fixed_unigram_candidate_sampler(np.array([[0, 1, 2]]), 3, 2, False, vocab_file=str(path), **more)
        counts = s.run(sampler(range_max=3)[1])
        np.testing.assert_allclose(counts, 2 * np.array([[1, 2.5, 7]]) / 10.5, rtol=1e-6)
        with pytest.raises(tf.errors.InvalidArgumentError, match="range_max is 4, but there are 3 classes"):
            s.run(sampler(range_max=4))
        path.write_text("a,1\nb,two\n")
        with pytest.raises(tf.errors.InvalidArgumentError, match="Wrong vocabulary format at line: b,two"):
            s.run(sampler(range_max=2))
        path.unlink()
        with pytest.raises(tf.errors.NotFoundError):
            s.run(sampler(range_max=2))


@pytest.mark.parametrize("unigrams", [[-1., 2.], [float("nan"), 1.], [0., 0.]])
def test_weights(unigrams):
    with tf.Graph().as_default(), tf.Session() as s:
        with pytest.raises(tf.errors.InvalidArgumentError):
            s.run(tf.nn.fixed_unigram_candidate_sampler(np.array([[0]]), 1, 2, False, 2, unigrams=unigrams))


def test_unique_of_classes_that_cannot_be_drawn():
    with tf.Graph().as_default(), tf.Session() as s:
        with pytest.raises(tf.errors.InvalidArgumentError, match="range is too small"):
            s.run(tf.nn.fixed_unigram_candidate_sampler(np.array([[0]]), 1, 3, True, 3, unigrams=[1., 0., 2.]))
