"""Structures of elements: tuples, namedtuples and dicts.  A list is not one: it becomes a tensor."""
import collections.abc

from pytfgraph.framework.sparse_tensor import SparseTensorValue


def _sorted_keys(mapping):
    try:
        return sorted(mapping)
    except TypeError:
        raise TypeError("nest only supports dicts with sortable keys.")


def is_sequence(x):
    """Whether `x` is a structure of others."""
    return isinstance(x, collections.abc.Mapping) or (isinstance(x, tuple) and not isinstance(x, SparseTensorValue))


def _parts(x):
    return [x[k] for k in _sorted_keys(x)] if isinstance(x, collections.abc.Mapping) else list(x)


def _made_like(like, parts):
    """A structure of the kind of `like` from its parts in order."""
    if isinstance(like, collections.abc.Mapping):
        values = dict(zip(_sorted_keys(like), parts))
        return type(like)((k, values[k]) for k in like)
    return type(like)(*parts) if hasattr(like, "_fields") else type(like)(parts)


def flatten(structure):
    """The leaves, dicts in the order of their keys."""
    if not is_sequence(structure):
        return [structure]
    return [leaf for part in _parts(structure) for leaf in flatten(part)]


def _packed(structure, leaves):
    if not is_sequence(structure):
        return next(leaves)
    return _made_like(structure, [_packed(part, leaves) for part in _parts(structure)])


def pack_sequence_as(structure, flat_sequence):
    """The leaves `flat_sequence` in a structure like `structure`.

    Raises:
      TypeError: `flat_sequence` is no list.
      ValueError: there are more or fewer leaves than `structure` has.
    """
    if not (is_sequence(flat_sequence) or isinstance(flat_sequence, list)):
        raise TypeError("flat_sequence must be a sequence")
    n = len(flatten(structure))
    if not is_sequence(structure) and len(flat_sequence) != 1:
        raise ValueError("Structure is a scalar but len(flat_sequence) == %d > 1" % len(flat_sequence))
    if n != len(flat_sequence):
        raise ValueError("Could not pack sequence. Structure had %d elements, but flat_sequence had %d elements.  Structure: %s, "
                         "flat_sequence: %s." % (n, len(flat_sequence), structure, flat_sequence))
    return _packed(structure, iter(flat_sequence))


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
    for x, y in zip(_parts(a), _parts(b)):
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
    if not is_sequence(shallow_tree):
        return
    if not is_sequence(input_tree):
        raise TypeError("If shallow structure is a sequence, input must also be a sequence. Input has type: %s." % type(input_tree))
    if check_types and not isinstance(input_tree, type(shallow_tree)):
        raise TypeError("The two structures don't have the same sequence type. Input structure has type %s, while shallow structure has "
                        "type %s." % (type(input_tree), type(shallow_tree)))
    if len(input_tree) != len(shallow_tree):
        raise ValueError("The two structures don't have the same sequence length. Input structure has length %s, while shallow structure "
                         "has length %s." % (len(input_tree), len(shallow_tree)))
    if check_types and isinstance(shallow_tree, collections.abc.Mapping) and set(input_tree) != set(shallow_tree):
        raise ValueError("The two structures don't have the same keys. Input structure has keys %s, while shallow structure has keys %s."
                         % (list(input_tree), list(shallow_tree)))
    for shallow, deep in zip(_parts(shallow_tree), _parts(input_tree)):
        assert_shallow_structure(shallow, deep, check_types=check_types)


def _flat_up_to(shallow, deep):
    if not is_sequence(shallow):
        return [deep]
    return [leaf for s, d in zip(_parts(shallow), _parts(deep)) for leaf in _flat_up_to(s, d)]


def flatten_up_to(shallow_tree, input_tree):
    """What stands in `input_tree` where `shallow_tree` has its leaves."""
    assert_shallow_structure(shallow_tree, input_tree)
    return _flat_up_to(shallow_tree, input_tree)


def map_structure_up_to(shallow_tree, func, *inputs):
    """func of what stands in each of `inputs` where `shallow_tree` has its leaves."""
    if not inputs:
        raise ValueError("Cannot map over no sequences")
    flat = [flatten_up_to(shallow_tree, tree) for tree in inputs]
    return pack_sequence_as(shallow_tree, [func(*leaves) for leaves in zip(*flat)])
