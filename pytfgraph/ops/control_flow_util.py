"""Questions about control flow that programs ask: which ops make loops and conds, and which contexts are around an op."""


def IsSwitch(op):
    return op.type in ("Switch", "RefSwitch")


def IsMerge(op):
    return op.type in ("Merge", "RefMerge")


def IsLoopEnter(op):
    return op.type in ("Enter", "RefEnter")


def IsLoopExit(op):
    return op.type in ("Exit", "RefExit")


def IsLoopConstantEnter(op):
    """Whether the op brings something into a loop that the loop does not change."""
    return IsLoopEnter(op) and op.get_attr("is_constant")


def GetLoopConstantEnter(value):
    """The Enter of something that a loop does not change, where `value` is that; None elsewhere."""
    op = value.op
    while op.type in ("Switch", "RefSwitch", "Identity", "RefIdentity"):
        op = op.inputs[0].op
    return op if IsLoopConstantEnter(op) else None


def GetOutputContext(op):
    """The context that the op's outputs are in: an Exit's are outside of its loop."""
    context = op._get_control_flow_context()
    return context.outer_context if context is not None and IsLoopExit(op) else context


def _user_context(op):
    context = op._get_control_flow_context()
    return context.outer_context if context is not None and IsLoopEnter(op) else context


def IsCondSwitch(op):
    """Whether the op is the Switch of a cond: everything that uses it is in an arm."""
    if not IsSwitch(op):
        return False
    users = [_user_context(c) for output in op.outputs for c in output.consumers()]
    return all(context is not None and context.IsCondContext() for context in users)


def IsCondMerge(op):
    """Whether the op is the Merge of a cond: everything that it uses is in an arm."""
    if not IsMerge(op) or not op.inputs:
        return False
    contexts = [GetOutputContext(t.op) for t in op.inputs]
    return all(context is not None and context.IsCondContext() for context in contexts)


def _in_loop(op):
    context = op._get_control_flow_context()
    return context is not None and context.IsWhileContext()


def IsLoopSwitch(op):
    return IsSwitch(op) and _in_loop(op) and not IsCondSwitch(op)


def IsLoopMerge(op):
    return IsMerge(op) and _in_loop(op) and not IsCondMerge(op)


def _containing(context, is_kind, stop_ctxt=None):
    while context is not None and not is_kind(context) and (stop_ctxt is None or context is not stop_ctxt):
        context = context.outer_context
    return context


def GetContainingWhileContext(ctxt, stop_ctxt=None):
    """The innermost loop around `ctxt`, itself included, or stop_ctxt where that comes first; None without either."""
    return _containing(ctxt, lambda c: c.IsWhileContext(), stop_ctxt)


def GetContainingCondContext(ctxt):
    return _containing(ctxt, lambda c: c.IsCondContext())


def GetContainingXLAContext(ctxt):
    return _containing(ctxt, lambda c: c.IsXLAContext())


def IsInWhileLoop(op):
    return GetContainingWhileContext(op._get_control_flow_context()) is not None


def IsInCond(op):
    return GetContainingCondContext(op._get_control_flow_context()) is not None


def IsInXLAContext(op):
    return GetContainingXLAContext(op._get_control_flow_context()) is not None


def IsContainingContext(ctxt, maybe_containing_ctxt):
    """Whether the second is the first, or around it."""
    while ctxt is not maybe_containing_ctxt:
        if ctxt is None:
            return False
        ctxt = ctxt.outer_context
    return True


def OpInContext(op, ctxt):
    return IsContainingContext(op._get_control_flow_context(), ctxt)


def TensorInContext(tensor, ctxt):
    return OpInContext(tensor.op, ctxt)
