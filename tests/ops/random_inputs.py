"""Feeds random, mostly wrong, inputs to every op of the array, math, nn and training families: python random_inputs.py SEED TRIALS.
An op may answer or fail; what it may not do is crash, hang or read what is not its own (run it under the sanitizers, too)."""
import random
import sys

import numpy as np

import pytfgraph as tf
from pytfgraph import _core

SKIP = {"MatMul", "BatchMatMul", "BatchMatMulV2", "Const", "Placeholder", "PlaceholderV2", "ImmutableConst", "_Arg", "_Retval", "Range", "LinSpace",
        "Variable", "VariableV2", "VarHandleOp", "Fill", "BroadcastTo", "Tile", "OneHot", "Bincount", "HistogramFixedWidth"}
FAMILIES = """Abs Add AddN All Any ApproximateEqual ArgMax ArgMin Betainc BitwiseAnd Cast Ceil ClipByValue Complex ComplexAbs Conj Cross Cumprod Cumsum Div
Equal Exp FloorDiv FloorMod Igamma Less LogicalAnd Lgamma Max Mean Min Mul Pow Prod Real Select SelectV2 SegmentMax SegmentMean SegmentSum Sigmoid
SparseSegmentMean SparseSegmentMeanGrad SparseSegmentSum SqrtGrad Sum UnsortedSegmentMax UnsortedSegmentSum Zeta BatchToSpaceND Bitcast BroadcastArgs
BroadcastGradientArgs CheckNumerics Concat ConcatOffset ConcatV2 DepthToSpace Diag DiagPart ExpandDims Gather GatherNd GatherV2 IdentityN InvertPermutation
ListDiff MatrixBandPart MatrixDiag MatrixDiagPart MatrixSetDiag MirrorPad MirrorPadGrad OnesLike Pack Pad PadV2 ParallelConcat Rank Reshape Reverse
ReverseSequence ReverseV2 ScatterNd ScatterNdNonAliasingAdd Shape ShapeN Size Slice Snapshot SpaceToBatchND SpaceToDepth Split SplitV Squeeze StridedSlice
StridedSliceGrad Transpose ConjugateTranspose Unique UniqueV2 UniqueWithCounts UniqueWithCountsV2 Unpack UnravelIndex UpperBound LowerBound Where ZerosLike
BiasAdd BiasAddGrad EluGrad InTopK InTopKV2 L2Loss LogSoftmax NthElement ReluGrad Softmax SoftmaxCrossEntropyWithLogits
SparseSoftmaxCrossEntropyWithLogits TopKV2 DynamicPartition DynamicStitch Fill BroadcastTo Tile OneHot Bincount HistogramFixedWidth Range LinSpace""".split()
TYPES = ["float32", "float64", "int32", "int64", "uint8", "bool", "complex64", "string", "float16", "int8"]


def value(r, dtype, small):
    shape = [r.choice([0, 1, 1, 2, 2, 3, 5]) for _ in range(r.choice([0, 1, 1, 1, 2, 2, 3, 4]))]
    if small and r.random() < 0.7:
        shape = shape[:1]
    n = int(np.prod(shape))
    if dtype == tf.string:
        return np.array([r.choice([b"", b"a", b"bcd"]) for _ in range(n)] + [None], object)[:n].reshape(shape)
    kind = dtype.as_numpy_dtype
    if np.dtype(kind).kind in "iu":
        info = np.iinfo(kind)
        pool = [0, 1, 2, 3, 4, 1, 0, 2] + ([-1, -2] if info.min < 0 else []) + ([info.min, info.max] if r.random() < 0.15 else [])
        return np.array([r.choice(pool) for _ in range(n)], kind).reshape(shape)
    return np.array([r.choice([0, 1, 2, 3, -1, 0.5, np.nan, np.inf]) for _ in range(n)]).astype(kind).reshape(shape)


def attribute(r, a):
    if a.type == "int":
        return r.choice([0, 1, 2, -1, 3, 5]) if not a.has_minimum else a.minimum + r.choice([0, 1, 2])
    if a.type == "bool":
        return r.random() < 0.5
    if a.type == "list(int)":
        return [r.choice([0, 1, -1, 2]) for _ in range(r.choice([0, 1, 2]))]
    if a.type == "shape":
        return [r.choice([0, 1, 2]) for _ in range(2)]
    if a.type == "float":
        return 0.5
    if a.allowed_values.list.s:
        return r.choice([x.decode() for x in a.allowed_values.list.s])
    return "m"


def trial(r, op):
    d = _core.op_def(op)
    types, numbers, inferred = {}, {}, set()
    attrs = {a.name: a for a in d.attr}
    for a in d.input_arg:
        inferred |= {a.type_attr, a.number_attr, a.type_list_attr}
    for a in d.attr:
        if a.type == "type":
            allowed = [tf.as_dtype(x) for x in a.allowed_values.list.type] or [tf.as_dtype(x) for x in TYPES]
            allowed = [x for x in allowed if x.name in TYPES]
            types[a.name] = r.choice(allowed)
    feeds, inputs = {}, []

    def feed(dtype, name):
        v = value(r, dtype, name not in ("input", "data", "x", "params", "value"))
        p = tf.placeholder(dtype)
        feeds[p] = v
        return p
    shared = None
    for a in d.input_arg:
        dtype = types[a.type_attr] if a.type_attr else tf.as_dtype(a.type)
        if a.number_attr:
            n = numbers.setdefault(a.number_attr, max(attrs[a.number_attr].minimum, r.choice([1, 2, 3])))
            inputs.append([feed(dtype, a.name) for _ in range(n)])
        elif a.type_list_attr:
            inputs.append([feed(tf.float32, a.name)])
        elif shared is not None and shared.dtype == dtype and r.random() < 0.5:
            p = tf.placeholder(dtype)           # the same shape as another, so that more gets past the first check
            feeds[p] = feeds[shared]
            inputs.append(p)
        else:
            inputs.append(feed(dtype, a.name))
            shared = inputs[-1] if shared is None else shared
    keywords = {a.name: types[a.name] if a.type == "type" else attribute(r, a) for a in d.attr
                if a.name not in inferred and (a.type == "type" or not a.HasField("default_value") or r.random() < 0.5)}
    out = _core.raw_op(op)(*inputs, **keywords)
    outs = [x for x in (out if isinstance(out, (list, tuple)) else [out])]
    flat = [y for x in outs for y in (x if isinstance(x, (list, tuple)) else [x])]
    with tf.Session() as s:
        s.run(flat, feeds)


def main(seed, trials):
    r = random.Random(seed)
    good = 0
    for i in range(trials):
        op = r.choice(FAMILIES)
        state = r.getstate()
        print("trial", i, op, file=sys.stderr, flush=True)
        with tf.Graph().as_default():
            try:
                trial(r, op)
                good += 1
            except (tf.errors.OpError, ValueError, TypeError, OverflowError, NotImplementedError):
                pass
        r.setstate(state)
        r.random()
    print("ran", good)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
