"""Staging areas: elements that wait between runs, on their way from those who make them to those who need them."""
from pytfgraph.framework import ops, tensor_shape
from pytfgraph.ops import array_ops, control_flow_ops
from pytfgraph.ops.data_flow_ops import gen


class BaseStagingArea:
    """What the two kinds of staging areas have in common.

    Args:
      dtypes: of an element's components, a list of DTypes.
      shapes: of the components, or None for any.
      names: of the components, or None; with names, elements are dicts.
      shared_name: under which several Python objects, and sessions, share the area; by default one that is new in its graph.
      capacity: the most elements it holds; 0 for no limit.
      memory_limit: the most bytes that its elements may have; 0 for no limit.

    Raises:
      ValueError: where the lists' lengths differ, or shared_name is no string.
    """

    def __init__(self, dtypes, shapes=None, names=None, shared_name=None, capacity=0, memory_limit=0):
        if shared_name is not None and not isinstance(shared_name, str):
            raise ValueError("shared_name must be a string")
        self._name = ops.get_default_graph().unique_name(type(self).__name__) if shared_name is None else shared_name
        self._dtypes = dtypes
        if shapes is not None and len(shapes) != len(dtypes):
            raise ValueError("StagingArea shapes must be the same length as dtypes")
        self._shapes = [tensor_shape.TensorShape(s) if shapes is not None else tensor_shape.unknown_shape() for s in shapes or dtypes]
        if names is not None and len(names) != len(dtypes):
            raise ValueError("StagingArea names must be the same length as dtypes")
        self._names = names
        self._capacity = capacity
        self._memory_limit = memory_limit
        # Operations on the area stay on the device of this one.
        with ops.name_scope("%s_root" % self._name):
            self._coloc_op = control_flow_ops.no_op()

    @property
    def name(self):
        """The name under which the area is known to its session."""
        return self._name

    @property
    def dtypes(self):
        """DTypes of the components."""
        return self._dtypes

    @property
    def shapes(self):
        """TensorShapes of the components."""
        return self._shapes

    @property
    def names(self):
        """Names of the components, or None."""
        return self._names

    @property
    def capacity(self):
        """The most elements; 0: no limit."""
        return self._capacity

    @property
    def memory_limit(self):
        """The most bytes; 0: no limit."""
        return self._memory_limit

    def _limits(self):
        return {"shared_name": self._name, "capacity": self._capacity, "memory_limit": self._memory_limit}

    def _ask(self, function, name, what):
        return function(name="%s_%s" % (self._name, what) if name is None else name, dtypes=self._dtypes, **self._limits())

    def _check_put_dtypes(self, vals, indices=None):
        """Values, and which components they are, as two sequences; ValueError where they are not of the area's types and shapes."""
        if isinstance(vals, dict):
            vals, indices = self._by_name(vals)
        elif self._names:
            raise ValueError("You must enqueue a dictionary in a staging area with names")
        elif indices is None:
            raise ValueError("Indices must be supplied when inserting a list of tensors")
        elif len(indices) != len(vals):
            raise ValueError("Number of indices '%s' doesn't match number of values '%s'")
        elif not isinstance(vals, (list, tuple)):
            vals, indices = [vals], [0]
        if len(vals) > len(self._dtypes):
            raise ValueError("Unexpected number of inputs '%s' vs '%s'" % (len(vals), len(self._dtypes)))
        tensors = []
        for value, i in zip(vals, indices):
            if value.dtype != self._dtypes[i]:
                raise ValueError("Datatypes do not match. '%s' != '%s'" % (value.dtype, self._dtypes[i]))
            value.get_shape().assert_is_compatible_with(self._shapes[i])
            tensors.append(ops.convert_to_tensor(value, dtype=self._dtypes[i], name="component_%d" % i))
        return tensors, indices

    def _by_name(self, vals):
        if not self._names:
            raise ValueError("Staging areas must have names to enqueue a dictionary")
        if not set(vals).issubset(self._names):
            raise ValueError("Keys in dictionary to put do not match names of staging area. Dictionary: (%s), Queue: (%s)"
                             % (sorted(vals), sorted(self._names)))
        indices = [i for i, name in enumerate(self._names) if name in vals]
        if not indices:
            raise ValueError("not enough values to unpack (expected 3, got 0)")
        return tuple(vals[self._names[i]] for i in indices), tuple(indices)

    def _create_device_transfers(self, tensors):
        """Tensors as they are needed on the device where one asks for them."""
        if not isinstance(tensors, (tuple, list)):
            tensors = [tensors]
        here = control_flow_ops.no_op().device
        return tensors if here == self._coloc_op.device else [array_ops.identity(t) for t in tensors]

    def _get_return_value(self, tensors, indices):
        """What a caller gets for some components: a dict where they have names, else a list."""
        tensors = self._create_device_transfers(tensors)
        for t, i in zip(tensors, indices):
            t.set_shape(self._shapes[i])
        if self._names:
            return {self._names[i]: t for t, i in zip(tensors, indices)}
        return tensors

    @staticmethod
    def _scope_vals(vals):
        return vals if isinstance(vals, (list, tuple)) else vals.values() if isinstance(vals, dict) else [vals]


