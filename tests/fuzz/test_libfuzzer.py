"""A short run of libFuzzer on the readers of messages, records, images and checkpoints, from the corpus that is kept; needs clang and a build."""
import os
import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


@pytest.mark.slow
@pytest.mark.parametrize('target', ['fuzz_graph', 'fuzz_node', 'fuzz_attr', 'fuzz_tensor', 'fuzz_op_def', 'fuzz_records', 'fuzz_example',
                                    'fuzz_sequence_example', 'fuzz_png', 'fuzz_jpeg', 'fuzz_gif', 'fuzz_bmp', 'fuzz_table', 'fuzz_bundle'])
def test_smoke(target):
    if not shutil.which('clang'):
        pytest.skip('no clang')
    if not (ROOT / 'build' / 'dev' / 'libtfg_static.a').exists():
        pytest.skip('no build in build/dev')
    done = subprocess.run([str(ROOT / 'tests' / 'fuzz' / 'libfuzzer.sh'), target, '5'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=300, env=dict(os.environ, ASAN_OPTIONS='detect_leaks=1'))
    assert done.returncode == 0, done.stdout.decode('utf-8', 'replace')[-5000:]
