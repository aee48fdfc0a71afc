"""Each case's files both ways: what they hold is the same whoever wrote and whoever read them."""
import importlib
import math
import pathlib
import shutil
import sys

import pytest

HERE = pathlib.Path(__file__).parent
PAGES = ['graphs', 'checkpoints', 'meta_graphs', 'saved_models', 'records', 'events']


def generate(metafunc, versions):
    sys.path[:0] = [p for p in (str(HERE), str(HERE.parent / 'io')) if p not in sys.path]
    rows = []
    for page in PAGES:
        for case, (_, _, *only) in sorted(importlib.import_module('peer.' + page).CASES.items()):
            rows += [pytest.param(v, page, case, id='%s-%s-%s' % (page, case, v)) for v in versions if not only or v in only[0]]
    metafunc.parametrize('version,page,case', rows)


def differences(a, b, where='facts'):
    """The paths at which two answers differ; numbers with a fraction by more than rounding."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(set(a) | set(b)):
            if key not in a or key not in b:
                yield '%s[%r] is only on one side' % (where, key)
            else:
                yield from differences(a[key], b[key], '%s[%r]' % (where, key))
    elif isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            yield '%s: %d and %d members' % (where, len(a), len(b))
        for i, (x, y) in enumerate(zip(a, b)):
            yield from differences(x, y, '%s[%d]' % (where, i))
    elif isinstance(a, float) and isinstance(b, float):
        if not (math.isclose(a, b, rel_tol=2e-5, abs_tol=1e-6) or a != a and b != b):
            yield '%s: %r and %r' % (where, a, b)
    elif a != b or type(a) is not type(b):
        yield '%s: %r and %r' % (where, a, b)


def independent(facts):
    """What does not depend on who built the graph: TensorFlow 2.x makes other nodes of the same program."""
    if isinstance(facts, dict):
        return {k: independent(v) for k, v in facts.items() if k not in ('ops', 'again', 'in a scope', 'collections')}
    return facts


def test_exchange(version, page, case, sides, tmp_path):
    written = {}
    for writer in ('ours', version):
        folder = tmp_path / writer
        folder.mkdir()
        sides[writer].ask(page, case, 'write', folder)
        written[writer] = folder
    said = {(writer, reader): sides[reader].ask(page, case, 'read', written[writer])
            for writer in written for reader in ('ours', version)}
    shutil.rmtree(tmp_path)
    wrong = []
    for writer in written:
        wrong += ['written by %s, read by ours: %s' % (writer, words)
                  for words in list(differences(said[writer, version], said[writer, 'ours']))[:5]]
    right, other = said[version, version], said['ours', version]
    assert right, 'the case says nothing'
    if version.startswith('2'):
        right, other = independent(right), independent(other)
    wrong += ['written by ours: %s' % words for words in list(differences(right, other))[:5]]
    assert not wrong, '\n'.join(wrong)
