"""Nested lists, tuples, namedtuples and dicts as flat lists, and back."""
import collections.abc

from pytfgraph import _core
from pytfgraph.util import nesting


def is_sequence(x):
    """Whether `x` is a list, tuple, dict, an instance of an attrs class, or another sequence that is not a string."""
    return nesting.is_mapping(x) or nesting.is_attrs(x) or (
        isinstance(x, collections.abc.Sequence) and not isinstance(x, (str, bytes)) and not isinstance(x, _core.TensorShape))


_NESTING = nesting.Nesting(is_sequence, equal_namedtuples=True)


def flatten(structure):
    """The leaves in order (dicts by sorted key), a list; [x] for a single leaf x."""
    return _NESTING.flatten(structure)


def pack_sequence_as(structure, flat_sequence):
    """`structure` with its leaves replaced, in order; ValueError where their number differs, TypeError for a flat_sequence that is none."""
    return _NESTING.pack_sequence_as(structure, flat_sequence)


def _check_map(func, structure, check_types):
    if not callable(func):
        raise TypeError("func must be callable, got: %s" % func)
    if not structure:
        raise ValueError("Must provide at least one structure")
    for other in structure[1:]:
        assert_same_structure(structure[0], other, check_types=check_types)


def map_structure(func, *structure, **check_types_dict):
    """func applied to corresponding leaves, in the first structure's form; TypeError, ValueError where structures differ."""
    check_types = check_types_dict.pop("check_types", True)
    _check_map(func, structure, True if check_types_dict else check_types)
    if check_types_dict:
        raise ValueError("Only valid keyword argument is check_types")
    return pack_sequence_as(structure[0], [func(*x) for x in zip(*[flatten(s) for s in structure])])


def map_structure_with_paths(func, *structure, **kwargs):
    """map_structure, where func gets the path to the leaves ("a/0/b") before them, and the other keywords."""
    _check_map(func, structure, kwargs.pop("check_types", True))
    paths = [path for path, _ in flatten_with_joined_string_paths(structure[0])] if structure else []
    return pack_sequence_as(structure[0], [func(path, *x, **kwargs) for path, x in zip(paths, zip(*[flatten(s) for s in structure]))])


def yield_flat_paths(nest):
    """Yields for each leaf, in the order of flatten, the tuple of the keys, fields and places that lead to it."""
    if isinstance(nest, collections.abc.Mapping):
        parts = [(key, nest[key]) for key in nesting.sorted_keys(nest)]
    elif nesting.is_namedtuple(nest):
        parts = zip(nest._fields, nest)
    elif isinstance(nest, collections.abc.Sequence) and not isinstance(nest, str):
        parts = enumerate(nest)
    else:
        yield ()
        return
    for key, value in parts:
        for path in yield_flat_paths(value):
            yield (key,) + path


def flatten_with_joined_string_paths(structure, separator="/"):
    """[(path, leaf)] in the order of flatten; a path is one text."""
    paths = [separator.join(map(str, path)) for path in yield_flat_paths(structure)]
    return list(zip(paths, flatten(structure)))


def assert_same_structure(nest1, nest2, check_types=True):
    """Raises ValueError where two structures differ in shape, TypeError where in the types of their sequences."""
    difference = _difference(nest1, nest2, check_types)
    if difference is None:
        return
    kind, text = difference
    raise kind("The two structures don't have the same nested structure.\n\nFirst structure: %s\n\nSecond structure: %s\n\nMore "
               "specifically: %s\nEntire first structure:\n%s\nEntire second structure:\n%s"
               % (_described(nest1), _described(nest2), text, _dots(nest1), _dots(nest2)))


def _described(x):
    return "type=%s str=%s" % (type(x).__name__, x)


def _dots(structure):
    return str(map_structure(lambda _: _Dot(), structure))


class _Dot:
    def __str__(self):
        return "."

    __repr__ = __str__


