"""tf.variable_scope and tf.get_variable: variables shared by name."""
import contextlib
import functools
import threading

from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import variables
from pytfgraph.ops.variable_store import AUTO_REUSE, _PartitionInfo, _ReuseMode, _VariableStore  # noqa: F401
from pytfgraph.ops.variables import VariableAggregation, VariableSynchronization  # noqa: F401
from pytfgraph.platform import tf_logging as logging

variable = variables.VariableV1

_VARSTORE_KEY = ("__variable_store",)
_VARSCOPESTORE_KEY = ("__varscope",)


def enable_resource_variables():
    """Makes resource variables where a program does not say which kind."""
    from pytfgraph.ops import variable_store
    variable_store.default_use_resource[0] = True


def disable_resource_variables():
    """Makes reference variables where a program does not say which kind."""
    from pytfgraph.ops import variable_store
    variable_store.default_use_resource[0] = False


def no_regularizer(_):
    """A regularizer that keeps an outer scope's from being used."""
    return None


class VariableScope:
    """What get_variable uses where its arguments do not say: prefix of names, reuse, initializer and so on."""

    def __init__(self, reuse, name="", initializer=None, regularizer=None, caching_device=None, partitioner=None, custom_getter=None,
                 name_scope="", dtype=dtypes.float32, use_resource=None, constraint=None):
        self._reuse = reuse
        self._name = name
        self._initializer = initializer
        self._regularizer = regularizer
        self._caching_device = caching_device
        self._partitioner = partitioner
        self._custom_getter = custom_getter
        self._name_scope = name_scope
        self._dtype = dtype
        self._use_resource = use_resource
        self._constraint = constraint

    @property
    def original_name_scope(self):
        return self._name_scope

    def reuse_variables(self):
        """From now on get_variable returns variables that exist."""
        self._reuse = True

    def get_collection(self, name):
        """The items of a collection under this scope's name."""
        return ops.get_collection(name, self._name + "/" if self._name else "")

    def trainable_variables(self):
        """The trainable variables under this scope."""
        return self.get_collection(ops.GraphKeys.TRAINABLE_VARIABLES)

    def global_variables(self):
        """The global variables under this scope."""
        return self.get_collection(ops.GraphKeys.GLOBAL_VARIABLES)

    def local_variables(self):
        """The local variables under this scope."""
        return self.get_collection(ops.GraphKeys.LOCAL_VARIABLES)

    def get_variable(self, var_store, name, shape=None, dtype=None, initializer=None, regularizer=None, reuse=None, trainable=None,
                     collections=None, caching_device=None, partitioner=None, validate_shape=True, use_resource=None,
                     custom_getter=None, constraint=None, synchronization=VariableSynchronization.AUTO,
                     aggregation=VariableAggregation.NONE):
        """Gets a variable with this scope's defaults; see get_variable."""
        def default(value, own):
            return own if value is None else value
        full_name = self.name + "/" + name if self.name else name
        # Variable names depend on variable scopes alone.
        with ops.name_scope(None):
            if dtype is not None and initializer is not None and not callable(initializer):
                init_dtype = ops.convert_to_tensor(initializer).dtype.base_dtype
                if init_dtype != dtype:
                    raise ValueError("Initializer type '%s' and explicit dtype '%s' don't match." % (init_dtype, dtype))
            return var_store.get_variable(
                full_name, shape=shape, dtype=default(dtype, self._dtype), initializer=default(initializer, self._initializer),
                regularizer=default(regularizer, self._regularizer), reuse=default(reuse, self._reuse), trainable=trainable,
                collections=collections, caching_device=default(caching_device, self._caching_device),
                partitioner=default(partitioner, self._partitioner), validate_shape=validate_shape,
                use_resource=default(use_resource, self._use_resource), custom_getter=default(custom_getter, self._custom_getter),
                constraint=default(constraint, self._constraint), synchronization=synchronization, aggregation=aggregation)

    def _get_partitioned_variable(self, var_store, name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=None,
                                  collections=None, caching_device=None, partitioner=None, validate_shape=True, use_resource=None,
                                  constraint=None):
        def default(value, own):
            return own if value is None else value
        if self._custom_getter is not None:
            raise ValueError("Private access to _get_partitioned_variable is not allowed when a custom getter is set.  Current custom "
                             "getter: %s.  It is likely that you're using create_partitioned_variables.  If so, consider instead using "
                             "get_variable with a non-empty partitioner parameter instead." % self._custom_getter)
        partitioner = default(partitioner, self._partitioner)
        if partitioner is None:
            raise ValueError("No partitioner was specified")
        with ops.name_scope(None):
            return var_store._get_partitioned_variable(
                "/".join(n for n in (self.name, name) if n), shape=shape, dtype=default(dtype, self._dtype),
                initializer=default(initializer, self._initializer), regularizer=default(regularizer, self._regularizer),
                reuse=self.reuse, trainable=trainable, collections=collections,
                caching_device=default(caching_device, self._caching_device), partitioner=partitioner, validate_shape=validate_shape,
                use_resource=default(use_resource, self._use_resource), constraint=default(constraint, self._constraint))


