"""Command lines: python -m pytfgraph COMMAND ..."""
import importlib
import importlib.util
import os
import runpy
import sys

_TOOLS = {
    "inspect": ("pytfgraph.tools.inspect_file", "tells what a file or folder of TensorFlow's holds"),
    "saved_model": ("pytfgraph.tools.saved_model_cli", "shows and runs SavedModels"),
    "freeze_graph": ("pytfgraph.tools.freeze_graph", "makes the variables of a graph constants"),
    "strip_unused": ("pytfgraph.tools.strip_unused", "cuts a graph down to what lies between inputs and outputs"),
    "optimize_for_inference": ("pytfgraph.tools.optimize_for_inference", "makes a frozen graph smaller and faster"),
    "transform_graph": ("pytfgraph.tools.transform_graph", "changes a graph by named transforms"),
    "inspect_checkpoint": ("pytfgraph.tools.inspect_checkpoint", "shows the tensors in a checkpoint"),
}


def usage():
    """What the command lines are."""
    lines = ["usage: python -m pytfgraph run PROGRAM.py [ARGUMENT ...]   runs a program that says `import tensorflow`",
             "       python -m pytfgraph run -m MODULE [ARGUMENT ...]    the same for a module"]
    lines += ["       python -m pytfgraph %-32s%s" % (name + " ...", text) for name, (_, text) in _TOOLS.items()]
    return "\n".join(lines)


def main(argv):
    """Runs the command line; the exit status."""
    command = argv[1] if len(argv) > 1 else None
    if command in _TOOLS:
        return importlib.import_module(_TOOLS[command][0]).main(argv[2:])
    if command == "run" and len(argv) > 3 and argv[2] == "-m":
        return run_module(argv[3], argv[4:])
    if command == "run" and len(argv) > 2:
        return run(argv[2], argv[3:])
    print(usage(), file=sys.stderr)
    return 2


def _become_tensorflow():
    import pytfgraph
    from pytfgraph import era
    pytfgraph.install_as_tensorflow()
    era.apply()


def run(program, arguments):
    """Runs a program as __main__, as `python program arguments` would, with this library as tensorflow."""
    if not os.path.isfile(program):
        print("python -m pytfgraph run: no such file: %s" % program, file=sys.stderr)
        return 2
    _become_tensorflow()
    sys.argv = [program] + arguments
    sys.path[0] = os.path.dirname(os.path.abspath(program))
    runpy.run_path(program, run_name="__main__")
    return 0


def run_module(name, arguments):
    """Runs a module as __main__, as `python -m name arguments` would, with this library as tensorflow."""
    _become_tensorflow()
    for theirs in ("tensorflow.python.", "tensorflow."):
        if name.startswith(theirs):
            name = "pytfgraph." + name[len(theirs):]
    sys.argv = [name] + arguments
    try:
        spec = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        spec = None
    if spec is None:
        print("python -m pytfgraph run: no module named %s" % name, file=sys.stderr)
        return 2
    runpy.run_module(name, run_name="__main__", alter_sys=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
