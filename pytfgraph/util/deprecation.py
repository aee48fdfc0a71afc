"""Functions, arguments and values of arguments that are deprecated: their use is logged, and their documentation says so."""
import collections
import contextlib
import functools
import re
import sys

from pytfgraph.util import decorator_utils, tf_decorator

# Programs set this to False.
_PRINT_DEPRECATION_WARNINGS = True

_PRINTED_WARNING = {}

DeprecatedArgSpec = collections.namedtuple("DeprecatedArgSpec", ["position", "has_ok_value", "ok_value"])


class DeprecatedNamesAlreadySet(Exception):
    """The names under which a thing is deprecated were noted already."""


def deprecated_argument_lookup(new_name, new_value, old_name, old_value):
    """The value of an argument given under its new name or its old one; ValueError where both are given."""
    if old_value is None:
        return new_value
    if new_value is not None:
        raise ValueError("Cannot specify both '%s' and '%s'" % (old_name, new_name))
    return old_value


def _when(date):
    return "in a future version" if date is None else "after %s" % date


def _warn(key, once, depth, text, *values):
    """Logs a warning with the place `depth` calls above its caller, unless warnings are off or this one was given and comes `once`."""
    if not _PRINT_DEPRECATION_WARNINGS or key in _PRINTED_WARNING:
        return
    if once:
        _PRINTED_WARNING[key] = True
    from pytfgraph.platform import tf_logging as logging
    logging.warning("From %s: " + text, _place(depth + 1), *values)


def _place(depth):
    """Where the function that is `depth` calls up stands, or the outermost one."""
    frame = sys._getframe(1)
    for _ in range(depth):
        frame = frame.f_back or frame
    return "%s:%d" % (frame.f_code.co_filename, frame.f_lineno)


def _warn_of_use(key, once, func, how, values, date, instructions):
    """Logs that a decorated function is deprecated, or called in a deprecated way; called by its wrapper."""
    _warn(key, once, 2, how + " is deprecated and will be removed %s.\nInstructions for updating:\n%s",
          decorator_utils.get_qualified_name(func), _theirs(func.__module__), *values, _when(date), instructions)


def _theirs(module):
    """The module's name as TensorFlow's programs know it."""
    return module.replace("pytfgraph", "tensorflow" if module.startswith("pytfgraph.contrib.") else "tensorflow.python", 1)


def _check(date, instructions):
    if date is not None and not re.match(r"20\d\d-[01]\d-[0123]\d", date):
        raise ValueError("Date must be YYYY-MM-DD.")
    if not instructions:
        raise ValueError("Don't deprecate things without conversion instructions!")


def _function_doc(doc, date, instructions):
    notice = ["THIS FUNCTION IS DEPRECATED. It will be removed %s." % _when(date)]
    if instructions:
        notice.append("Instructions for updating:")
    return decorator_utils.add_notice_to_docstring(doc, instructions, "DEPRECATED FUNCTION", "(deprecated)", notice)


def _argument_doc(doc, date, instructions):
    return decorator_utils.add_notice_to_docstring(
        doc, instructions, "DEPRECATED FUNCTION ARGUMENTS", "(deprecated arguments)",
        ["SOME ARGUMENTS ARE DEPRECATED. They will be removed %s." % _when(date), "Instructions for updating:"])


def deprecated(date, instructions, warn_once=True):
    """A decorator that logs, at the first call (each, without `warn_once`), that a function is deprecated.

    `date` is when it goes ("2018-12-31"), or None.  The function's documentation says so, too.  ValueError for a date of another form,
    for no instructions, and for what is no function.
    """
    _check(date, instructions)

    def decorate(func):
        decorator_utils.validate_callable(func, "deprecated")

        @functools.wraps(func)
        def new_func(*args, **kwargs):
            _warn_of_use(func, warn_once, func, "%s (from %s)", (), date, instructions)
            return func(*args, **kwargs)
        return tf_decorator.make_decorator(func, new_func, "deprecated", _function_doc(func.__doc__, date, instructions))
    return decorate


def _same_value(a, b):
    try:
        return a is b or (a == b) is True
    except TypeError:
        return False


def deprecated_args(date, instructions, *deprecated_arg_names_or_tuples, **kwargs):
    """A decorator that logs, at the first call with one (each, with warn_once=False), that arguments are deprecated.

    Args:
      date: when they go ("2018-12-31"), or None.
      instructions: what to do instead.
      *deprecated_arg_names_or_tuples: the names of the arguments; (name, value) where that value does not count.  `*args` and `**kwargs`
        count by their names.
      **kwargs: warn_once.

    Raises:
      ValueError: for a date of another form, no instructions, no arguments, other keywords, or arguments that the function does not have.
    """
    _check(date, instructions)
    if not deprecated_arg_names_or_tuples:
        raise ValueError("Specify which argument is deprecated.")
    once = kwargs.pop("warn_once", True)
    if kwargs:
        raise ValueError("Illegal argument to deprecated_args: %s" % kwargs)
    fine = dict(d if isinstance(d, tuple) else (d, ()) for d in deprecated_arg_names_or_tuples)
    with_value = {d[0] for d in deprecated_arg_names_or_tuples if isinstance(d, tuple)}

    def decorate(func):
        decorator_utils.validate_callable(func, "deprecated_args")
        from pytfgraph.util import tf_inspect
        spec = tf_inspect.getfullargspec(func)
        known = spec.args + [spec.varargs, spec.varkw]
        missing = [name for name in fine if name not in known]
        if missing:
            raise ValueError("The following deprecated arguments are not present in the function signature: %s. Found next arguments: %s."
                             % (missing, known))
        places = {name: spec.args.index(name) for name in fine if name in spec.args}

        def given(args, kwargs):
            """The deprecated arguments of a call."""
            values = tf_inspect.getcallargs(func, *args, **kwargs)

            def counts(name):
                return name not in with_value or not _same_value(values[name], fine[name])

            names = [name for name, place in places.items() if place < len(args) and counts(name)]
            if spec.varargs in fine and len(args) > len(spec.args):
                names.append(spec.varargs)
            if spec.varkw in fine and kwargs:
                names.append(spec.varkw)
            return names + [name for name in places if name in kwargs and counts(name)]

        @functools.wraps(func)
        def new_func(*args, **kwargs):
            if _PRINT_DEPRECATION_WARNINGS:
                for name in given(args, kwargs):
                    _warn_of_use((func, name), once, func, "calling %s (from %s) with %s", (name,), date, instructions)
            return func(*args, **kwargs)
        return tf_decorator.make_decorator(func, new_func, "deprecated", _argument_doc(func.__doc__, date, instructions))
    return decorate