def _add_accessors():
    def getter(field):
        return property(lambda self: getattr(self, "_" + field), doc="This scope's %s." % field)

    def setter(field):
        def set_field(self, value):
            setattr(self, "_" + field, value)
        set_field.__name__ = "set_" + field
        set_field.__doc__ = "Sets this scope's %s." % field
        return set_field
    for field in ("name", "reuse", "initializer", "dtype", "use_resource", "regularizer", "caching_device", "partitioner",
                  "custom_getter", "constraint"):
        setattr(VariableScope, field, getter(field))
    for field in ("initializer", "dtype", "use_resource", "regularizer", "caching_device", "partitioner", "custom_getter"):
        setattr(VariableScope, "set_" + field, setter(field))


_add_accessors()


class _VariableScopeStore(threading.local):
    """A graph's current variable scope, per thread, and how often each was opened."""

    def __init__(self):
        super().__init__()
        self.current_scope = VariableScope(False)
        self.variable_scopes_count = {}

    def open_variable_scope(self, scope_name):
        self.variable_scopes_count[scope_name] = self.variable_scopes_count.get(scope_name, 0) + 1

    def close_variable_subscopes(self, scope_name):
        for k in self.variable_scopes_count:
            if scope_name is None or k.startswith(scope_name + "/"):
                self.variable_scopes_count[k] = 0

    def variable_scope_count(self, scope_name):
        return self.variable_scopes_count.get(scope_name, 0)


def _from_collection(key, make):
    found = ops.get_collection(key)
    if found:
        return found[0]
    store = make()
    ops.add_to_collection(key, store)
    return store


def get_variable_scope_store():
    """The default graph's scopes in this thread."""
    return _from_collection(_VARSCOPESTORE_KEY, _VariableScopeStore)


def get_variable_scope():
    """The current VariableScope."""
    return get_variable_scope_store().current_scope


def _get_default_variable_store():
    return _from_collection(_VARSTORE_KEY, _VariableStore)


@contextlib.contextmanager
def with_variable_store(store):
    """Makes get_variable use another store."""
    kept = ops.get_collection_ref(_VARSTORE_KEY)
    old = list(kept)
    kept[:] = [store]
    try:
        yield
    finally:
        kept[:] = old


def get_variable(name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=None, collections=None,
                 caching_device=None, partitioner=None, validate_shape=True, use_resource=None, custom_getter=None, constraint=None,
                 synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE):
    """The variable of this name in the current variable scope: made, or found where the scope reuses.

    Args:
      name: of the variable, under the scope's name.
      shape: of the variable.
      dtype: of the elements; float32 where nothing says otherwise.
      initializer: an initializer, or a value.
      regularizer: a function from the variable to a loss, which joins REGULARIZATION_LOSSES.
      trainable: whether it joins TRAINABLE_VARIABLES.
      collections: that it joins; [GraphKeys.GLOBAL_VARIABLES] where not given.
      caching_device: where reads are cached.
      partitioner: a function from shape and dtype to the number of parts per axis.
      validate_shape: whether the shape is fixed.
      use_resource: whether to make a ResourceVariable.
      custom_getter: a function called in place of the real getter, which it gets as its first argument.
      constraint: a function from the updated value to the one to keep.
      synchronization, aggregation: how copies on several devices behave.

    Raises:
      ValueError: when making one that exists, reusing one that does not, or where shapes or types contradict.
    """
    return get_variable_scope().get_variable(
        _get_default_variable_store(), name, shape=shape, dtype=dtype, initializer=initializer, regularizer=regularizer,
        trainable=trainable, collections=collections, caching_device=caching_device, partitioner=partitioner,
        validate_shape=validate_shape, use_resource=use_resource, custom_getter=custom_getter, constraint=constraint,
        synchronization=synchronization, aggregation=aggregation)


