"""A folder of csrc includes itself and the folders above it, never below."""
import re

from sources import ROOT, c_files

ORDER = ["include", "base", "tensor", "graph", "ops", "gradients", "io", "runtime", "kernels", "python"]
# graph/ keeps attributes as TensorFlow's messages do, which is a format: it may see these headers of io/ only.
ALSO = {"graph": set(), "gradients": {"runtime/kernel.h"}}
PYTHON = re.compile(r"^(Python|structmember|frameobject|datetime|numpy/.*)\.h$")
LIBRARIES = re.compile(r"^(cblas|f77blas|openblas_config|lapacke|oneapi/.*|dnnl.*)\.h$")


def includes():
    for path in c_files():
        folder = path.relative_to(ROOT / "csrc").parts[0]
        for number, line in enumerate(path.read_text().splitlines(), 1):
            m = re.match(r'\s*#\s*include\s*([<"])([^>"]+)', line)
            if m:
                yield path, folder, number, m.group(1) == '"', m.group(2)


def test_folders_include_upwards():
    wrong = []
    for path, folder, number, own, name in includes():
        if folder == "init.c" or not own:
            continue
        target = name.split("/")[0] if "/" in name else ("include" if name == "tfgraph.h" else folder)
        if target not in ORDER:
            continue            # generated code and foreign headers
        if ORDER.index(target) > ORDER.index(folder) and name not in ALSO.get(folder, ()):
            wrong.append("%s:%d: %s/ must not see %s" % (path.relative_to(ROOT), number, folder, name))
    assert not wrong, "\n".join(wrong)


def test_only_python_sees_python():
    wrong = ["%s:%d: %s" % (p.relative_to(ROOT), n, name) for p, folder, n, _, name in includes()
             if PYTHON.match(name) and folder != "python"]
    assert not wrong, "\n".join(wrong)


def test_only_kernels_see_blas_and_dnnl():
    wrong = ["%s:%d: %s" % (p.relative_to(ROOT), n, name) for p, folder, n, _, name in includes()
             if LIBRARIES.match(name) and folder != "kernels"]
    assert not wrong, "\n".join(wrong)


def test_generated_messages_stay_in_io_and_python():
    wrong = ["%s:%d: %s" % (p.relative_to(ROOT), n, name) for p, folder, n, _, name in includes()
             if name.endswith(".pb-c.h") and folder not in ("io", "python")]
    assert not wrong, "\n".join(wrong)


def test_folders_are_known():
    unknown = {p.relative_to(ROOT / "csrc").parts[0] for p in c_files()} - set(ORDER) - {"init.c"}
    assert not unknown


def test_headers_are_guarded():
    wrong = []
    for path in c_files():
        if path.suffix != ".h":
            continue
        folder = path.parent.name
        guard = "TFG_%s_H" % path.stem.upper() if folder == "include" else \
            "TFG_%s_%s_H" % (folder.upper(), path.stem.upper().replace("-", "_"))
        text = path.read_text()
        if "#ifndef %s\n#define %s\n" % (guard, guard) not in text:
            wrong.append("%s: expected the guard %s" % (path.relative_to(ROOT), guard))
    assert not wrong, "\n".join(wrong)
