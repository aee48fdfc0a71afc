"""Files that a real TensorFlow writes and this library reads, and the other way round.  Collected only with --peer:

    ./dev test --peer [tests/peer]

Peers are interpreters with a TensorFlow: TFG_PEERS ("2.21=PYTHON 1.12=PYTHON"), or what stands in ~/.cache/pytfgraph-reference.
"""
import json
import os
import pathlib
import subprocess
import sys

import pytest

from benchmarks.peers import find

HERE = pathlib.Path(__file__).parent


def pytest_ignore_collect(collection_path, config):
    return None if config.getoption('--peer') else True


def pytest_report_header(config):
    if config.getoption('--peer'):
        found, missing = find()
        return ['peer: TensorFlow %s (%s)' % row for row in found] + ['peer: ' + words for words in missing]


def pytest_generate_tests(metafunc):
    if 'version' in metafunc.fixturenames:
        found, missing = find()
        if not found:
            raise pytest.UsageError('--peer needs a real TensorFlow: ' + '; '.join(missing))
        metafunc.module.generate(metafunc, [version for version, _ in found])


class Side:
    """A process that has one TensorFlow; started when first asked, and anew where it died."""

    def __init__(self, python, module):
        self.python, self.module, self.process = python, module, None

    def ask(self, page, case, do, folder):
        if self.process is None or self.process.poll() is not None:
            env = dict(os.environ, TF_CPP_MIN_LOG_LEVEL='3', CUDA_VISIBLE_DEVICES='', PYTHONDONTWRITEBYTECODE='1', PYTHONHASHSEED='0',
                       PYTFGRAPH_FSYNC='0')
            env.pop('PYTHONPATH', None)
            self.process = subprocess.Popen([self.python, str(HERE / 'worker.py'), self.module], env=env, stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.process.stdin.write((json.dumps({'page': page, 'case': case, 'do': do, 'folder': str(folder)}) + '\n').encode())
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, '%s of %s by %s ended the process (%s)' % (do, case, self.module, self.process.wait())
        reply = json.loads(line.decode())
        assert 'error' not in reply, '%s of %s by %s:\n%s' % (do, case, self.module, reply['error'])
        return reply['facts']

    def stop(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait()


@pytest.fixture(scope='session')
def sides():
    """{'ours' or a version: Side}"""
    every = {version: Side(python, 'tensorflow') for version, python in find()[0]}
    every['ours'] = Side(sys.executable, 'pytfgraph')
    yield every
    for side in every.values():
        side.stop()
