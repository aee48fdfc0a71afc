"""Structures of elements: tuples, namedtuples and dicts.  A list is not one: it becomes a tensor."""
import collections.abc

from pytfgraph.framework.sparse_tensor import SparseTensorValue
from pytfgraph.util import nesting


def is_sequence(x):
    """Whether `x` is a structure of others."""
    return isinstance(x, collections.abc.Mapping) or (isinstance(x, tuple) and not isinstance(x, SparseTensorValue))


_NESTING = nesting.Nesting(is_sequence, equal_namedtuples=False)


def flatten(structure):
    """The leaves, dicts in the order of their keys."""
    return _NESTING.flatten(structure)


def pack_sequence_as(structure, flat_sequence):
    """The leaves `flat_sequence` in a structure like `structure`.

    Raises:
      TypeError: `flat_sequence` is no list.
      ValueError: there are more or fewer leaves than `structure` has.
    """
    return _NESTING.pack_sequence_as(structure, flat_sequence)


def _check_same(a, b, check_types, whole):
    if is_sequence(a) != is_sequence(b):
        raise ValueError("The two structures don't have the same nested structure.\n\nFirst structure: %s\n\nSecond structure: %s" % whole)
    if not is_sequence(a):
        return
    if check_types and type(a) is not type(b):
        raise TypeError("The two structures don't have the same sequence type. First structure has type %s, while second structure has "
                        "type %s." % (type(a), type(b)))
    if check_types and isinstance(a, collections.abc.Mapping) and set(a) != set(b):
        raise ValueError("The two dictionaries don't have the same set of keys. First structure has keys %s, while second structure has "
                         "keys %s." % (list(a), list(b)))
    if len(a) != len(b):
        raise ValueError("The two structures don't have the same nested structure.\n\nFirst structure: %s\n\nSecond structure: %s" % whole)
    for x, y in zip(nesting.values(a), nesting.values(b)):
        _check_same(x, y, check_types, whole)


def assert_same_structure(nest1, nest2, check_types=True):
    """Checks that two structures are alike.

    Raises:
      ValueError: they are not.
      TypeError: they differ in the types of their sequences, and `check_types`.
    """
    _check_same(nest1, nest2, check_types, (nest1, nest2))


def map_structure(func, *structure, check_types=True):
    """func of the leaves of like structures, in a structure like the first."""
    if not callable(func):
        raise TypeError("func must be callable, got: %s" % func)
    if not structure:
        raise ValueError("Must provide at least one structure")
    for other in structure[1:]:
        assert_same_structure(structure[0], other, check_types=check_types)
    return pack_sequence_as(structure[0], [func(*leaves) for leaves in zip(*map(flatten, structure))])


def assert_shallow_structure(shallow_tree, input_tree, check_types=True):
    """Checks that `input_tree` has at least the structure of `shallow_tree`.

    Raises:
      TypeError: a sequence is missing, or of another type.
      ValueError: a sequence has another length or other keys.
    """
    _NESTING.assert_shallow_structure(shallow_tree, input_tree, check_types)


def flatten_up_to(shallow_tree, input_tree):
    """What stands in `input_tree` where `shallow_tree` has its leaves."""
    return _NESTING.flatten_up_to(shallow_tree, input_tree)


def map_structure_up_to(shallow_tree, func, *inputs):
    """func of what stands in each of `inputs` where `shallow_tree` has its leaves."""
    return _NESTING.map_structure_up_to(shallow_tree, func, *inputs)