def get_local_variable(name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=False, collections=None,
                       caching_device=None, partitioner=None, validate_shape=True, use_resource=None, custom_getter=None,
                       constraint=None, synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE):
    """get_variable for a variable of LOCAL_VARIABLES, which is not trainable."""
    collections = [ops.GraphKeys.LOCAL_VARIABLES] + list(collections or [])
    return get_variable(name, shape=shape, dtype=dtype, initializer=initializer, regularizer=regularizer, trainable=False,
                        collections=collections, caching_device=caching_device, partitioner=partitioner, validate_shape=validate_shape,
                        use_resource=use_resource, custom_getter=custom_getter, constraint=constraint, synchronization=synchronization,
                        aggregation=aggregation)


def _get_partitioned_variable(name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=True, collections=None,
                              caching_device=None, partitioner=None, validate_shape=True, use_resource=None, constraint=None):
    scope = get_variable_scope()
    if scope.custom_getter is not None:
        raise ValueError("Private access to _get_partitioned_variable is not allowed when a custom getter is set.  Current custom "
                         "getter: %s.  It is likely that you're using create_partitioned_variables.  If so, consider instead using "
                         "get_variable with a non-empty partitioner parameter instead." % scope.custom_getter)
    return scope._get_partitioned_variable(_get_default_variable_store(), name, shape=shape, dtype=dtype, initializer=initializer,
                                           regularizer=regularizer, trainable=trainable, collections=collections,
                                           caching_device=caching_device, partitioner=partitioner, validate_shape=validate_shape,
                                           use_resource=use_resource, constraint=constraint)


class _pure_variable_scope:
    """The variable part of variable_scope: changes the current VariableScope and opens no name scope."""

    def __init__(self, name_or_scope, reuse=None, initializer=None, regularizer=None, caching_device=None, partitioner=None,
                 custom_getter=None, old_name_scope=None, dtype=dtypes.float32, use_resource=None, constraint=None):
        self._name_or_scope = name_or_scope
        self._reuse = reuse
        self._given = {"initializer": initializer, "regularizer": regularizer, "caching_device": caching_device,
                       "partitioner": partitioner, "dtype": dtype, "use_resource": use_resource}
        self._custom_getter = custom_getter
        self._old_name_scope = old_name_scope
        self._constraint = constraint
        _get_default_variable_store()  # it must exist before scopes do
        self._var_scope_store = get_variable_scope_store()
        self._is_object = isinstance(name_or_scope, VariableScope)
        self._cached_scope = self._reopened() if self._is_object else None

    def _reopened(self):
        """The scope object for a VariableScope that is entered again."""
        old = self._name_or_scope
        self._new_name = old.name
        name_scope = old._name_scope if self._old_name_scope is None else self._old_name_scope
        constraint = old.constraint if self._constraint is None else self._constraint
        reuse = old.reuse if not self._reuse else self._reuse
        return self._scope(old, reuse, self._new_name, name_scope, constraint)

    def _scope(self, base, reuse, name, name_scope, constraint):
        scope = VariableScope(reuse, name=name, initializer=base.initializer, regularizer=base.regularizer,
                              caching_device=base.caching_device, partitioner=base.partitioner, dtype=base.dtype,
                              custom_getter=base.custom_getter, name_scope=name_scope, use_resource=base.use_resource,
                              constraint=constraint)
        for field, value in self._given.items():
            if value is not None:
                getattr(scope, "set_" + field)(value)
        if self._custom_getter is not None:
            scope.set_custom_getter(_wrapped_getter(self._custom_getter, base.custom_getter))
        return scope

    def __enter__(self):
        self._old = self._var_scope_store.current_scope
        if self._is_object:
            self._var_scope_store.open_variable_scope(self._new_name)
            self._old_subscopes = dict(self._var_scope_store.variable_scopes_count)
            scope = self._cached_scope
        else:
            self._new_name = self._old.name + "/" + self._name_or_scope if self._old.name else self._name_or_scope
            self._reuse = self._reuse or self._old.reuse
            name_scope = self._name_or_scope if self._old_name_scope is None else self._old_name_scope
            scope = self._scope(self._old, self._reuse, self._new_name, name_scope, self._constraint)
            self._var_scope_store.open_variable_scope(self._new_name)
        self._var_scope_store.current_scope = scope
        return scope

    def __exit__(self, kind, value, trace):
        if self._is_object:
            self._var_scope_store.variable_scopes_count = self._old_subscopes
        else:
            self._var_scope_store.close_variable_subscopes(self._new_name)
        self._var_scope_store.current_scope = self._old


