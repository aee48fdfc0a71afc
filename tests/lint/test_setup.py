"""The set-up names the same system packages wherever it names them, and its scripts parse."""
import re
import subprocess

from sources import ROOT, tracked


def test_cmake_and_dev_name_the_same_packages():
    cmake = set(re.findall(r"^\s*need\(\S+ (\S+)\)", (ROOT / "cmake/Dependencies.cmake").read_text(), re.M))
    listed = (ROOT / "dev").read_text().split("<<'LIST'\n")[1].split("\nLIST\n")[0]
    dev = {line.split()[0] for line in listed.splitlines()} | {"python3-dev"}
    assert cmake and cmake <= dev, cmake - dev


def test_scripts_parse():
    for path in ["dev", ".ci/run", "tests/sanitize.sh"]:
        subprocess.run(["bash", "-n", str(ROOT / path)], check=True)


def test_dev_lists_its_commands():
    text = subprocess.run([str(ROOT / "dev")], stdout=subprocess.PIPE, check=True).stdout.decode()
    commands = re.findall(r"^\s+\./dev (\w+)", text, re.M)
    assert commands == ["setup", "build", "demo", "test", "lint", "bench", "sanitize", "record"]
    for command in commands:
        assert re.search(r"^    %s\)" % command, (ROOT / "dev").read_text(), re.M)


def test_recorded_answers_belong_to_cases():
    """No page without answers, no answers without a page."""
    pages = {p.name[:-len("_cases.py")] for p in tracked("tests/api/*_cases.py")}
    assert pages == {p.stem for p in tracked("tests/golden/api/*.jsonl")}
    for folder, suffix in (("graphs", ".txt"), ("programs", ".out")):
        names = {p.stem for p in tracked("tests/golden/%s/*.py" % folder)}
        assert names == {p.stem for p in tracked("tests/golden/%s/*%s" % (folder, suffix))}
