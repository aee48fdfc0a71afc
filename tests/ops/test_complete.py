"""What every operation must have: TensorFlow's signature, a kernel for each dtype that TensorFlow's CPU serves, and a gradient, or a
row that says there is none.  golden/ops/facts.jsonl holds the facts of 1.12.3 (of 2.21 for the few operations that came later)."""
import json
import os
import pathlib
import re
import subprocess

import pytest

from pytfgraph import _core

import completeness

ROOT = pathlib.Path(__file__).parent.parent.parent
REGISTRY = pathlib.Path(os.environ.get("TFG_BUILD_DIR", ROOT / "build" / "dev")) / "tests" / "test_ops_registry"

# Kernels that are still to come, with the dtypes that they lack; an entry that is no longer true fails.
NO_KERNEL = {
    **dict.fromkeys(["ApplyAdagradV2", "ResourceApplyAdagradV2", "ResourceApplyKerasMomentum", "ResourceSparseApplyAdagradV2",
                     "ResourceSparseApplyKerasMomentum", "SparseApplyAdagradV2"], ["T=complex128", "T=complex64"]),
    "TileGrad": [""],           # no graph since version 3 may hold it
}
# Operations of Python's: the binding runs them.
OF_PYTHON = {"PyFunc", "PyFuncStateless"}


def load_facts():
    rows = (json.loads(line) for line in (ROOT / "tests/golden/ops/facts.jsonl").read_text().splitlines())
    return {row["name"]: row for row in rows}


def load_registry():
    lines = subprocess.run([str(REGISTRY), "dump"], stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
    found = {}
    for line in lines:
        if line.startswith("op\t"):
            _, name, gradient, kernels = line.split("\t")
            found[name] = gradient, [parse_kernel(k) for k in kernels.split()]
    return found


def parse_kernel(text):
    """"CPU{T=float;Tidx=int32,int64}" -> {"T": {"float"}, "Tidx": {"int32", "int64"}}, for a kernel of the CPU."""
    device, rules = text.rstrip("}").split("{")
    assert device == "CPU"
    return {attr: set(types.split(",")) for attr, types in (rule.split("=") for rule in rules.split(";") if rule)}


REGISTERED = set(load_registry())
FACTS = {name: row for name, row in load_facts().items() if name in REGISTERED}


@pytest.fixture(scope="module")
def registry():
    return load_registry()


def type_name(number):
    import pytfgraph as tf
    name = tf.as_dtype(number).name
    return {"float32": "float", "float64": "double", "float16": "half"}.get(name, name)


def default_of(attr):
    """A default value as the facts spell it."""
    value = attr.default_value
    kind = value.WhichOneof("value")
    if kind == "s":
        return value.s.decode()
    if kind == "type":
        return type_name(value.type)
    if kind == "list":
        return [x for field, values in value.list.ListFields() for x in values]
    if kind == "shape":
        return {"shape": None if value.shape.unknown_rank else [d.size for d in value.shape.dim]}
    if kind == "tensor":
        return {"tensor": str(value.tensor).strip().replace("\n", " ")}
    plain = getattr(value, kind)
    return str(plain) if plain in (float("inf"), -float("inf")) else plain


def describe_attr(attr):
    row = {"name": attr.name, "type": attr.type}
    if attr.HasField("default_value"):
        row["default"] = default_of(attr)
    if attr.has_minimum:
        row["min"] = attr.minimum
    if attr.HasField("allowed_values"):
        values = attr.allowed_values.list
        row["allowed"] = [type_name(t) for t in values.type] or [s.decode() for s in values.s]
    return row


def describe_arg(arg):
    row = {"name": arg.name}
    for field in ("type_attr", "number_attr", "type_list_attr"):
        if getattr(arg, field):
            row[field] = getattr(arg, field)
    if arg.type:
        row["type"] = type_name(arg.type)
    if arg.is_ref:
        row["is_ref"] = True
    return row


def rounded(row):
    """Floats of a signature are of 32 bits."""
    if isinstance(row.get("default"), float):
        row["default"] = float("%.6g" % row["default"])
    elif isinstance(row.get("default"), list):
        row["default"] = [float("%.6g" % x) for x in row["default"]]
    return row


@pytest.mark.parametrize("name", sorted(FACTS))
def test_signature(name):
    want, op = FACTS[name], _core.op_def(name)
    assert [describe_arg(a) for a in op.input_arg] == want["inputs"]
    assert [describe_arg(a) for a in op.output_arg] == want["outputs"]
    assert [rounded(describe_attr(a)) for a in op.attr] == [rounded(dict(a)) for a in want["attrs"]]
    for flag in ("is_stateful", "is_commutative", "is_aggregate", "allows_uninitialized_input"):
        assert getattr(op, flag) == want.get(flag, False), flag


def test_every_op_has_facts(registry):
    assert sorted(set(registry) - set(FACTS)) == []


def missing_kernels(facts, kernels):
    """[attr=dtype] that no kernel takes; [""] where there is none at all."""
    if not kernels:
        return [""]
    allowed = {attr["name"]: attr.get("allowed") for attr in facts["attrs"]}
    return ["%s=%s" % (attr, dtype) for attr, dtypes in sorted(facts.get("cpu_dtypes", {}).items()) for dtype in dtypes
            if not (allowed[attr] and dtype not in allowed[attr])       # TensorFlow has kernels that no signature lets in
            and not any(dtype in kernel.get(attr, [dtype]) for kernel in kernels)]


def test_kernels(registry):
    missing = {}
    for name, facts in FACTS.items():
        lacks = missing_kernels(facts, registry[name][1]) if facts.get("has_cpu_kernel") and name not in OF_PYTHON else []
        if lacks:
            missing[name] = lacks
    unexpected = {name: lacks for name, lacks in missing.items() if lacks != NO_KERNEL.get(name)}
    assert not unexpected, "\n".join("%s: no kernel for %s" % (n, ", ".join(m) or "anything") for n, m in sorted(unexpected.items()))
    assert sorted(NO_KERNEL) == sorted(missing), "kernels that NO_KERNEL calls missing are there"


def test_gradients(registry):
    wrong = []
    for name, facts in FACTS.items():
        want = {"yes": "yes", "not_differentiable": "none"}.get(facts["gradient"])
        if want and registry[name][0] != want:
            wrong.append("%s: gradient %s, in TensorFlow %s" % (name, registry[name][0], want))
    assert not wrong, "\n".join(wrong)


def test_what_is_left_out():
    """Every operation that is missing has its reason, and no other has one."""
    missing = {op for ops in completeness.missing().values() for op in ops}
    assert missing == set(completeness.left_out())


def test_the_readme_says_how_many():
    here, total = re.match(r"(\d+) of (\d+) operations", next(completeness.describe())).groups()
    assert "%s of the %s operations" % (here, total) in (ROOT / "README.md").read_text()
