"""The tests of a family of ops from its rows: against TensorFlow's recorded answers, and once more with strided feeds and with
another number of threads, which must not change a bit."""
import functools

import pytest

import pytfgraph as tf
from pytfgraph import _core

import rows


def raw(op, *inputs, **attributes):
    return _core.raw_op(op)(*inputs, **attributes)


@functools.lru_cache(None)
def answers(family):
    return rows.load_answers(family)


def make_tests(family, loose=()):
    """loose: {name prefix: ulps} where TensorFlow itself is far from exact."""
    named = rows.load_rows(family)

    @pytest.mark.parametrize("name, expression", named, ids=[name for name, _ in named])
    def test_row(name, expression):
        want = answers(family)[name]
        got = rows.answer(tf, raw, expression)
        if "died" in want:                      # TensorFlow crashed; we must not
            assert got
            return
        rows.check(got, want, next((ulps for prefix, ulps in dict(loose).items() if name.startswith(prefix)), 4))
        assert rows.answer(tf, raw, expression, strided=True) == got
    return test_row
