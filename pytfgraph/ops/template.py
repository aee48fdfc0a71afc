"""tf.make_template: functions that share their variables between calls."""
import contextlib
import functools
import traceback

from pytfgraph.framework import ops
from pytfgraph.ops import variable_scope
from pytfgraph.platform import tf_logging as logging
from pytfgraph.training.checkpointable import base, capture


def make_template(name_, func_, create_scope_now_=False, unique_name_=None, custom_getter_=None, **kwargs):
    """A function like func_ whose get_variable variables are made at the first call and shared by later ones.

    Args:
      name_: of the variable scope, made unique.
      func_: the function.
      create_scope_now_: whether the scope is made now, not at the first call.
      unique_name_: the scope's name as it is.
      custom_getter_: of the scope.
      **kwargs: arguments bound to the function.

    Raises:
      ValueError: if the name is None; when called again, if that makes trainable variables.
    """
    if kwargs:
        func_ = functools.update_wrapper(functools.partial(func_, **kwargs), func_)
    return Template(name_, func_, create_scope_now=create_scope_now_, unique_name=unique_name_, custom_getter=custom_getter_)


class Template(base.CheckpointableBase):
    """What make_template returns; checkpoints of objects hold its variables, by their names inside its scope."""

    def __init__(self, name, func, create_scope_now=False, unique_name=None, custom_getter=None):
        self._func = func
        self._stacktrace = traceback.format_stack()[:-2]
        self._name = name
        self._unique_name = unique_name
        self._custom_getter = custom_getter
        if name is None:
            raise ValueError("name cannot be None.")
        self._variable_scope = None
        if create_scope_now:
            scope_name = unique_name or variable_scope._get_unique_variable_scope(name)
            with variable_scope._pure_variable_scope(scope_name, custom_getter=custom_getter) as vs:
                self._variable_scope = vs
        self._variables_created = False

    def _call_func(self, args, kwargs):
        graph_variables = ops.get_collection_ref(ops.GraphKeys.GLOBAL_VARIABLES)
        trainable = ops.get_collection_ref(ops.GraphKeys.TRAINABLE_VARIABLES)
        n_variables, n_trainable = len(graph_variables), len(trainable)
        try:
            with contextlib.nullcontext() if self._variables_created else capture.capture_dependencies(self):
                result = self._func(*args, **kwargs)
            if self._variables_created:
                if len(trainable) != n_trainable:
                    raise ValueError("Trainable variable created when calling a template after the first time, perhaps you used tf.Variable "
                                     "when you meant tf.get_variable: %s" % (trainable[n_trainable:],))
                if len(graph_variables) != n_variables:
                    logging.info("New variables created when calling a template after the first time, perhaps you used tf.Variable when you "
                                 "meant tf.get_variable: %s", graph_variables[n_variables:])
            self._variables_created = True
            return result
        except Exception as e:
            first = e.args[0] if e.args else ""
            here = _behind_common_part(self._stacktrace, traceback.format_stack())
            e.args = ("%s\n\noriginally defined at:\n%s" % (first, "".join(here)),) + e.args[1:]
            raise

    def __call__(self, *args, **kwargs):
        if self._variable_scope:
            with variable_scope.variable_scope(self._variable_scope, reuse=self._variables_created):
                return self._call_func(args, kwargs)
        with variable_scope.variable_scope(self._unique_name, self._name, custom_getter=self._custom_getter) as vs:
            self._variable_scope = vs
            return self._call_func(args, kwargs)

    @property
    def name(self):
        return self._name

    @property
    def func(self):
        return self._func

    @property
    def variable_scope(self):
        return self._variable_scope

    var_scope = variable_scope

    @property
    def variable_scope_name(self):
        if self._variable_scope:
            name = self._variable_scope.name
            return name if name[-1] == "/" else name + "/"

    def _collected(self, key):
        return ops.get_collection(key, self.variable_scope_name) if self._variables_created else []

    @property
    def global_variables(self):
        return self._collected(ops.GraphKeys.GLOBAL_VARIABLES)

    @property
    def local_variables(self):
        return self._collected(ops.GraphKeys.LOCAL_VARIABLES)

    @property
    def variables(self):
        return self.global_variables + self.local_variables

    @property
    def trainable_variables(self):
        return self._collected(ops.GraphKeys.TRAINABLE_VARIABLES)

    @property
    def non_trainable_variables(self):
        trainable = set(self.trainable_variables)
        return [v for v in self.global_variables if v not in trainable]

    weights = variables
    trainable_weights = trainable_variables
    non_trainable_weights = non_trainable_variables


def _behind_common_part(stack, base):
    for i, (a, b) in enumerate(zip(stack, base)):
        if a != b:
            return stack[i:]
    return stack[-1:]
