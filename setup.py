"""Builds and installs pytfgraph: CMake and Ninja make libtfgraph.so and the extension, straight into the package.

TFG_SANITIZE=1 builds with AddressSanitizer and UBSan.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

from setuptools import Extension, find_packages, setup
from setuptools.command.build_ext import build_ext

ROOT = pathlib.Path(__file__).parent.resolve()
TOOLS = {"cmake": "cmake", "ninja": "ninja-build", "cc": "gcc"}


def version():
    text = (ROOT / "pytfgraph" / "version.py").read_text(encoding="utf-8")
    return re.search(r'^version = "([^"]+)"', text, re.M).group(1)


def long_description():
    return (ROOT / "README.md").read_text(encoding="utf-8")


class CMakeBuild(build_ext):
    """One CMake build; incremental, since its folder stays with the checkout."""

    def run(self):
        missing = [package for tool, package in TOOLS.items() if not shutil.which(tool)]
        if missing:
            sys.exit("Missing system packages.  Install them with:\n  apt-get install " + " ".join(missing))
        package = ROOT / "pytfgraph" if self.inplace else pathlib.Path(self.build_lib).resolve() / "pytfgraph"
        package.mkdir(parents=True, exist_ok=True)
        tag = "%s-%d.%d" % (sys.implementation.name, *sys.version_info[:2])
        sanitize = bool(int(os.environ.get("TFG_SANITIZE", "0")))
        folder = ROOT / "build" / ("wheel-" + tag + ("-sanitize" if sanitize else ""))
        options = ["-DPython_EXECUTABLE=" + sys.executable, "-DTFG_PACKAGE_DIR=" + str(package),
                   "-DTFG_SANITIZE=" + ("address,undefined" if sanitize else "")]
        # The interpreter and NumPy of an isolated build live in another temporary folder each time.
        cache = folder / "CMakeCache.txt"
        if cache.exists():
            cache.unlink()
        self.call(["cmake", "-S", str(ROOT), "-B", str(folder), "-G", "Ninja"] + options)
        self.call(["ninja", "-C", str(folder)])

    def call(self, command):
        # What another build folder compiled is as good: see ./dev.
        env = dict(os.environ, CCACHE_NOHASHDIR="1")
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env)
        text = done.stdout.decode("utf-8", "replace")
        if done.returncode:
            sys.exit(text)
        self.announce(text, level=2)

    def get_outputs(self):
        package = pathlib.Path(self.build_lib) / "pytfgraph"
        return [str(p) for p in package.rglob("*") if p.suffix in (".so", ".bin", ".h")]


setup(
    name="pytfgraph",
    version=version(),
    description="A dataflow-graph engine that runs TensorFlow 1.x programs unmodified",
    long_description=long_description(),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.10",
    install_requires=["absl-py", "numpy>=1.26", "protobuf>=3.20"],
    packages=find_packages(include=["pytfgraph", "pytfgraph.*"]),
    package_data={"pytfgraph": ["*.txt", "*.tsv", "*.json"]},
    ext_modules=[Extension("pytfgraph._core", [])],
    cmdclass={"build_ext": CMakeBuild},
    zip_safe=False,
)
