"""tf.custom_gradient: functions that say their own gradient."""
import functools
import inspect

from pytfgraph.framework import ops
from pytfgraph.ops import array_ops, resource_variable_ops, variable_scope
from pytfgraph.platform import tf_logging as logging
from pytfgraph.util import nest


def custom_gradient(f):
    """A decorator for a function that returns its result and a function from the result's gradients to the arguments'.

    Raises:
      ValueError: when called with keyword arguments.
      TypeError: when it uses variables that are no ResourceVariables, or its gradient function takes no `variables`.
    """
    @functools.wraps(f)
    def decorated(*args, **kwargs):
        if kwargs:
            raise ValueError("The custom_gradient decorator currently supports keywords arguments only when eager execution is enabled.")
        return _call(f, args)
    return decorated


def _call(f, args):
    name = "CustomGradient-%s" % ops.uid()
    args = [ops.convert_to_tensor(x) for x in args]
    graph, scope = ops.get_default_graph(), variable_scope.get_variable_scope()
    before = set(scope.global_variables() + scope.local_variables())
    first_new = graph.version
    result, grad_fn = f(*args)
    for v in set(scope.global_variables() + scope.local_variables()) - before:
        if not isinstance(v, resource_variable_ops.ResourceVariable):
            raise TypeError("All variables used by a function wrapped with @custom_gradient must be `ResourceVariable`s. Ensure that no "
                            "`variable_scope` is created with `use_resource=False`.")
    variables = _variables_read(graph, first_new, args)
    _check_signature(grad_fn, variables)
    flat = nest.flatten(result)

    @ops.RegisterGradient(name)
    def internal_grad_fn(unused_op, *result_grads):
        result_grads = result_grads[:len(flat)]
        if variables:
            input_grads, variable_grads = grad_fn(*result_grads, variables=variables)
            if len(variable_grads) != len(variables):
                raise ValueError("Must return gradient for each variable from @custom_gradient grad_fn.")
        else:
            input_grads, variable_grads = grad_fn(*result_grads), []
        # The IdentityN's inputs are the results, then the arguments and variables, which take the gradients.
        return [None] * len(flat) + nest.flatten(input_grads) + list(variable_grads)

    with graph.gradient_override_map({"IdentityN": name}):
        outputs = array_ops.identity_n([ops.convert_to_tensor(t) for t in flat] + args + [v.handle for v in variables])
    return nest.pack_sequence_as(structure=result, flat_sequence=outputs[:len(flat)])


def _variables_read(graph, first_new, args):
    """The trainable resource variables that operations made since `first_new` read."""
    by_handle = {v.handle: v for v in graph.get_collection(ops.GraphKeys.TRAINABLE_VARIABLES)
                 if isinstance(v, resource_variable_ops.ResourceVariable)}
    found = []
    for op in graph.get_operations():
        if op._id > first_new and op.type in ("ReadVariableOp", "ResourceGather"):
            v = by_handle.get(op.inputs[0])
            if v is not None and v not in found and not any(a is op.inputs[0] for a in args):
                found.append(v)
    return found


def _check_signature(grad_fn, variables):
    spec = inspect.getfullargspec(grad_fn)
    takes = "variables" in spec.args or "variables" in spec.kwonlyargs or spec.varkw
    if variables and not takes:
        raise TypeError("If using @custom_gradient with a function that uses variables, then grad_fn must accept a keyword argument "
                        "'variables'.")
    if takes and not variables:
        if not variable_scope.get_variable_scope().use_resource:
            raise TypeError("If using @custom_gradient with a function that uses variables, the enclosing variable scope must have "
                            "use_resource=True.")
        logging.warn("@custom_gradient grad_fn has 'variables' in signature, but no ResourceVariables were used on the forward pass.")