def _wrapped_getter(custom_getter, old_getter):
    """A custom getter whose `getter` argument is the outer scope's custom getter."""
    if old_getter is None:
        return custom_getter

    def wrapped_custom_getter(getter, *args, **kwargs):
        return custom_getter(functools.partial(old_getter, getter), *args, **kwargs)
    return wrapped_custom_getter


def _get_unique_variable_scope(prefix):
    store, current = get_variable_scope_store(), get_variable_scope()
    name = current.name + "/" + prefix if current.name else prefix
    if store.variable_scope_count(name) == 0:
        return prefix
    i = 1
    while store.variable_scope_count(name + "_%d" % i) > 0:
        i += 1
    return prefix + "_%d" % i


class variable_scope:
    """A context manager in which get_variable puts a prefix before names and uses the defaults given here.

    It opens a name scope of the same name, too (unless `auxiliary_name_scope` is False).

    Args:
      name_or_scope: the scope's name, or a VariableScope to enter again.
      default_name: where name_or_scope is None: a name that is made unique.
      values: tensors of the function that opens the scope, whose graph becomes the default.
      initializer, regularizer, caching_device, partitioner, custom_getter, dtype, use_resource, constraint: defaults of get_variable.
      reuse: True (variables must exist), tf.AUTO_REUSE, or None to inherit.
      auxiliary_name_scope: whether a name scope is opened.

    Raises:
      ValueError: for another `reuse`, or reuse=True without a name.
      TypeError: for arguments of other types.
    """

    def __init__(self, name_or_scope, default_name=None, values=None, initializer=None, regularizer=None, caching_device=None,
                 partitioner=None, custom_getter=None, reuse=None, dtype=None, use_resource=None, constraint=None,
                 auxiliary_name_scope=True):
        if default_name is None and name_or_scope is None:
            raise TypeError("If default_name is None then name_or_scope is required")
        if reuse is False:
            reuse = None  # means: inherit
        if not (reuse is True or reuse is None or reuse is AUTO_REUSE):
            raise ValueError("The reuse parameter must be True or False or None.")
        if not isinstance(auxiliary_name_scope, bool):
            raise TypeError("The auxiliary_name_scope must be `True` or `False`, while get {}".format(auxiliary_name_scope))
        self._name_or_scope = name_or_scope
        self._default_name = default_name
        self._reuse = reuse
        self._defaults = {"initializer": initializer, "regularizer": regularizer, "caching_device": caching_device,
                          "partitioner": partitioner, "custom_getter": custom_getter, "dtype": dtype, "use_resource": use_resource,
                          "constraint": constraint}
        self._auxiliary_name_scope = auxiliary_name_scope
        self._graph = ops._get_graph_from_inputs(values if values is not None else [])
        self._cached_pure_variable_scope = None
        self._current_name_scope = None
        self._graph_context_manager = None

    def __enter__(self):
        if not ops.get_default_graph().building_function:
            self._graph_context_manager = self._graph.as_default()
            self._graph_context_manager.__enter__()
        try:
            if self._cached_pure_variable_scope is not None:
                if self._current_name_scope is not None:
                    self._current_name_scope.__enter__()
                return self._cached_pure_variable_scope.__enter__()
            return self._enter_scope_uncached()
        except BaseException:
            self._leave_graph(None, None, None)
            raise

    def _leave_graph(self, kind, value, trace):
        manager, self._graph_context_manager = self._graph_context_manager, None
        if manager is not None:
            manager.__exit__(kind, value, trace)

    def _enter_scope_uncached(self):
        name_scope = None
        if not self._auxiliary_name_scope:
            current = ops.get_name_scope()
            name_scope = ops.name_scope(current + "/" if current else current)
        if self._name_or_scope is None:
            if self._reuse:
                raise ValueError("reuse=True cannot be used without a name_or_scope")
            entered = self._enter_name_scope(name_scope or ops.name_scope(self._default_name))
            return self._enter_pure(_get_unique_variable_scope(self._default_name), entered, reuse=None)
        if not isinstance(self._name_or_scope, (VariableScope, str)):
            raise TypeError("VariableScope: name_or_scope must be a string or VariableScope.")
        is_name = isinstance(self._name_or_scope, str)
        last = self._name_or_scope if is_name else self._name_or_scope.name.split("/")[-1]
        if not last and name_scope is None:
            return self._enter_pure(self._name_or_scope, None)
        entered = self._enter_name_scope(name_scope or ops.name_scope(last))
        return self._enter_pure(self._name_or_scope, entered if is_name else self._name_or_scope.original_name_scope)

    def _enter_name_scope(self, name_scope):
        entered = name_scope.__enter__()
        self._current_name_scope = name_scope
        return entered

    def _enter_pure(self, name_or_scope, old_name_scope, reuse=()):
        try:
            pure = _pure_variable_scope(name_or_scope, reuse=self._reuse if reuse == () else reuse, old_name_scope=old_name_scope,
                                        **self._defaults)
            scope = pure.__enter__()
        except BaseException:
            if self._current_name_scope is not None:
                self._current_name_scope.__exit__(None, None, None)
            raise
        self._cached_pure_variable_scope = pure
        return scope

    def __exit__(self, kind, value, trace):
        self._cached_pure_variable_scope.__exit__(kind, value, trace)
        if self._current_name_scope:
            self._current_name_scope.__exit__(kind, value, trace)
        self._leave_graph(kind, value, trace)


