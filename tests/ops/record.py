"""Asks TensorFlow 1.12.3 for the answers to the rows: python record.py [family ...].  Runs in TensorFlow's own environment; a row
that kills it is noted as such, and the next process goes on behind it.  Families whose names begin with "later" hold operations that
came after 1.12: TensorFlow 2.21 is asked for those."""
import inspect
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rows  # noqa: E402



def later_raw():
    import tensorflow as tf
    from tensorflow.python.framework import op_def_registry

    def raw(op, *inputs, **attributes):
        function = getattr(tf.raw_ops, op)
        known = list(inspect.signature(function).parameters)       # some inputs have other names there, in the same place
        names = [a.name if a.name in known else known[i] for i, a in enumerate(op_def_registry.get(op).input_arg)]
        return function(**dict(zip(names, inputs), **attributes))
    return raw


def reference_raw():
    from tensorflow.core.framework import op_def_pb2
    from tensorflow.python import pywrap_tensorflow as native
    from tensorflow.python.framework import op_def_library
    every = op_def_pb2.OpList.FromString(native.TF_GetBuffer(native.TF_GetAllOpList()))        # also those that Python has no module for
    definitions = {op.name: op for op in every.op}
    library = op_def_library.OpDefLibrary()

    def raw(op, *inputs, **attributes):
        definition = definitions[op]
        if op not in library._ops:
            library.add_op(definition)
        keywords = dict(zip((a.name for a in definition.input_arg), inputs))
        inferred = {name for a in definition.input_arg for name in (a.type_attr, a.number_attr, a.type_list_attr)}
        keywords.update((a.name, None) for a in definition.attr if a.HasField("default_value") and a.name not in inferred)
        keywords.update(attributes)
        return library.apply_op(op, **keywords)
    return raw


def ask(family, first):
    """Prints one line per row from row `first` on."""
    import tensorflow as tf
    from tensorflow.python.ops import gen_audio_ops, gen_data_flow_ops, gen_math_ops  # noqa: F401
    later = family.startswith("later")
    raw = later_raw() if later else reference_raw()
    tf = tf.compat.v1 if later else tf
    for name, expression in rows.load_rows(family)[first:]:
        print("ROW " + json.dumps({"name": name, "answer": rows.answer(tf, raw, expression)}), flush=True)


def record(family):
    wanted, lines = rows.load_rows(family), []
    while len(lines) < len(wanted):
        run = subprocess.run([sys.executable, __file__, "--ask", family, str(len(lines))], stdout=subprocess.PIPE)
        new = [line[4:] for line in run.stdout.decode("utf-8").splitlines() if line.startswith("ROW ")]
        lines += new
        if len(lines) < len(wanted):
            if run.returncode >= 0 and not new:
                raise SystemExit("no answers for " + family)
            lines.append(json.dumps({"name": wanted[len(lines)][0], "answer": {"died": True}}))
    with open(rows.golden_path(family), "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--ask"]:
        ask(sys.argv[2], int(sys.argv[3]))
    else:
        os.makedirs(rows.GOLDEN, exist_ok=True)
        for f in sys.argv[1:] or [f for f in rows.families() if not f.startswith("later")]:
            record(f)
