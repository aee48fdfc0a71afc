"""Compares two answers of the harness: text must be equal, numbers of floating dtypes nearly so."""
import math
import re

TOLERANCE = {"float16": 2e-3, "bfloat16": 2e-2, "float32": 2e-5, "float64": 1e-10, "complex64": 2e-5,
             "complex128": 1e-10}


# Messages that are the interpreter's own, and change with its version: there the class counts.
INTERPRETER = re.compile(
    r"can't (set|delete) attribute|has no attribute '|cannot import name|No module named|has no len\(\)|unsupported operand|bad operand type|"
    r"is not (callable|iterable|subscriptable)|cannot be interpreted as an integer|must be integers or slices|"
    r"required positional argument|unexpected keyword argument|positional arguments? but|a number is required|"
    r"doesn't define __round__|argument must be a string|does not support item|not supported between instances|"
    r"multiple values for|is not defined$|must be str, not|invalid literal for|"
    r"Error parsing message|^!! ValueError: Protocol message|has type str, but expected")

# In which module a class stands is asked where it matters, not in every default repr.
CLASS_PATH = re.compile(r"(?<=[< '])(?:tensorflow|pytfgraph)(?:\.\w+)*\.(\w+)(?= object at|'>)")


def _close(a, b, tolerance):
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(_close(x, y, tolerance) for x, y in zip(a, b))
    if type(a) in (int, float) and type(b) in (int, float):
        return math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance)
    return a == b


def same(want, got):
    if type(want) is not type(got):
        return False
    if isinstance(want, dict):
        if "array" in want and "array" in got:
            head = [k for k in want if k != "values"]
            return (set(want) == set(got) and all(want[k] == got[k] for k in head) and
                    _close(want["values"], got["values"], TOLERANCE.get(want["array"], 0)))
        if "float" in want and "float" in got:
            return _close(want["float"], got["float"], 1e-6)
        return set(want) == set(got) and all(same(want[k], got[k]) for k in want)
    if isinstance(want, list):
        return len(want) == len(got) and all(same(a, b) for a, b in zip(want, got))
    if isinstance(want, str):
        if want.startswith("!! ") and INTERPRETER.search(want):
            return got.split(":")[0] == want.split(":")[0]
        return CLASS_PATH.sub(r"\1", want) == CLASS_PATH.sub(r"\1", got)
    return want == got


def short(answer):
    if isinstance(answer, dict) and "array" in answer:
        kind = "scalar" if answer.get("scalar") else "array"
        return "%s %s%s %s" % (kind, answer["array"], answer["shape"], answer["values"])
    return str(answer)


def difference(source_lines, want, got):
    """"" where the answers agree, else a text that shows the first statements where they do not."""
    wanted, gotten = {}, {}
    for table, answers in ((wanted, want), (gotten, got)):
        for i, answer in answers:
            table.setdefault(i, []).append(answer)
    lines = []
    for i in sorted(set(wanted) | set(gotten)):
        w, g = wanted.get(i, []), gotten.get(i, [])
        if not same(w, g):
            lines += ["  " + source_lines[i].replace("\n", "\n  "),
                      "    TensorFlow: " + " | ".join(short(a) for a in w or ["nothing"]),
                      "    here:       " + " | ".join(short(a) for a in g or ["nothing"])]
    return "\n".join(lines)
