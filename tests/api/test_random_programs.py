"""What programs made by dice build is what TensorFlow 1.12.3 builds of them.  Of one that differs, both texts can be printed:
python tests/api/random_programs.py MODULE scopes SEED."""
import json

import pytest
import random_programs

import pytfgraph as tf

with open(random_programs.GOLDEN) as f:
    GOLDEN = json.load(f)
GROUP = 50


@pytest.mark.parametrize("kind, first", [(k, i) for k in sorted(GOLDEN) for i in range(0, len(GOLDEN[k]), GROUP)])
def test_random_programs(kind, first):
    tf.logging.set_verbosity(tf.logging.FATAL)
    differ = [s for s in range(first, min(first + GROUP, len(GOLDEN[kind])))
              if random_programs.digest(tf, kind, s) != GOLDEN[kind][str(s)]]
    assert not differ, "seeds whose %s differ from TensorFlow's" % kind
