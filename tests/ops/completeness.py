"""Which of TensorFlow 1.12's operations are here:  python tests/ops/completeness.py

Counted are the operations with a CPU kernel, without Experimental*, Collective* and BoostedTrees*; left_out.txt says why others are
not here."""
import collections
import json
import pathlib

from pytfgraph import _core

HERE = pathlib.Path(__file__).parent
OF_PYTHON = {"PyFunc", "PyFuncStateless"}        # the binding runs them
NOT_COUNTED = ("Experimental", "Collective", "BoostedTrees", "_")


def counted():
    """Operation -> family."""
    rows = map(json.loads, (HERE.parent / "golden/ops/facts.jsonl").read_text().splitlines())
    return {row["name"]: row["family"] for row in rows
            if row["family"] != "later" and row.get("has_cpu_kernel") and not row["name"].startswith(NOT_COUNTED)}


def left_out():
    """Operation -> why it is not here: a line of left_out.txt is "reason: Op Op ...", continued where it is indented."""
    reasons, reason = {}, None
    for line in (HERE / "left_out.txt").read_text().splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if not line.startswith(" "):
            reason, line = line.split(":", 1)
        reasons.update((op, reason) for op in line.split())
    return reasons


def missing():
    """Family -> its operations that are not registered, or have no kernel."""
    found = collections.defaultdict(list)
    for op, family in sorted(counted().items()):
        if op not in OF_PYTHON and not (_core.has_op(op) and _core.kernels_of(op)):
            found[family].append(op)
    return found


def describe():
    """The lines that tell it."""
    families, reasons, absent = collections.Counter(counted().values()), left_out(), missing()
    total = sum(families.values())
    here = total - sum(map(len, absent.values()))
    yield "%d of %d operations (%.1f %%)" % (here, total, 100.0 * here / total)
    for family in sorted(absent):
        yield "%s: %d of %d; missing: %s" % (family, families[family] - len(absent[family]), families[family],
                                             " ".join(op + ("" if op in reasons else "(!)") for op in absent[family]))


if __name__ == "__main__":
    print("\n".join(describe()))
