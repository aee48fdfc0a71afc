"""Structures of structures as flat lists, and back: what nest modules have in common.  They differ in what is a sequence and what a leaf."""
import collections
import collections.abc


def is_mapping(x):
    return isinstance(x, collections.abc.Mapping)


def is_namedtuple(x):
    return isinstance(x, tuple) and hasattr(x, "_fields")


def is_attrs(x):
    """Whether `x` is an instance of a class made by the package attrs."""
    return hasattr(type(x), "__attrs_attrs__")


def sorted_keys(mapping):
    try:
        return sorted(mapping)
    except TypeError:
        raise TypeError("nest only supports dicts with sortable keys.")


def values(x):
    """The parts of a sequence in order, dicts by their sorted keys."""
    if is_mapping(x):
        return [x[k] for k in sorted_keys(x)]
    if is_attrs(x):
        return [getattr(x, a.name) for a in type(x).__attrs_attrs__]
    return list(x)


def same_kind(like, parts):
    """A sequence of the kind of `like` of other parts."""
    if is_mapping(like):
        made = dict(zip(sorted_keys(like), parts))
        ordered = [(k, made[k]) for k in like]
        if isinstance(like, collections.defaultdict):
            return collections.defaultdict(like.default_factory, ordered)
        return type(like)(ordered)
    if is_namedtuple(like) or is_attrs(like):
        return type(like)(*parts)
    return type(like)(parts)


class Nesting:
    """Structures of what `is_sequence` says is one."""

    def __init__(self, is_sequence, equal_namedtuples):
        """equal_namedtuples: whether namedtuples of one name and one list of fields are of one type."""
        self.is_sequence, self._equal_namedtuples = is_sequence, equal_namedtuples

    def flatten(self, structure):
        if not self.is_sequence(structure):
            return [structure]
        out = []
        self._flatten_into(structure, out)
        return out

    def _flatten_into(self, structure, out):
        for v in values(structure):
            if self.is_sequence(v):
                self._flatten_into(v, out)
            else:
                out.append(v)

    def pack_sequence_as(self, structure, flat_sequence):
        if not (self.is_sequence(flat_sequence) or isinstance(flat_sequence, list)):
            raise TypeError("flat_sequence must be a sequence")
        if not self.is_sequence(structure):
            if len(flat_sequence) != 1:
                raise ValueError("Structure is a scalar but len(flat_sequence) == %d > 1" % len(flat_sequence))
            return flat_sequence[0]
        n = len(self.flatten(structure))
        if n != len(flat_sequence):
            raise ValueError("Could not pack sequence. Structure had %d elements, but flat_sequence had %d elements.  Structure: %s, "
                             "flat_sequence: %s." % (n, len(flat_sequence), structure, flat_sequence))
        leaves = iter(flat_sequence)

        def build(x):
            return same_kind(x, [build(v) if self.is_sequence(v) else next(leaves) for v in values(x)])
        return build(structure)

    def flatten_up_to(self, shallow_tree, input_tree):
        self.assert_shallow_structure(shallow_tree, input_tree)
        return self._flat_up_to(shallow_tree, input_tree)

    def _flat_up_to(self, shallow, deep):
        if not self.is_sequence(shallow):
            return [deep]
        return [leaf for s, d in zip(values(shallow), values(deep)) for leaf in self._flat_up_to(s, d)]

    def _check_kinds(self, shallow, deep):
        if isinstance(deep, type(shallow)):
            return
        both = self._equal_namedtuples and is_namedtuple(shallow) and is_namedtuple(deep)
        if not both or type(shallow).__name__ != type(deep).__name__ or shallow._fields != deep._fields:
            raise TypeError("The two %s don't have the same sequence type. Input structure has type %s, while shallow structure has "
                            "type %s." % ("namedtuples" if both else "structures", type(deep), type(shallow)))

    def assert_shallow_structure(self, shallow_tree, input_tree, check_types=True):
        if not self.is_sequence(shallow_tree):
            return
        if not self.is_sequence(input_tree):
            raise TypeError("If shallow structure is a sequence, input must also be a sequence. Input has type: %s." % type(input_tree))
        if check_types:
            self._check_kinds(shallow_tree, input_tree)
        if len(input_tree) != len(shallow_tree):
            raise ValueError("The two structures don't have the same sequence length. Input structure has length %s, while shallow structure "
                             "has length %s." % (len(input_tree), len(shallow_tree)))
        if check_types and is_mapping(shallow_tree) and set(input_tree) != set(shallow_tree):
            raise ValueError("The two structures don't have the same keys. Input structure has keys %s, while shallow structure has keys %s."
                             % (list(input_tree), list(shallow_tree)))
        for s, v in zip(values(shallow_tree), values(input_tree)):
            self.assert_shallow_structure(s, v, check_types=check_types)

    def map_structure_up_to(self, shallow_tree, func, *inputs):
        if not inputs:
            raise ValueError("Cannot map over no sequences")
        flat = [self.flatten_up_to(shallow_tree, x) for x in inputs]
        return self.pack_sequence_as(shallow_tree, [func(*x) for x in zip(*flat)])