class StagingArea(BaseStagingArea):
    """A row of elements: what came first leaves first.

    put waits while the area is full, get and peek wait for an element; closing the session, a timeout and Ctrl-C end a wait.

    Args:
      dtypes: of an element's components, a list of DTypes.
      shapes: of the components, or None for any.
      names: of the components, or None; with names, elements are dicts.
      shared_name: under which several Python objects, and sessions, share the area.
      capacity: the most elements it holds; 0 for no limit.
      memory_limit: the most bytes that its elements may have; 0 for no limit.

    Raises:
      ValueError: where the lists' lengths differ, or shared_name is no string.
    """

    def put(self, values, name=None):
        """An Operation that puts an element in.

        Args:
          values: a Tensor, a list or tuple of Tensors, or a dict of them.
          name: of the operation.

        Raises:
          ValueError: where number, types or shapes are not the area's.
        """
        with ops.name_scope(name, "%s_put" % self._name, self._scope_vals(values)) as scope:
            if not isinstance(values, (list, tuple, dict)):
                values = [values]
            values, _ = self._check_put_dtypes(values, list(range(len(values))))
            with ops.colocate_with(self._coloc_op):
                return gen.stage(values=values, name=scope, **self._limits())

    def _element(self, make):
        with ops.colocate_with(self._coloc_op):
            tensors = make()
        return self._get_return_value(tensors, range(len(self._dtypes)))

    def get(self, name=None):
        """The first element's Tensors, which leave the area: a list, or a dict where components have names."""
        return self._element(lambda: self._ask(gen.unstage, name, "get"))

    def peek(self, index, name=None):
        """The Tensors of the element at `index`, an int32 scalar, which stay in the area."""
        return self._element(lambda: self._ask(lambda **kwargs: gen.stage_peek(index, **kwargs), name, "peek"))

    def size(self, name=None):
        """The number of elements, an int32 Tensor."""
        return self._ask(gen.stage_size, name, "size")

    def clear(self, name=None):
        """An Operation that drops all elements."""
        return self._ask(gen.stage_clear, name, "clear")