def _difference(a, b, check_types):
    """The first difference of two structures as (exception class, text), or None."""
    if is_sequence(a) != is_sequence(b):
        if not is_sequence(a):
            a, b = b, a
        return ValueError, "Substructure \"%s\" is a sequence, while substructure \"%s\" is not" % (_described(a), _described(b))
    if not is_sequence(a):
        return None
    if check_types and type(a) is not type(b) and not _exchangeable(a, b):
        return TypeError, ("The two namedtuples don't have the same sequence type. First structure %s has type %s, while second structure "
                           "%s has type %s" % (_described(a), type(a).__name__, _described(b), type(b).__name__))
    if isinstance(a, collections.abc.Mapping) and isinstance(b, collections.abc.Mapping) and set(a) != set(b):
        return ValueError, ("The two dictionaries don't have the same set of keys. First structure has keys %s, while second structure has "
                            "keys %s" % (_described(list(a)), _described(list(b))))
    x, y = nesting.values(a), nesting.values(b)
    inside = next((d for d in (_difference(u, v, check_types) for u, v in zip(x, y)) if d is not None), None)
    if inside is None and len(x) != len(y):
        return ValueError, ("The two structures don't have the same number of elements. First structure: %s. Second structure: %s"
                            % (_described(a), _described(b)))
    return inside


def _exchangeable(a, b):
    if nesting.is_mapping(a) and nesting.is_mapping(b) or isinstance(a, list) and isinstance(b, list):
        return True
    return nesting.is_namedtuple(a) and nesting.is_namedtuple(b) and type(a).__name__ == type(b).__name__ and a._fields == b._fields


def flatten_up_to(shallow_tree, input_tree):
    """The subtrees of `input_tree` at the leaves of `shallow_tree`."""
    return _NESTING.flatten_up_to(shallow_tree, input_tree)


def assert_shallow_structure(shallow_tree, input_tree, check_types=True):
    """Raises TypeError or ValueError where `input_tree` does not begin like `shallow_tree`."""
    _NESTING.assert_shallow_structure(shallow_tree, input_tree, check_types)


def map_structure_up_to(shallow_tree, func, *inputs):
    """func applied to corresponding subtrees at the leaves of `shallow_tree`."""
    return _NESTING.map_structure_up_to(shallow_tree, func, *inputs)


def get_traverse_shallow_structure(traverse_fn, structure):
    """A structure of bools, as deep as `traverse_fn` says: True at leaves, False at what is not to be entered.

    traverse_fn gets each substructure, and says whether to enter it: a bool, or a structure of bools for what it holds.

    Raises:
      TypeError: if it gives anything else.
    """
    enter = traverse_fn(structure)
    if not is_sequence(structure):
        if not isinstance(enter, bool):
            raise TypeError("traverse_fn returned structure: %s for non-structure: %s" % (enter, structure))
        return enter
    if isinstance(enter, bool):
        if not enter:
            return False
        parts = [get_traverse_shallow_structure(traverse_fn, v) for v in nesting.values(structure)]
    elif not is_sequence(enter):
        raise TypeError("traverse_fn returned a non-bool scalar: %s for input: %s" % (enter, structure))
    else:
        assert_shallow_structure(enter, structure)
        parts = []
        for go, v in zip(nesting.values(enter), nesting.values(structure)):
            if not isinstance(go, bool):
                raise TypeError("traverse_fn didn't return a depth=1 structure of bools.  saw: %s  for structure: %s" % (enter, structure))
            parts.append(get_traverse_shallow_structure(traverse_fn, v) if go else False)
    return nesting.same_kind(structure, parts)


def flatten_dict_items(dictionary):
    """A dict whose keys may be nested: {(a, b): (1, 2)} gives {a: 1, b: 2}; TypeError, ValueError where they do not fit."""
    if not isinstance(dictionary, collections.abc.Mapping):
        raise TypeError("input must be a dictionary")
    flat = {}
    for key, value in dictionary.items():
        pairs = [(key, value)]
        if is_sequence(key):
            keys, values = flatten(key), flatten(value)
            if len(keys) != len(values):
                raise ValueError("Could not flatten dictionary. Key had %d elements, but value had %d elements. Key: %s, value: %s."
                                 % (len(keys), len(values), keys, values))
            pairs = zip(keys, values)
        for k, v in pairs:
            if k in flat:
                raise ValueError("Could not flatten dictionary: key %s is not unique." % k)
            flat[k] = v
    return flat
