"""python -m pytfgraph run program.py args...: runs a program that says `import tensorflow`."""
import os
import runpy
import sys

_USAGE = "usage: python -m pytfgraph run PROGRAM.py [ARGUMENT ...]"


def main(argv):
    """Runs the command line; the exit status."""
    if len(argv) < 3 or argv[1] != "run":
        print(_USAGE, file=sys.stderr)
        return 2
    return run(argv[2], argv[3:])


def run(program, arguments):
    """Runs a program as __main__, as `python program arguments` would, with this library as tensorflow."""
    if not os.path.isfile(program):
        print("python -m pytfgraph run: no such file: %s" % program, file=sys.stderr)
        return 2
    import pytfgraph
    from pytfgraph import era
    pytfgraph.install_as_tensorflow()
    era.apply()
    sys.argv = [program] + arguments
    sys.path[0] = os.path.dirname(os.path.abspath(program))
    runpy.run_path(program, run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