def deprecated_arg_values(date, instructions, warn_once=True, **deprecated_kwargs):
    """A decorator that logs, at the first call with one (each, without `warn_once`), that values of arguments are deprecated.

    `date` is when they go ("2018-12-31"), or None; `deprecated_kwargs` are the values.  ValueError for a date of another form, no
    instructions, no values, and what is no function.
    """
    _check(date, instructions)
    if not deprecated_kwargs:
        raise ValueError("Specify which argument values are deprecated.")

    def decorate(func):
        decorator_utils.validate_callable(func, "deprecated_arg_values")

        @functools.wraps(func)
        def new_func(*args, **kwargs):
            if _PRINT_DEPRECATION_WARNINGS:
                from pytfgraph.util import tf_inspect
                values = tf_inspect.getcallargs(func, *args, **kwargs)
                for name, value in deprecated_kwargs.items():
                    if name in values and values[name] == value:
                        _warn_of_use((func, name), warn_once, func, "calling %s (from %s) with %s=%s", (name, value), date, instructions)
            return func(*args, **kwargs)
        return tf_decorator.make_decorator(func, new_func, "deprecated", _argument_doc(func.__doc__, date, instructions))
    return decorate


def deprecated_alias(deprecated_name, name, func_or_class, warn_once=True):
    """A function or class under an older name, whose use is logged (once, with `warn_once`)."""
    if isinstance(func_or_class, type):
        return _class_alias(deprecated_name, name, func_or_class, warn_once)
    decorator_utils.validate_callable(func_or_class, "deprecated")

    @functools.wraps(func_or_class)
    def new_func(*args, **kwargs):
        _warn(new_func, warn_once, 1, "The name %s is deprecated. Please use %s instead.\n", deprecated_name, name)
        return func_or_class(*args, **kwargs)
    return tf_decorator.make_decorator(func_or_class, new_func, "deprecated",
                                       _function_doc(func_or_class.__doc__, None, "Please use %s instead." % name))


def _class_alias(deprecated_name, name, cls, warn_once):
    class _NewClass(cls):
        __doc__ = decorator_utils.add_notice_to_docstring(cls.__doc__, "Please use %s instead." % name, "DEPRECATED CLASS", "(deprecated)",
                                                          ["THIS CLASS IS DEPRECATED. It will be removed in a future version. "])
        __name__ = cls.__name__
        __module__ = _place(2)

        def __init__(self, *args, **kwargs):
            _warn(_NewClass, warn_once, 1, "The name %s is deprecated. Please use %s instead.\n", deprecated_name, name)
            super().__init__(*args, **kwargs)
        __init__ = tf_decorator.make_decorator(cls.__init__, __init__, "__init__")

    return _NewClass


def deprecated_endpoints(*args):
    """A decorator that notes the public names under which a thing is deprecated; DeprecatedNamesAlreadySet where it has some."""
    def decorate(func):
        if "_tf_deprecated_api_names" in vars(func):
            raise DeprecatedNamesAlreadySet("Cannot set deprecated names for %s to %s. Deprecated names are already set to %s."
                                            % (func.__name__, args, func._tf_deprecated_api_names))
        func._tf_deprecated_api_names = args
        return func
    return decorate


def rewrite_argument_docstring(old_doc, old_argument, new_argument):
    """Documentation in which an argument has another name."""
    return old_doc.replace("`%s`" % old_argument, "`%s`" % new_argument).replace("%s:" % old_argument, "%s:" % new_argument)


@contextlib.contextmanager
def silence():
    """A block in which nothing is logged of deprecated things."""
    global _PRINT_DEPRECATION_WARNINGS
    before, _PRINT_DEPRECATION_WARNINGS = _PRINT_DEPRECATION_WARNINGS, False
    try:
        yield
    finally:
        _PRINT_DEPRECATION_WARNINGS = before


def warn_of_argument(function, module, argument, instructions):
    """Logs, at the first call that names it, that an argument is deprecated; called by the function that has it."""
    _warn((module, function, argument), True, 2, "calling %s (from %s) with %s is deprecated and will be removed in a future version.\n"
          "Instructions for updating:\n%s", function, _theirs(module), argument, instructions)
