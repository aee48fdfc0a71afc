"""Mutable data that belongs to the whole process: only what stands in this list, read from the built objects by nm."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from sources import ROOT

BUILD = pathlib.Path(os.environ.get("TFG_BUILD_DIR", ROOT / "build" / "dev"))
# Object -> symbols that may be written after the library is loaded, each with its reason.
ALLOWED = {
    "base/memory.c": r"fail_at|failed|live|.*",             # the counters of the failing hook, the free list
    "base/parallel.c": r".*",                               # the one pool of the process
    "base/status.c": r"no_memory_text",                     # the message that needs no allocation
    "base/system.c": r"known",                              # how many processors the machine has, asked once
    "init.c": r"done|lock",                                 # the registries are filled once
    "graph/registry.c": r"parsed|published|registry_lock|once",  # the registry of op definitions
    "graph/const_value.c": r"evaluator",                    # the hook by which constants are folded, set once
    "runtime/flat.c": r"tfg_dead",                          # an address that stands for "dead", never read
    "gradients/gradient.c": r"lock|rows_by_label",          # the registry of gradients
    "runtime/resource.c": r"unnamed|kinds",                 # numbers resources without a name; the kinds of resources
    "runtime/op_library.c": r"libraries",                    # the op libraries that are open
    "runtime/fork.c": r"watched|once",                      # the sessions there are, for the fork handlers
    "runtime/kernel.c": r"registry",                        # the registry of kernels
    "kernels/dataset_sql.c": r"sqlite|once",                # SQLite, opened once
    "kernels/blas.c": r"blas",                              # OpenBLAS, opened once
    "kernels/regex.cc": r"DW",                              # of C++ itself, for exceptions
    "kernels/string_regex.c": r"library",                   # RE2, opened once
    "kernels/onednn.c": r"onednn",                          # oneDNN, opened once
    "kernels/onednn_conv.c": r"dnn",                        # its primitives, made once per geometry
    "io/image_jpeg.c": r"jpeg",                             # libjpeg, opened once
    "io/image_png.c": r"png",                               # libpng, opened once
    "python/scalars.c": r"kept|n_kept|array",                    # NumPy's own functions, kept once while others stand in their place
    "python/module.c": r"module_slots|tfg_core_module|tfg_numpy_api.*",     # CPython's and NumPy's own tables
}


def symbols():
    """(source, symbol, kind) of writable data, thread-local data apart."""
    tool = shutil.which("nm")
    if not tool:
        pytest.skip("nm is not installed")
    objects = [p for p in BUILD.glob("CMakeFiles/*/csrc/**/*.o")]
    assert objects, "nothing is built: ./dev build"
    sources = {str(path): str(path).split("/csrc/", 1)[1][:-2] for path in objects}
    kept = [path for path, source in sources.items() if (ROOT / "csrc" / source).exists()]      # others are left from files gone
    out = subprocess.run([tool, "-A", "-f", "sysv", "--defined-only"] + kept, stdout=subprocess.PIPE, check=True)
    for line in out.stdout.decode().splitlines():
        fields = [f.strip() for f in line.split("|")]
        if len(fields) < 7:
            continue
        path, name = fields[0].rsplit(":", 1)
        kind, section = fields[3], fields[6]
        if kind == "OBJECT" and re.match(r"\.(data|bss|sdata|sbss)(?!\.rel\.ro)", section) or section == "*COM*":
            yield sources[path], name, section


def test_mutable_globals_are_known():
    unknown = sorted({"%s: %s (%s)" % row for row in symbols()
                      if not re.fullmatch(ALLOWED.get(row[0], "(?!)"), row[1].split(".")[0])})
    assert not unknown, "\n".join(unknown)
