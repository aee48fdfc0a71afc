"""Objects whose state goes into checkpoints under the names of the attributes that hold it."""
import collections

VARIABLE_VALUE_KEY = "VARIABLE_VALUE"
OBJECT_GRAPH_PROTO_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"

CheckpointableReference = collections.namedtuple("CheckpointableReference", ["name", "ref"])


class CheckpointableBase:
    """An object that depends on others, each under a local name.

    Derived classes call _track_checkpointable, or override _checkpoint_dependencies and _gather_saveables_for_checkpoint.
    """

    def _maybe_initialize_checkpointable(self):
        if "_tracked_checkpointables" not in self.__dict__:
            object.__setattr__(self, "_tracked_checkpointables", [])

    @property
    def _checkpoint_dependencies(self):
        """[(local name, object)], as CheckpointableReferences."""
        self._maybe_initialize_checkpointable()
        return self._tracked_checkpointables

    def _lookup_dependency(self, name):
        return next((d.ref for d in self._checkpoint_dependencies if d.name == name), None)

    def _track_checkpointable(self, checkpointable, name, overwrite=False):
        """Adds a dependency; ValueError if there is another one of that name, unless `overwrite`.  Returns the object."""
        self._maybe_initialize_checkpointable()
        if not is_checkpointable(checkpointable):
            raise TypeError("Checkpointable._track_checkpointable() passed type %s, not a Checkpointable." % (type(checkpointable),))
        current = self._lookup_dependency(name)
        if current is not None and current is not checkpointable and not overwrite:
            raise ValueError("Called Checkpointable._track_checkpointable() with name='%s', but a Checkpointable with this name is already "
                             "declared as a dependency. Names must be unique (or overwrite=True)." % (name,))
        tracked = [d for d in self._tracked_checkpointables if d.name != name]
        if current is None:
            self._tracked_checkpointables.append(CheckpointableReference(name, checkpointable))
        elif current is not checkpointable:
            self._tracked_checkpointables[:] = tracked + [CheckpointableReference(name, checkpointable)]
        return checkpointable

    def _no_dependency(self, value):
        return value

    def _gather_saveables_for_checkpoint(self):
        """{attribute: variable, SaveableObject or function from a name to one} of what the object itself holds."""
        return {}


class Checkpointable(CheckpointableBase):
    """Depends on every object with state that is assigned to an attribute."""

    def __setattr__(self, name, value):
        if is_checkpointable(value) and not name.startswith("__"):
            self._track_checkpointable(value, name=name, overwrite=True)
        super().__setattr__(name, value)

    def __delattr__(self, name):
        self._maybe_initialize_checkpointable()
        self._tracked_checkpointables[:] = [d for d in self._tracked_checkpointables if d.name != name]
        super().__delattr__(name)


NotCheckpointable = type("NotCheckpointable", (), {})


def is_checkpointable(x):
    """Whether an object has state that checkpoints of objects hold: variables, optimizers, lists and dicts of such."""
    from pytfgraph.ops import variables
    from pytfgraph.training import optimizer
    if isinstance(x, NotCheckpointable):
        return False
    if isinstance(x, (CheckpointableBase, variables.Variable, variables.PartitionedVariable, optimizer.Optimizer)):
        return True
    if isinstance(x, (list, tuple)):
        return any(is_checkpointable(v) for v in x)
    if isinstance(x, dict):
        return all(isinstance(k, str) for k in x) and any(is_checkpointable(v) for v in x.values())
    return hasattr(x, "_checkpoint_dependencies")


def dependencies(x):
    """[(local name, object)] of anything that is_checkpointable."""
    from pytfgraph.ops import variables
    from pytfgraph.training import optimizer
    if isinstance(x, (variables.Variable, variables.PartitionedVariable)):
        return []
    if isinstance(x, (list, tuple)):
        return [(str(i), v) for i, v in enumerate(x) if is_checkpointable(v)]
    if isinstance(x, dict):
        return [(k, x[k]) for k in sorted(x) if is_checkpointable(x[k])]
    found = list(getattr(x, "_checkpoint_dependencies", ()))
    if isinstance(x, optimizer.Optimizer):
        found += [(key[0], v) for key, v in sorted(x._non_slot_dict.items(), key=lambda item: item[0][0])]
    return found


def saveables(x):
    """{attribute: variable, SaveableObject or function} of what an object itself holds."""
    from pytfgraph.ops import variables
    if isinstance(x, (variables.Variable, variables.PartitionedVariable)):
        return {VARIABLE_VALUE_KEY: x}
    return x._gather_saveables_for_checkpoint() if hasattr(x, "_gather_saveables_for_checkpoint") else {}