@contextlib.contextmanager
def variable_op_scope(values, name_or_scope, default_name=None, initializer=None, regularizer=None, caching_device=None,
                      partitioner=None, custom_getter=None, reuse=None, dtype=None, use_resource=None, constraint=None):
    """The older form of variable_scope, with its arguments in another order."""
    logging.warn("tf.variable_op_scope(values, name, default_name) is deprecated, use tf.variable_scope(name, default_name, values)")
    with variable_scope(name_or_scope, default_name=default_name, values=values, initializer=initializer, regularizer=regularizer,
                        caching_device=caching_device, partitioner=partitioner, custom_getter=custom_getter, reuse=reuse, dtype=dtype,
                        use_resource=use_resource, constraint=constraint) as scope:
        yield scope


@contextlib.contextmanager
def variable_creator_scope(variable_creator):
    """Calls `variable_creator(next_creator, **kwargs)` for each variable made."""
    with ops.get_default_graph()._variable_creator_scope(variable_creator):
        yield


variable_creator_scope_v1 = variable_creator_scope


def default_variable_creator(next_creator=None, **kwargs):
    """Makes the variable itself: a ResourceVariable or a RefVariable."""
    assert next_creator is None
    from pytfgraph.ops import variable_store
    use_resource = kwargs.pop("use_resource", None)
    synchronization = kwargs.pop("synchronization", VariableSynchronization.AUTO)
    kwargs.pop("aggregation", None)
    kwargs["trainable"] = variable_store.trainable_value(synchronization, kwargs.get("trainable"))
    if use_resource is None:
        use_resource = get_variable_scope().use_resource
    if use_resource is None:
        use_resource = variable_store.default_use_resource[0]
    if use_resource:
        from pytfgraph.ops import resource_variable_ops
        kwargs.pop("expected_shape", None)
        return resource_variable_ops.ResourceVariable(**kwargs)
    return variables.RefVariable(**kwargs)
