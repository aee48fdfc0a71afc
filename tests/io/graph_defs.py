"""Graphs that an importer must take, or refuse with TensorFlow's words.  Built from message classes given by the caller, so that
the same cases run on TensorFlow 1.12.3 and on us."""

FLOAT, INT32, BOOL, STRING = 1, 3, 10, 7
CASES = []


def case(name, nodes, producer=27, min_consumer=0, bad_consumers=()):
    def make(graph_class, node_class):
        graph = graph_class()
        graph.versions.producer = producer
        graph.versions.min_consumer = min_consumer
        graph.versions.bad_consumers.extend(bad_consumers)
        for name_, op, inputs, attrs, device in nodes:
            node = graph.node.add(name=name_, op=op, input=inputs, device=device)
            for key, (kind, value) in attrs.items():
                set_attr(node.attr[key], kind, value)
        return graph
    CASES.append((name, make))


def set_attr(attr, kind, value):
    if kind == 'none':
        attr.SetInParent()
    elif kind == 'shape':
        set_shape(attr.shape, value)
    elif kind == 'unknown shape with dims':
        set_shape(attr.shape, value)
        attr.shape.unknown_rank = True
    elif kind == 'tensor':
        set_tensor(attr.tensor, **value)
    elif kind == 'func':
        attr.func.name = value
    elif kind == 'empty list':
        attr.list.SetInParent()
    elif kind == 'list(shape)':
        for dims in value:
            set_shape(attr.list.shape.add(), dims)
    elif kind.startswith('list('):
        getattr(attr.list, kind[5:-1]).extend(value)
    else:
        setattr(attr, kind, value)


def set_shape(shape, dims):
    shape.SetInParent()
    for d in dims:
        shape.dim.add(size=d)


def set_tensor(tensor, dtype=0, dims=(), unknown=False, **fields):
    tensor.dtype = dtype
    set_shape(tensor.tensor_shape, dims)
    if unknown:
        tensor.tensor_shape.unknown_rank = True
    for name, value in fields.items():
        if name == 'content':
            tensor.tensor_content = value
        else:
            getattr(tensor, name).extend(value)


def node(name, op, inputs=(), device='', **attrs):
    return name, op, list(inputs), {k: v if isinstance(v, tuple) else ('type', v) for k, v in attrs.items()}, device


def const(name, **tensor):
    tensor = tensor or {'dtype': FLOAT, 'float_val': [1.0]}
    return node(name, 'Const', dtype=FLOAT, value=('tensor', tensor))


A = const('a')
ITSELF = ('list(s)', [b'loc:@b'])

case('chain', [A, node('b', 'Identity', ['a'], T=FLOAT)])
case('consumer first', [node('b', 'Identity', ['a'], T=FLOAT), A])
case('private attribute', [A, node('b', 'Identity', ['a'], T=FLOAT, _zz=('i', 3))])
case('same but for case', [A, const('A')])
case('name ends in a slash', [const('a/')])
case('a control input twice', [A, node('b', 'NoOp', ['^a', '^a'])])
case('devices', [node('a', 'NoOp', device='/gpu:0'), node('b', 'NoOp', device='/job:x')])
case('output shapes', [node('p', 'Placeholder', dtype=FLOAT, _output_shapes=('list(shape)', [[2, 3]]))])
case('splat', [const('a', dtype=FLOAT, dims=[2, 3], float_val=[1, 2])])
case('tensor of bytes', [const('a', dtype=FLOAT, dims=[2], content=b'\0\0\x80?\0\0\0@')])
case('no values', [const('a', dtype=FLOAT, dims=[2])])
case('old producer', [A], producer=8)
case('newer producer', [A], producer=99)
case('colocated', [A, node('b', 'Identity', ['a'], T=FLOAT, _class=('list(s)', [b'loc:@a']))])
case('list attribute', [A, node('b', 'IdentityN', ['a', 'a:0'], T=('list(type)', [FLOAT, FLOAT]))])
case('outputs', [node('d', 'Const', dtype=INT32, value=('tensor', dict(dtype=INT32, int_val=[0]))),
                 const('v', dtype=FLOAT, dims=[2], float_val=[1, 2]),
                 node('s', 'Split', ['d', 'v'], T=FLOAT, num_split=('i', 2)),
                 node('t', 'Add', ['s:1', 's'], T=FLOAT)])
case('loop', [
    A, node('e', 'Enter', ['a'], T=FLOAT, frame_name=('s', b'f')), node('m', 'Merge', ['e', 'n'], T=FLOAT, N=('i', 2)),
    node('t', 'Const', ['^m'], dtype=BOOL, value=('tensor', dict(dtype=BOOL, bool_val=[False]))),
    node('l', 'LoopCond', ['t']), node('s', 'Switch', ['m', 'l'], T=FLOAT), node('n', 'NextIteration', ['s:1'], T=FLOAT),
    node('x', 'Exit', ['s'], T=FLOAT)])

