"""Dependencies of objects whose variables are made by functions that know nothing of them."""
import contextlib
import threading

_local = threading.local()      # .child: (object, prefix) to which the variable that is being made belongs


@contextlib.contextmanager
def capture_dependencies(template):
    """A context in which variables made under the variable scope of an object become its dependencies.

    Those that belong to another such object inside become that one's, and it becomes a dependency.

    Args:
      template: a CheckpointableBase with a variable_scope, which is entered.
    """
    from pytfgraph.ops import variable_scope
    prefix = template.variable_scope.name

    def create(next_creator, **kwargs):
        name, child = kwargs.get("name"), getattr(_local, "child", None)
        inside = name is not None and name.startswith(prefix)
        if inside and child:
            template._track_checkpointable(child[0], name=child[1][len(prefix) + 1:], overwrite=True)
        if inside:
            _local.child = template, prefix
        try:
            variable = next_creator(**kwargs)
        finally:
            _local.child = child
        if inside and not child:
            template._track_checkpointable(variable, name=name[len(prefix) + 1:], overwrite=True)
        return variable
    with variable_scope.variable_creator_scope(create):
        yield
