"""Decorators that say which objects do not belong in documentation; they change nothing else."""

_DO_NOT_DOC = "_tf_docs_do_not_document"
_DO_NOT_DOC_INHERITABLE = "_tf_docs_do_not_doc_inheritable"
_FOR_SUBCLASS_IMPLEMENTERS = "_tf_docs_tools_for_subclass_implementers"


def _marked(obj, mark):
    setattr(obj, mark, None)
    return obj


def _getter(obj):
    return obj.fget if isinstance(obj, property) else obj


def do_not_generate_docs(obj):
    """Marks an object that is not documented; those that override it are.  Returns it."""
    return _marked(obj, _DO_NOT_DOC)


def do_not_doc_inheritable(obj):
    """Marks a method that is not documented, also not where a subclass overrides it.  Returns it."""
    return _marked(obj, _DO_NOT_DOC_INHERITABLE)


def for_subclass_implementers(obj):
    """Marks a method that is documented in the class that has it, not in subclasses.  Returns it."""
    return _marked(obj, _FOR_SUBCLASS_IMPLEMENTERS)


def should_skip(obj):
    """Whether an object is marked as not documented."""
    obj = _getter(obj)
    return hasattr(obj, _DO_NOT_DOC) or hasattr(obj, _DO_NOT_DOC_INHERITABLE)


def should_skip_class_attr(cls, name):
    """Whether an attribute of a class is left out of its documentation.

    Args:
      cls: the class.
      name: of the attribute.

    Raises:
      AttributeError: where there is none, except for the "name" and "value" of enums.
    """
    try:
        obj = _getter(getattr(cls, name))
    except AttributeError:
        if name in ("name", "value"):
            return True
        raise
    if should_skip(obj):
        return True
    own = _getter(cls.__dict__.get(name))
    if own is not None and hasattr(own, _FOR_SUBCLASS_IMPLEMENTERS):
        return False
    inherited = (_getter(getattr(parent, name, None)) for parent in cls.__mro__[1:])
    return any(hasattr(obj, _DO_NOT_DOC_INHERITABLE) or hasattr(obj, _FOR_SUBCLASS_IMPLEMENTERS) for obj in inherited if obj is not None)
