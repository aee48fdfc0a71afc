"""A short run of libFuzzer on the readers of messages, records, images and checkpoints, from the corpus that is kept; needs clang and a build."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def targets():
    for header in HERE.glob('fuzz_*.h'):
        text = header.read_text()
        yield from re.findall(r'^FUZZ_TARGET int (fuzz_\w+)\(const uint8_t \*data, size_t n\)$', text, re.M)
        yield from ('fuzz_' + name for name in re.findall(r'^FUZZ_PROGRAM\((\w+)\)$', text, re.M))


@pytest.mark.slow
@pytest.mark.parametrize('target', sorted(targets()))
def test_smoke(target):
    if not shutil.which('clang'):
        pytest.skip('no clang')
    if not (ROOT / 'build' / 'dev' / 'libtfg_static.a').exists():
        pytest.skip('no build in build/dev')
    done = subprocess.run([str(HERE / 'libfuzzer.sh'), target, '2'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=300, env=dict(os.environ, ASAN_OPTIONS='detect_leaks=1', PYTHON=sys.executable))
    assert done.returncode == 0, done.stdout.decode('utf-8', 'replace')[-5000:]
