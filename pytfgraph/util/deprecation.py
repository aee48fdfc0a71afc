"""Arguments under their older names."""


def deprecated_argument_lookup(new_name, new_value, old_name, old_value):
    """The value of an argument given under its new name or its old one; ValueError where both are given."""
    if old_value is None:
        return new_value
    if new_value is not None:
        raise ValueError("Cannot specify both '%s' and '%s'" % (old_name, new_name))
    return old_value


def deprecated(date, instructions, warn_once=True):
    """A decorator that logs, at the first call, that a function is deprecated."""
    def decorate(f):
        import functools
        told = []

        @functools.wraps(f)
        def wrapped(*args, **kwargs):
            if not told or not warn_once:
                told.append(1)
                from pytfgraph.platform import tf_logging as logging
                when = "in a future version" if date is None else "after %s" % date
                logging.warning("From %s: %s (from %s) is deprecated and will be removed %s.\nInstructions for updating:\n%s",
                                _caller(2), f.__qualname__, _theirs(f.__module__), when, instructions)
            return f(*args, **kwargs)
        return wrapped
    return decorate


_warned = set()


def warn_of_argument(function, module, argument, instructions):
    """Logs, at the first call that names it, that an argument is deprecated; called by the function that has it."""
    if (module, function, argument) not in _warned:
        _warned.add((module, function, argument))
        from pytfgraph.platform import tf_logging as logging
        logging.warning("From %s: calling %s (from %s) with %s is deprecated and will be removed in a future version.\n"
                        "Instructions for updating:\n%s", _caller(3), function, _theirs(module), argument, instructions)


def _theirs(module):
    """The module's name as TensorFlow's programs know it."""
    return module.replace("pytfgraph", "tensorflow" if module.startswith("pytfgraph.contrib.") else "tensorflow.python", 1)


def _caller(depth):
    """Where the function that is `depth` calls up stands, or the outermost one."""
    import sys
    frame = sys._getframe(1)
    for _ in range(depth - 1):
        frame = frame.f_back or frame
    return "%s:%d" % (frame.f_code.co_filename, frame.f_lineno)
