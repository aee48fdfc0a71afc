"""Candidate sampling: drawing a few of many classes, to train against."""
from pytfgraph.framework import random_seed
from pytfgraph.ops import raw

gen_candidate_sampling_ops = raw.module("gen_candidate_sampling_ops")


def _seeds(seed):
    seed1, seed2 = random_seed.get_seed(seed)
    return dict(seed=seed1, seed2=seed2)


def uniform_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, seed=None, name=None):
    """Draws `num_sampled` of the classes [0, range_max), each as likely as the others.

    Args:
      true_classes: int64 [batch, num_true].
      num_true: how many true classes an example has.
      num_sampled: how many to draw.
      unique: whether each is drawn at most once.
      range_max: the number of classes.
      seed: of the draw; see `tf.set_random_seed`.
      name: of the operation.

    Returns:
      The classes drawn, int64 [num_sampled]; how often each true class, [batch, num_true], and each class drawn, [num_sampled], is expected.

    Raises:
      InvalidArgumentError: when run, if unique classes are asked for and there are too few.
    """
    return gen_candidate_sampling_ops.uniform_candidate_sampler(true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique,
                                                                range_max=range_max, name=name, **_seeds(seed))


def log_uniform_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, seed=None, name=None):
    """As `uniform_candidate_sampler`, with class k as likely as log((k + 2) / (k + 1)): for classes sorted by how often they occur."""
    return gen_candidate_sampling_ops.log_uniform_candidate_sampler(true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique,
                                                                    range_max=range_max, name=name, **_seeds(seed))


def learned_unigram_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, seed=None, name=None):
    """As `uniform_candidate_sampler`, with each class as likely as it was among the true classes of the steps before."""
    return gen_candidate_sampling_ops.learned_unigram_candidate_sampler(true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique,
                                                                        range_max=range_max, name=name, **_seeds(seed))


def fixed_unigram_candidate_sampler(true_classes, num_true, num_sampled, unique, range_max, vocab_file="", distortion=1.0, num_reserved_ids=0,
                                    num_shards=1, shard=0, unigrams=(), seed=None, name=None):
    """As `uniform_candidate_sampler`, with the classes' weights from a file or a list.

    Args:
      true_classes, num_true, num_sampled, unique, range_max, seed, name: see there.
      vocab_file: a text file with a class a line; its weight stands behind the line's last comma.
      distortion: the power that weights are raised to.
      num_reserved_ids: classes in front of the others, which are never drawn.
      num_shards, shard: where the classes are spread over several such operations, how many there are and which this is.
      unigrams: the weights, in place of vocab_file.

    Raises:
      InvalidArgumentError: when run, if neither or both of vocab_file and unigrams are given, or their number is not range_max.
    """
    return gen_candidate_sampling_ops.fixed_unigram_candidate_sampler(
        true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique, range_max=range_max, vocab_file=vocab_file, distortion=distortion,
        num_reserved_ids=num_reserved_ids, num_shards=num_shards, shard=shard, unigrams=list(unigrams), name=name, **_seeds(seed))


def all_candidate_sampler(true_classes, num_true, num_sampled, unique, seed=None, name=None):
    """All `num_sampled` classes, each expected once: for tests, where other samplers stand later."""
    return gen_candidate_sampling_ops.all_candidate_sampler(true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique, name=name,
                                                            **_seeds(seed))


def compute_accidental_hits(true_classes, sampled_candidates, num_true, seed=None, name=None):
    """Where drawn classes are true classes too.

    Returns:
      For each hit the example (int32), the position of the class among those drawn (int64), and the lowest float, to be added to its logit.
    """
    return gen_candidate_sampling_ops.compute_accidental_hits(true_classes, sampled_candidates, num_true=num_true, name=name, **_seeds(seed))
