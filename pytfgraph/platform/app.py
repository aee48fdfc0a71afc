"""tf.app.run: parses flags and calls the program's main."""
import sys as _sys

from absl import flags as _absl_flags

from pytfgraph.platform import flags


def _usage(short):
    """Prints __main__'s docstring and the flags' help."""
    doc = _sys.modules["__main__"].__doc__ or "\nUSAGE: %s [flags]\n" % _sys.argv[0]
    n = doc.count("%") - 2 * doc.count("%%")
    try:
        doc %= (_sys.argv[0],) * n
    except (OverflowError, TypeError, ValueError):
        pass  # a docstring with other percent signs is shown as it is
    text = _absl_flags.FLAGS.main_module_help() if short else str(_absl_flags.FLAGS)
    _sys.stdout.write(doc + ("\nflags:\n" + text if text else "") + "\n")


class _HelpFlag(_absl_flags.BooleanFlag):
    """A flag that prints help and exits."""

    def __init__(self, name, help_text, short, short_name=None):
        super().__init__(name, False, help_text, short_name=short_name)
        self._short = short

    def parse(self, arg):
        if arg:
            _usage(self._short)
            if self._short:
                print()
                print("Try --helpfull to get a list of all flags.")
            _sys.exit(1)


def _define_help_flags():
    if "helpfull" not in _absl_flags.FLAGS:
        _absl_flags.DEFINE_flag(_HelpFlag("help", "show this help", True, short_name="h"))
        _absl_flags.DEFINE_flag(_HelpFlag("helpfull", "show full help", False))
        _absl_flags.DEFINE_flag(_HelpFlag("helpshort", "show this help", True))


def run(main=None, argv=None):
    """Parses flags from `argv` (sys.argv) and exits with main(the rest); `main` is __main__'s own where not given."""
    _define_help_flags()
    argv = flags.FLAGS(_sys.argv if argv is None else argv, known_only=True)
    main = main or _sys.modules["__main__"].main
    _sys.exit(main(argv))
