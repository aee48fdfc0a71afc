"""Operations that call functions made by Defun: If, While, For, Gradient, partitioned_call."""
from pytfgraph import protos
from pytfgraph.framework import dtypes, function, ops
from pytfgraph.ops import math_ops, raw

gen_functional_ops = raw.module("gen_functional_ops")
remote_call = gen_functional_ops.remote_call
symbolic_gradient = gen_functional_ops.symbolic_gradient


def _result_types(f):
    return [a.type for a in f.definition.signature.output_arg]


def _results(result):
    """What a function returned, as a tuple."""
    if isinstance(result, ops.Operation):
        return ()
    return result if isinstance(result, tuple) else (result,)


def _keep_in_host_memory(tensors, inputs, outputs):
    """Notes which inputs and outputs are meant to be in host memory, as 1.12.3 does; here all are."""
    for key, numbers in (("_input_hostmem", inputs), ("_output_hostmem", outputs)):
        attr = protos.message("tensorflow.AttrValue")()
        attr.list.i.extend(numbers)
        tensors[0].op._set_attr(key, attr)


def If(cond, inputs, then_branch, else_branch, name=None):
    """Calls one of two functions.

    Args:
      cond: what chooses: a scalar that is true unless it is zero, false or an empty string, or another tensor, true unless empty.
      inputs: the arguments of both functions.
      then_branch, else_branch: functions made by Defun, with the same types of arguments and results.
      name: a name for the operation.

    Returns:
      The list of results of the function that was called.
    """
    return gen_functional_ops._if(cond, inputs, _result_types(then_branch), then_branch, else_branch, name=name)


def Gradient(inputs, f, name=None):
    """The gradient of a function.

    Args:
      inputs: the arguments of `f`, then the gradients with respect to its results.
      f: a function made by Defun.
      name: a name for the operation.

    Returns:
      A list of the gradients with respect to the arguments.
    """
    return symbolic_gradient(input=inputs, Tout=[a.type for a in f.definition.signature.input_arg], f=f, name=name)


def While(input_, cond, body, name=None, hostmem=None):
    """Calls `body` as long as `cond` is true, each time with what it returned before.

    Args:
      input_: the first arguments.
      cond: a function made by Defun from them to what If takes as its condition.
      body: a function made by Defun from them to as many values of the same types.
      name: a name for the operation.
      hostmem: numbers of the inputs that are meant to be in host memory.

    Returns:
      A list of the last values.
    """
    result = gen_functional_ops._while(input_, cond, body, name=name)
    if hostmem:
        _keep_in_host_memory(result, hostmem, hostmem)
    return result


def _for_as_while(start, limit, delta, inputs, body, name, hostmem):
    step = math_ops.abs(delta)
    rounds = math_ops.cast(math_ops.abs(limit - start) + step - 1, dtypes.float32) / math_ops.cast(step, dtypes.float32)
    n = math_ops.cast(rounds, dtypes.int32)
    signature = [dtypes.int32] * 4 + list(body.declared_input_types)[1:]

    @function.Defun(*(signature + [t.dtype for t in body.captured_inputs]), func_name="%s_Cond" % body.name)
    def go_on(i, n, *args):
        return i < n

    @function.Defun(*signature, func_name="%s_Body" % body.name)
    def turn(i, n, start, delta, *args):
        result = _results(body(start + i * delta, *args))
        return (i + 1, n, start, delta) + result + tuple(function.get_extra_args())

    captured = turn.captured_inputs
    host = [0, 1, 2, 3] + [4 + i for i in hostmem or []]
    result = While([0, n, start, delta] + inputs + captured, go_on, turn, name=name, hostmem=host)
    return list(result[4:len(result) - len(captured)])


def For(start, limit, delta, inputs, body, name=None, hostmem=None, rewrite_with_while=None):
    """Calls `body` for i = start, start + delta, ... as long as i is before limit.

    Args:
      start, limit, delta: int32 scalars.
      inputs: the values that the first call gets behind i.
      body: a function made by Defun from (i, values) to as many values of the same types.
      name: a name for the operation.
      hostmem: numbers of the inputs that are meant to be in host memory.
      rewrite_with_while: whether a While does it.

    Returns:
      A list of the last values.

    Raises:
      InvalidArgumentError: when run, where delta is zero or leads away from limit.
    """
    if rewrite_with_while:
        return _for_as_while(start, limit, delta, inputs, body, name, hostmem)
    captured = body.captured_inputs
    if captured:
        inner = body

        @function.Defun(*inner.declared_input_types, func_name="%s_BodyWrapper" % inner.name)
        def body(*args):
            return _results(inner(*args)) + tuple(function.get_extra_args())
        captured = body.captured_inputs
        inputs += captured
    result = gen_functional_ops._for(start, limit, delta, inputs, body, name=name)
    result = result[:len(result) - len(captured)]
    if hostmem:
        _keep_in_host_memory(result, [3 + i for i in hostmem], hostmem)
    return result


def partitioned_call(args, f, tout=None, executing_eagerly=None):
    """Calls a function that may place its operations on several devices.

    Args:
      args: the arguments, captured ones among them.
      f: a function made by Defun.
      tout: dtypes of the results, by number; those of `f` where None.
      executing_eagerly: kept for old programs.

    Returns:
      A list of the results; the operation where there are none.
    """
    tout = tuple(_result_types(f)) if tout is None else tout
    stateful = bool(f.stateful_ops)
    if tout:
        call = gen_functional_ops.stateful_partitioned_call if stateful else gen_functional_ops.partitioned_call
        return call(args=args, Tout=tout, f=f)
    args = [ops.convert_to_tensor(x) for x in args]
    message = protos.message("tensorflow.AttrValue")
    attrs = {"Tin": message(), "Tout": message(), "f": message()}
    attrs["Tin"].list.type.extend(x.dtype.as_datatype_enum for x in args)
    attrs["Tout"].list.SetInParent()
    attrs["f"].func.name = f.name
    graph = ops.get_default_graph()
    f.add_to_graph(graph)
    return graph.create_op("StatefulPartitionedCall" if stateful else "PartitionedCall", args, list(tout), name="PartitionedFunctionCall",
                           attrs=attrs)
