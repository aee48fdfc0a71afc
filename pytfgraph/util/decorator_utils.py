"""What decorators that change documentation share."""
import inspect


def get_qualified_name(function):
    """The name of a function, with that of its class."""
    return function.__qualname__ if hasattr(function, "__qualname__") else function.__name__


def _normalize_docstring(docstring):
    """Documentation without its indentation and the blank lines around it."""
    return "\n".join(line.rstrip() for line in inspect.cleandoc(docstring).splitlines()) if docstring else ""


def add_notice_to_docstring(doc, instructions, no_doc_str, suffix_str, notice):
    """Documentation with a notice behind its first line.

    Args:
      doc: the documentation, or None.
      instructions: the notice's last line, if it is not empty.
      no_doc_str: what stands for the first line where there is none.
      suffix_str: what is added to the first line where there is one.
      notice: the other lines of the notice.
    """
    lines = _normalize_docstring(doc).splitlines() if doc else []
    lines[:1] = ["%s %s" % (lines[0], suffix_str) if lines else no_doc_str]
    added = [""] + notice + ([instructions] if instructions else [])
    if len(lines) > 1 and lines[1].strip():
        added.append("")
    return "\n".join(lines[:1] + added + lines[1:])


def validate_callable(func, decorator_name):
    """ValueError for what is no function, as a property is."""
    if not hasattr(func, "__call__"):
        raise ValueError("%s is not a function. If this is a property, make sure @property appears before @%s in your source code:"
                         "\n\n@property\n@%s\ndef method(...)" % (func, decorator_name, decorator_name))


class classproperty:
    """A decorator: a property of the class itself."""

    def __init__(self, func):
        self._func = func

    def __get__(self, owner_self, owner_cls):
        return self._func(owner_cls)