class MapStagingArea(BaseStagingArea):
    """Elements by key, an int64 scalar.

    An element may be put in by parts; it can be taken when all parts are there.  It may be taken by parts, and is gone when all
    parts are.  put waits while the area is full (parts count as memory, not as elements), get and peek wait for their key;
    closing the session, a timeout and Ctrl-C end a wait.

    Args:
      dtypes: of an element's components, a list of DTypes.
      shapes: of the components, or None for any.
      names: of the components, or None; with names, elements are dicts.
      shared_name: under which several Python objects, and sessions, share the area.
      ordered: whether get without a key takes the least one, rather than any.
      capacity: the most elements it holds; 0 for no limit.
      memory_limit: the most bytes that its elements may have; 0 for no limit.

    Raises:
      ValueError: where the lists' lengths differ, or shared_name is no string.
    """

    def __init__(self, dtypes, shapes=None, names=None, shared_name=None, ordered=False, capacity=0, memory_limit=0):
        super().__init__(dtypes, shapes, names, shared_name, capacity, memory_limit)
        self._ordered = ordered

    def _function(self, what):
        return getattr(gen, ("ordered_map_" if self._ordered else "map_") + what)

    def put(self, key, vals, indices=None, name=None):
        """An Operation that puts an element, or parts of it, in.

        Args:
          key: an int64 scalar.
          vals: a list or tuple of Tensors, or a dict of them.
          indices: which components vals are; not needed for a dict.
          name: of the operation.

        Raises:
          ValueError: where number, types or shapes are not the area's, or indices are missing.
        """
        with ops.name_scope(name, "%s_put" % self._name, self._scope_vals(vals)) as scope:
            vals, indices = self._check_put_dtypes(vals, indices)
            with ops.colocate_with(self._coloc_op):
                return self._function("stage")(key, indices, vals, dtypes=self._dtypes, name=scope, **self._limits())

    def _get_indices_and_dtypes(self, indices=None):
        if indices is None:
            indices = list(range(len(self._dtypes)))
        if not isinstance(indices, (tuple, list)):
            raise TypeError("Invalid indices type '%s'" % type(indices))
        if not indices:
            raise ValueError("Empty indices")
        if all(isinstance(i, str) for i in indices):
            if self._names is None:
                raise ValueError("String indices provided '%s', but this Staging Area was not created with names." % indices)
            unknown = [i for i in indices if i not in self._names]
            if unknown:
                raise ValueError("Named index '%s' not in Staging Area names '%s'" % (unknown[0], self._names))
            indices = [self._names.index(i) for i in indices]
        elif not all(isinstance(i, int) for i in indices):
            raise TypeError("Mixed types in indices '%s'. May only be str or int" % indices)
        return indices, [self._dtypes[i] for i in indices]

    def _call(self, what, indices, name, default, *key):
        indices, dtypes = self._get_indices_and_dtypes(indices)
        with ops.colocate_with(self._coloc_op):
            return indices, self._function(what)(*key, indices=indices, dtypes=dtypes,
                                                 name="%s_%s" % (self._name, default) if name is None else name, **self._limits())

    def peek(self, key, indices=None, name=None):
        """The Tensors of the element with that key, which stay in the area.

        Args:
          key: an int64 scalar.
          indices: the components wanted, as numbers or names; None for all.
          name: of the operation.
        """
        indices, result = self._call("peek", indices, name, "pop", key)
        return self._get_return_value(result, indices)

    def get(self, key=None, indices=None, name=None):
        """A key, and the Tensors of its element, which leave the area.

        Args:
          key: an int64 scalar; None for any, or the least where the area is ordered.
          indices: the components wanted, as numbers or names; None for all.
          name: of the operation.
        """
        if key is not None:
            indices, result = self._call("unstage", indices, name, "get", key)
            return key, self._get_return_value(result, indices)
        indices, (key, result) = self._call("unstage_no_key", indices, name, "get_nokey")
        key = self._create_device_transfers(key)[0]
        return key, self._get_return_value(result, indices)

    def size(self, name=None):
        """The number of elements that are there as a whole, an int32 Tensor."""
        return self._ask(self._function("size"), name, "size")

    def incomplete_size(self, name=None):
        """The number of elements of which parts are still to come, an int32 Tensor."""
        return self._ask(self._function("incomplete_size"), name, "incomplete_size")

    def clear(self, name=None):
        """An Operation that drops all elements."""
        return self._ask(self._function("clear"), name, "clear")
