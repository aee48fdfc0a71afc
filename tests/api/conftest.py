"""Collects *_cases.py pages: every snippet is a test, compared with the answer recorded from TensorFlow 1.12.3."""
import ast
import json
import os
import pathlib
import subprocess
import sys

import pytest

import compare
import harness

HERE = pathlib.Path(__file__).parent
GOLDEN = HERE.parent / "golden" / "api"
SECONDS_PER_PAGE = 300


def pytest_collect_file(file_path, parent):
    if file_path.name.endswith("_cases.py"):
        return Page.from_parent(parent, path=file_path)


def recorded(page):
    path = GOLDEN / (page.name[:-len("_cases.py")] + ".jsonl")
    if not path.exists():
        return {}
    return {row["case"]: row for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())}


def answers(page):
    """{case: answers, or a line saying how it crashed}.  A page runs in a process of its own, so that a crash costs one
    case; the rest of the page goes on in the next process."""
    cases = [name for name, _ in harness.read_cases(str(page))]
    result, first = {}, 0
    while first < len(cases):
        try:
            done = subprocess.run([sys.executable, str(HERE / "harness.py"), "pytfgraph", str(page), str(first)],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=SECONDS_PER_PAGE)
            out, errors, code = done.stdout, done.stderr, done.returncode
        except subprocess.TimeoutExpired as e:
            out, errors, code = e.stdout or b"", e.stderr or b"", "no answer in %d seconds" % SECONDS_PER_PAGE
        begun = None
        for line in out.decode().splitlines():
            row = json.loads(line)
            if "answers" in row:
                result[row["case"]] = row["answers"]
                begun = None
            else:
                begun = row["case"]
        if code == 0:
            break
        tail = errors.decode("utf-8", "replace")[-3000:]
        broken = begun or cases[first]
        result[broken] = "the process ended in it (%s)\n%s" % (code, tail)
        first = cases.index(broken) + 1
    return result


class Page(pytest.File):
    def collect(self):
        self.answers = None
        for name, source in harness.read_cases(str(self.path)):
            yield Snippet.from_parent(self, name=name, source=source)


class Snippet(pytest.Item):
    def __init__(self, source, **kwargs):
        super().__init__(**kwargs)
        self.source = source

    def runtest(self):
        page = self.parent
        if page.answers is None:
            page.answers = answers(page.path)
            page.golden = recorded(page.path)
        want = page.golden.get(self.name)
        if want is None or want["source"] != self.source:
            raise Difference("no recorded answer for this text: run ./dev record")
        got = page.answers.get(self.name)
        if not isinstance(got, list):
            raise Difference(got or "did not run")
        statements = [ast.get_source_segment(self.source, node) for node in harness.steps(self.source)]
        text = compare.difference(statements, want["answers"], got)
        if text:
            raise Difference(text)

    def repr_failure(self, excinfo):
        if isinstance(excinfo.value, Difference):
            return "%s: %s\n%s" % (os.path.relpath(self.path), self.name, excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self):
        return self.path, 0, "%s: %s" % (self.path.name, self.name)


class Difference(Exception):
    pass