case('missing attribute', [A, node('b', 'Identity', ['a'])])
case('missing attributes', [A, node('b', 'Cast', ['a'])])
case('unknown attribute', [A, node('b', 'Identity', ['a'], T=FLOAT, zz=('i', 3))])
case('unknown attribute, long lists', [A, node('b', 'AddN', ['a'], device='/gpu:0', zz=('list(i)', list(range(9))))])
case('unknown attribute, text', [node('b', 'VariableV2', zz=('s', b'a"b\n'))])
case('unknown attribute, function', [A, node('b', 'Identity', ['a'], zz=('func', 'f'))])
case('attribute of another kind', [A, node('b', 'Identity', ['a'], T=('s', b'x'))])
case('list for a single', [A, node('b', 'Identity', ['a'], T=('list(type)', [FLOAT]))])
case('list of another kind', [A, node('b', 'IdentityN', ['a'], T=('list(i)', [1]))])
case('single for a list', [A, node('b', 'IdentityN', ['a'], T=FLOAT)])
case('attribute without a value', [A, node('b', 'Identity', ['a'], T=('none', None))])
case('placeholder attribute', [node('b', 'Placeholder', dtype=('placeholder', 'T'))])
case('empty list', [node('b', 'IdentityN', [], T=('empty list', None))])
case('type not allowed', [A, node('b', 'Neg', ['a'], T=BOOL)])
case('string not allowed', [A, node('b', 'Conv2D', ['a', 'a'], T=FLOAT, strides=('list(i)', [1]), padding=('s', b'FULL'))])
case('below the minimum', [node('b', 'Pack', [], T=FLOAT, N=('i', 0))])
case('no such type', [A, node('b', 'Mul', ['a', 'a'], T=99)])
case('reference type', [A, node('b', 'Identity', ['a'], T=101)])
case('invalid type', [A, node('b', 'Identity', ['a'], T=0)])
case('too few inputs', [A, node('b', 'Add', ['a'], T=FLOAT)])
case('too many inputs', [A, node('b', 'Identity', ['a', 'a'], T=FLOAT)])
case('type of an input', [A, node('b', 'Identity', ['a'], T=INT32)])
case('value for a reference', [A, node('b', 'Assign', ['a', 'a'], T=FLOAT)])
case('no such output', [A, node('b', 'Identity', ['a:2'], T=FLOAT)])
case('control input before data', [A, node('b', 'Identity', ['^a', 'a'], T=FLOAT)])
case('not an output number', [A, node('b', 'Identity', ['a:x'], T=FLOAT)])
case('two colons', [A, node('b', 'Identity', ['a::1'], T=FLOAT)])
case('empty input', [A, node('b', 'Identity', [''], T=FLOAT)])
case('control input with an output', [A, node('b', 'NoOp', ['^a:0'])])
case('unknown input', [node('a', 'Identity', ['q:1'], T=FLOAT)])
case('unknown control input', [node('a', 'NoOp', ['^q'])])
case('cycle', [node('a', 'Identity', ['b'], T=FLOAT), node('b', 'Identity', ['a'], T=FLOAT)])
case('its own input', [node('a', 'Identity', ['a'], T=FLOAT)])
case('behind a cycle', [const('z'), node('a', 'Identity', ['b'], T=FLOAT), node('b', 'Identity', ['a'], T=FLOAT),
                        node('c', 'Identity', ['b'], T=FLOAT)])
case('name with a space', [const('a b')])
case('no name', [const('')])
case('name begins with an underscore', [const('_a')])
case('name begins with a dash', [const('-a')])
case('name begins with a slash', [const('/a')])
case('name twice', [A, A])
case('no operation', [node('a', '')])
case('colocated with nobody', [node('b', 'NoOp', _class=('list(s)', [b'loc:@zz']))])
case('shapes that do not fit', [const('a', dtype=FLOAT, dims=[2], float_val=[1]), const('b', dtype=FLOAT, dims=[3], float_val=[1]),
                                node('c', 'Add', ['a', 'b'], T=FLOAT)])
case('unknown shape with sizes', [node('a', 'Placeholder', dtype=FLOAT, shape=('unknown shape with dims', [1]))])
case('negative size', [const('a', dtype=FLOAT, dims=[-3])])
case('size below -1', [node('a', 'Placeholder', dtype=FLOAT, shape=('shape', [2, -1, -3]))])
case('unknown size', [const('a', dtype=FLOAT, dims=[2, -1])])
case('no rank', [const('a', dtype=FLOAT, unknown=True, float_val=[1])])
case('long list', [node('a', 'NoOp', zz=('list(i)', list(range(15))))])
case('list', [node('a', 'NoOp', zz=('list(i)', list(range(14))))])
case('long text', [node('a', 'NoOp', zz=('s', b'x' * 100))])
case('tensor', [node('a', 'NoOp', zz=('tensor', dict(dtype=FLOAT, dims=[20], float_val=[1])))])
case('shapes', [node('a', 'NoOp', zz=('list(shape)', [[1, 2], []]))])
case('output shapes contradict', [const('p', dtype=FLOAT, dims=[2], float_val=[1])[:3]
                                  + (dict(const('p', dtype=FLOAT, dims=[2], float_val=[1])[3],
                                          _output_shapes=('list(shape)', [[3]])), '')])
case('min_consumer', [A], min_consumer=99)
case('bad consumer', [A], bad_consumers=[3, 27])
case('removed operation', [A, node('b', 'BatchNormWithGlobalNormalization', ['a'] * 5, T=FLOAT, variance_epsilon=('f', 0.5),
                                   scale_after_normalization=('b', True))])


def describe(graph):
    return [[op.name, op.type, op.device, [t.name for t in op.inputs], [c.name for c in op.control_inputs],
             [str(t.shape) for t in op.outputs], [g.decode() for g in op.colocation_groups()]] for op in graph.get_operations()]
