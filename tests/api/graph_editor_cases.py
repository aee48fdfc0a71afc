"""tf.contrib.graph_editor: choosing, viewing, rerouting, copying parts of a graph."""
from tensorflow.contrib import graph_editor as ge
import re, collections
def names(x): return [e.name for e in x]
def several(x): return sorted(names(x))
def wires(g=None): return [(o.name, names(o.inputs), names(o.control_inputs)) for o in (g or tf.get_default_graph()).get_operations()]
def small():
    with tf.name_scope('first'):
        a = tf.constant([1., 2.], name='a'); b = tf.placeholder(tf.float32, [2], name='b')
        c = tf.add(a, b, name='c')
    with tf.name_scope('second'):
        d = tf.multiply(c, a, name='d')
        with tf.control_dependencies([c.op]): e = tf.identity(d, name='e')
        f = tf.subtract(d, c, name='f')
    return a, b, c, d, e, f
def refused(fn):
    try: print(fn())
    except Exception as e: print(type(e).__name__, str(e).replace("tensorflow", "tf"))

#: lists of operations and tensors
a, b, c, d, e, f = small(); g = tf.get_default_graph()
names(ge.make_list_of_op(g)), names(ge.make_list_of_t(g)), names(ge.get_tensors(g))
names(ge.make_list_of_op(c.op)), names(ge.make_list_of_t(c)), ge.make_list_of_op([]), ge.make_list_of_t(())
names(ge.make_list_of_op([c, d.op], ignore_ts=True)), names(ge.make_list_of_t([c, d.op], ignore_ops=True))
names(ge.get_generating_ops([c, d])), several(ge.get_consuming_ops([a, c]))
refused(lambda: ge.make_list_of_op(g, allow_graph=False)); refused(lambda: ge.make_list_of_t(g, allow_graph=False))
refused(lambda: ge.make_list_of_op([c])); refused(lambda: ge.make_list_of_t([c.op])); refused(lambda: ge.get_tensors(3))
with tf.Graph().as_default(): z = tf.constant(1., name='z')
refused(lambda: ge.make_list_of_op([c.op, z.op])); refused(lambda: ge.make_list_of_t([c, z]))
names(ge.make_list_of_op([c.op, z.op], check_graph=False))

#: control outputs
a, b, c, d, e, f = small(); g = tf.get_default_graph()
out = ge.ControlOutputs(g)
{k.name: names(v) for k, v in out.get_all().items()}, names(out.get(c.op)), out.get(a.op), out.graph is g
with tf.control_dependencies([c.op, d.op]): tf.no_op(name='later')
names(out.get(c.op)), names(out.update().get(c.op)), names(out.get(d.op))
refused(lambda: ge.ControlOutputs(3))

#: names of placeholders
a, b, c, d, e, f = small()
ge.placeholder_name(), ge.placeholder_name(c), ge.placeholder_name(c, ''), ge.placeholder_name(c, 'x/y'), ge.placeholder_name(c, prefix='p')
p = ge.make_placeholder_from_tensor(c); p
ge.placeholder_name(p), ge.make_placeholder_from_tensor(p), ge.ph(tf.int32), ge.ph(tf.int32, [2, None], scope='s'), ge.ph(tf.float32, (), prefix='q')
refused(lambda: ge.placeholder_name(3))

#: by name and by condition
a, b, c, d, e, f = small(); g = tf.get_default_graph()
ge.can_be_regex('a'), ge.can_be_regex(re.compile('a')), ge.can_be_regex(3), ge.make_regex('a+').pattern, ge.make_regex(re.compile('b')).pattern
refused(lambda: ge.make_regex(3))
names(ge.filter_ops(g, True)), names(ge.filter_ops(g, lambda o: o.type == 'Add')), names(ge.filter_ops_from_regex(g, 'first')), names(ge.filter_ops_from_regex([c.op, d.op], '.*d$'))
names(ge.filter_ts(g, True)), names(ge.filter_ts([d.op], lambda t: t is c)), names(ge.filter_ts_from_regex(g, r'^second/.*:0$'))
names(ge.get_name_scope_ops(g, 'first')), names(ge.get_name_scope_ops(g, 'second/')), names(ge.get_name_scope_ops(g, 'first/c')), names(ge.get_name_scope_ops(g, 'fir'))
names(ge.select_ops('first', graph=g)), names(ge.select_ops('(?#ts)first', graph=g)), names(ge.select_ops('(?#ops)first', 'second', graph=g, restrict_ops_regex=True))
names(ge.select_ops(c.op, [d.op, a.op, c], 'c$', graph=g)), names(ge.select_ops(g, positive_filter=lambda o: len(o.inputs) == 2))
names(ge.select_ts('first', graph=g)), names(ge.select_ts('(?#ts)first', 'second', graph=g, restrict_ts_regex=True)), names(ge.select_ts(c, [d, d.op], 'e:0', graph=g))
[names(x) for x in ge.select_ops_and_ts('^second', '(?#ts)^first/a', c.op, d, graph=g)]
refused(lambda: ge.select_ops('a')); refused(lambda: ge.select_ts('a')); refused(lambda: ge.select_ops('a', graph=3)); refused(lambda: ge.select_ts('a', graph=3))
refused(lambda: ge.select_ops(c.op, grap=g)); refused(lambda: ge.select_ts(c, grap=g)); refused(lambda: ge.select_ops(3))

#: neighbours and boundaries
a, b, c, d, e, f = small(); g = tf.get_default_graph(); out = ge.ControlOutputs(g)
names(ge.get_ops_ios(d.op)), names(ge.get_ops_ios([e.op])), names(ge.get_ops_ios([e.op], control_inputs=True)), names(ge.get_ops_ios([c.op], control_ios=out)), names(ge.get_ops_ios([c.op], control_outputs=out))
[names(x) for x in ge.compute_boundary_ts([c.op, d.op])], [names(x) for x in ge.compute_boundary_ts(g)], [names(x) for x in ge.compute_boundary_ts([])], [names(x) for x in ge.compute_boundary_ts([a.op])]
names(ge.get_within_boundary_ops(g, c.op)), names(ge.get_within_boundary_ops(g, [b.op], [c.op])), names(ge.get_within_boundary_ops(g, [b.op], [c.op], inclusive=False))
names(ge.get_within_boundary_ops([c.op, e.op, a.op], [e.op], [d.op], control_inputs=True))
refused(lambda: ge.get_within_boundary_ops(g, [c.op], [c.op])); refused(lambda: ge.get_within_boundary_ops(g, g))
ge.check_cios(), ge.check_cios(True), ge.check_cios(False, out) == (False, out), ge.check_cios(control_ios=out) == (True, out)
refused(lambda: ge.check_cios(control_ios=3)); refused(lambda: ge.check_cios(control_outputs=3)); refused(lambda: ge.check_cios(False, out, out))

#: walks
a, b, c, d, e, f = small(); g = tf.get_default_graph(); out = ge.ControlOutputs(g)
several(ge.get_forward_walk_ops(a.op)), several(ge.get_forward_walk_ops([b.op], inclusive=False)), several(ge.get_forward_walk_ops(b)), several(ge.get_forward_walk_ops([c], within_ops=[d.op, e.op]))
several(ge.get_forward_walk_ops(a.op, within_ops_fn=lambda o: o.type != 'Mul')), several(ge.get_forward_walk_ops(b.op, stop_at_ts=[d])), several(ge.get_forward_walk_ops([c.op], stop_at_ts=[c], control_outputs=out)), ge.get_forward_walk_ops([])
several(ge.get_backward_walk_ops(e.op)), several(ge.get_backward_walk_ops([c], inclusive=False)), several(ge.get_backward_walk_ops(f, stop_at_ts=[c])), several(ge.get_backward_walk_ops(e.op, within_ops=[e.op, c.op])), several(ge.get_backward_walk_ops(e.op, within_ops=[e.op, c.op], control_inputs=True))
several(ge.get_backward_walk_ops(e.op, within_ops_fn=lambda o: o.type != 'Const')), ge.get_backward_walk_ops([])
several(ge.get_walks_intersection_ops([b], [d])), several(ge.get_walks_intersection_ops(b.op, d.op, forward_inclusive=False, backward_inclusive=False)), several(ge.get_walks_intersection_ops(c.op, e.op, within_ops=[c.op, e.op], control_ios=out))
several(ge.get_walks_union_ops(e.op, c.op)), several(ge.get_walks_union_ops([e.op], [c.op], within_ops=[b.op, e.op, c.op]))
refused(lambda: ge.get_forward_walk_ops(g)); refused(lambda: ge.get_forward_walk_ops(3)); refused(lambda: ge.get_backward_walk_ops([a.op], within_ops=[a])); refused(lambda: ge.get_forward_walk_ops(a.op, control_outputs=3))

#: views
a, b, c, d, e, f = small(); g = tf.get_default_graph()
v = ge.sgv([c.op, d.op])
def show(v): print([names(x) for x in (v.ops, v.inputs, v.outputs, v.connected_inputs, v.connected_outputs, v.passthroughs)], bool(v), v.graph is g)
show(v); show(ge.sgv('second', graph=g)); show(ge.sgv([c.op], e)); show(ge.sgv_scope('first', g)); show(ge.make_view_from_scope('first', g)); show(ge.SubGraphView()); show(ge.sgv(g)); show(ge.SubGraphView([c.op], [a, e]))
re.sub(r'graphid=\d+', 'graphid=N', str(v)), re.sub(r'graphid=\d+', 'graphid=N', str(ge.sgv([c.op], e))), str(ge.SubGraphView())
names(v.inputs + [e]), len(v.inputs), v.inputs[0].name, v.op(1).name, v.is_passthrough(a), ge.sgv(c.op, e).is_passthrough(e), v.find_op_by_name('second/d').name, several(v.consumers()), v.input_index(b), v.output_index(c)
show(v.remap_inputs([1])); show(v.remap_inputs([b, 0])); show(v.remap_outputs([1, 1, c])); show(v.remap([0], [])); show(v.remap([0], []).remap_default()); show(v.remap([0], []).remap_default(remove_output_map=False)); show(v.remap())
show(v.remap_outputs([1, 1]).remap_outputs_make_unique()); show(v.remap_outputs_to_consumers()); show(v.copy()); v.copy() is v, ge.make_view(v) is v, ge.make_view(v, graph=g) is v
show(ge.sgv(c.op, d.op, e.op).remap([b], [2]).remove_unused_ops())
with ge.make_view(c.op) as w: show(w)
refused(lambda: v.remap_inputs([0, 0])); refused(lambda: v.remap_inputs([2])); refused(lambda: v.remap_outputs([-1])); refused(lambda: v.find_op_by_name('x')); refused(lambda: v.remap_inputs([e]))
refused(lambda: ge.make_view(v, graph=tf.Graph())); refused(lambda: ge.make_view(v, graph=3)); refused(lambda: ge.make_view('a')); refused(lambda: ge.SubGraphView([c])); refused(lambda: ge.util.ListView(3))

#: reroute_ts and swap_ts
a, b, c, d, e, f = small()
k = tf.constant([5., 6.], name='k')
ge.reroute_ts(k, c), wires()[-5:]
ge.reroute_ts([c], [k], can_modify=f.op), wires()[-5:]
ge.reroute_ts([a, a], [k, b], cannot_modify=[d.op]), wires()[1:]
ge.swap_ts(c, d), wires()[1:]
ge.swap_ts([a], [a]), wires()[1:]
refused(lambda: ge.reroute_ts([a, b], [c])); refused(lambda: ge.reroute_ts(tf.constant(1), c)); refused(lambda: ge.swap_ts(tf.constant([1.]), c)); refused(lambda: ge.swap_ts(c.op, c)); refused(lambda: ge.swap_ts(a, c, can_modify=[a]))
tf.Session().run(f, {b: [3, 4]}).tolist()

#: an operation that takes both of a pair
a = tf.constant(1., name='a'); b = tf.constant(2., name='b'); c = tf.subtract(a, b, name='c')
ge.swap_ts(a, b), wires()

#: what runs behind a reroute
x = tf.placeholder(tf.float32, [], name='x'); y = tf.square(x, name='y'); z = y * 3.
s = tf.Session(); s.run(z, {x: 2})
ge.reroute_ts(tf.constant(10.), y), tf.Session().run(z, {x: 2}), s.run(y, {x: 2})

#: inputs and outputs of views
def two():
    tf.reset_default_graph()
    i = tf.constant(1., name='i'); j = tf.constant(2., name='j')
    p = tf.negative(i, name='p'); q = tf.square(j, name='q')
    tf.identity(p, name='r'); tf.identity(q, name='s')
    return p.op, q.op
for fn in (ge.swap_inputs, ge.reroute_inputs, ge.swap_outputs, ge.reroute_outputs, ge.swap_ios, ge.reroute_ios):
    p, q = two()
    v, w = ge.sgv(p), ge.sgv(q)
    r = fn(v, w)
    print(fn.__name__, r[0] is v, r[1] is w, wires(), [names(u) for u in (v.inputs, v.outputs, w.inputs, w.outputs)])
p, q = two(); v, w = fn(p, q); names(v.inputs), names(w.inputs)
with tf.Graph().as_default(): z = tf.identity(1., name='z')
refused(lambda: ge.swap_inputs(p, z.op)); refused(lambda: ge.swap_inputs(p, []))

#: control inputs
a, b, c, d, e, f = small()
ge.add_control_inputs(f.op, [a.op, e.op]), names(f.op.control_inputs)
ge.remove_control_inputs(f.op, a.op), names(f.op.control_inputs), ge.remove_control_inputs(e.op, c.op), names(e.op.control_inputs)
refused(lambda: ge.add_control_inputs(f.op, e.op)); refused(lambda: ge.remove_control_inputs(f.op, a.op)); refused(lambda: ge.add_control_inputs(f.op, [a]))

#: detach
def show(v): print([names(x) for x in (v.ops, v.inputs, v.outputs, v.passthroughs)])
a, b, c, d, e, f = small(); v, p = ge.detach_inputs([c.op, d.op]); show(v); names(p), wires()
tf.reset_default_graph(); a, b, c, d, e, f = small(); v, p = ge.detach_outputs([c.op, d.op]); show(v); names(p), wires()
tf.reset_default_graph(); a, b, c, d, e, f = small(); v, p, q = ge.detach([d.op, e.op], control_inputs=True); show(v); names(p), names(q), wires()
tf.reset_default_graph(); a, b, c, d, e, f = small(); v, p, q = ge.detach(c.op, control_ios=ge.ControlOutputs(c.graph)); show(v); names(p), names(q), wires()
tf.reset_default_graph(); a, b, c, d, e, f = small(); ge.detach_control_inputs(e.op); ge.add_control_inputs(f.op, [a.op]); ge.detach_control_outputs(a.op, ge.ControlOutputs(a.graph)); wires()

#: connect and bypass
def show(v): print([names(x) for x in (v.ops, v.inputs, v.outputs, v.passthroughs)])
a, b, c, d, e, f = small(); i = tf.placeholder(tf.float32, [2], name='i'); j = tf.square(i, name='j')
v, w = ge.connect([c.op], [j.op]); show(v); show(w); wires()
tf.reset_default_graph(); a, b, c, d, e, f = small(); i = tf.placeholder(tf.float32, [2], name='i'); j = tf.square(i, name='j'); k = tf.identity(j, name='k')
v, w = ge.connect(ge.sgv(d.op), ge.sgv(j.op), disconnect_first=True); show(v); show(w); wires()
tf.reset_default_graph(); a, b, c, d, e, f = small(); v, p = ge.bypass(ge.sgv(d.op).remap_inputs([0])); show(v); names(p), wires()
refused(lambda: ge.bypass(c.op)); refused(lambda: ge.connect(f.op, [c.op]))

#: copy within a graph
def show(v): print([names(x) for x in (v.ops, v.inputs, v.outputs, v.passthroughs)])
a, b, c, d, e, f = small()
v, info = ge.copy([c.op, e.op, d.op]); several(v.ops), names(v.inputs), names(v.outputs), wires()[6:]
info.transformed(c.op).name, info.transformed(c).name, info.transformed(a), info.original(info.transformed(d)).name, info.original(a), info.transformed({'x': [c, (d, a)]}, missing_fn=lambda t: t)
sorted(str(info).split('\n')[2:]), str(info).split('\n')[0], re.sub(r'\d+', 'N', str(info).split('\n')[1])
v, info = ge.copy(d.op, dst_scope='there'); v, info = ge.copy(d.op, dst_scope='there/', src_scope='second'); v, info = ge.copy(d.op, dst_scope='there', reuse_dst_scope=True)
wires()[11:], re.sub(r'\d+', 'N', str(info))
refused(lambda: ge.copy(d.op, src_scope='first')); refused(lambda: ge.copy(d.op, dst_graph=3)); refused(lambda: info.transformed(3)); refused(lambda: ge.Transformer()(d.op, None, ''))

#: copy to another graph
a, b, c, d, e, f = small()
for t in (c, d): tf.add_to_collection('mine', t)
tf.add_to_collection(tf.GraphKeys.LOSSES, f); tf.add_to_collection(tf.GraphKeys.TRAIN_OP, f.op)
g = tf.Graph(); v, info = ge.copy(d.graph, g); wires(g), v.graph is g, {k: names(g.get_collection(k)) for k in g.get_all_collection_keys()}
g = tf.Graph(); v, info = ge.copy([d.op, e.op, f.op], g, 'w'); wires(g), {k: names(g.get_collection(k)) for k in g.get_all_collection_keys()}, [o.outputs[0].shape for o in g.get_operations()]
tf.Session(graph=g).run(info.transformed(f), {g.get_tensor_by_name(n): v for n, v in (('w/geph__c_0:0', [1, 2]), ('w/geph__a_0:0', [3, 4]))}).tolist()

#: copy_with_input_replacements
a, b, c, d, e, f = small(); k = tf.constant([7., 8.], name='k')
v, info = ge.copy_with_input_replacements([d.op, f.op], {c: k}, dst_scope='new'); names(v.ops), names(v.inputs), wires()[7:]
tf.Session().run(info.transformed([d, f])), tf.Session().run([d, f], {b: [0, 0]})
g = tf.Graph()
with g.as_default(): k = tf.constant([9., 9.], name='k')
v, info = ge.copy_with_input_replacements([d.op], {c: k}, g); wires(g)

#: graph_replace
a, b, c, d, e, f = small(); k = tf.constant([7., 8.], name='k'); P = collections.namedtuple('P', 'x y')
r = ge.graph_replace(f, {c: k}); r, wires()[7:], tf.Session().run(r).tolist()
r = ge.graph_replace({'f': f, 'rest': [e, (a,)]}, {c: k}, dst_scope='two'); r['f'].name, type(r['rest']), names(r['rest'][0:1]), r['rest'][1][0].name
r = ge.graph_replace(P(f, b), {d: k}, dst_scope='three'); type(r).__name__, r.x.name, r.y.name
r = ge.graph_replace(collections.OrderedDict([('b', f), ('a', c)]), {a: k}, dst_scope='four'); [(n, t.name) for n, t in r.items()]
refused(lambda: ge.graph_replace(c, {f: k})); refused(lambda: ge.graph_replace([], {f: k})); refused(lambda: ge.graph_replace(c.op, {a: k}))

#: variables and gradients
tf.set_random_seed(1); w = tf.Variable(2., name='w'); x = tf.placeholder(tf.float32, [], name='x'); y = x * w * w; g, = tf.gradients(y, w)
k = tf.constant(5.); r = ge.graph_replace([y, g], {w.value(): k}, dst_scope='r')
s = tf.Session(); s.run(w.initializer); s.run([y, g], {x: 3}), s.run(r, {x: 3})
[(o.name, o._original_op.name if o._original_op else None) for o in tf.get_default_graph().get_operations()]

#: a loop and a condition
n = tf.placeholder(tf.int32, [], name='n'); i, t = tf.while_loop(lambda i, t: i < n, lambda i, t: (i + 1, t + i * i), [0, 0])
p = tf.cond(n > 3, lambda: t * 2, lambda: t - 1)
g = tf.Graph(); v, info = ge.copy(n.graph, g, 'c'); n_, p_, t_ = info.transformed([n, p, t])
s = tf.Session(graph=g); [s.run([p_, t_], {n_: k}) for k in (0, 1, 3, 6)], names([n_, p_, t_])
m = tf.constant(5); r = ge.graph_replace([t, p], {n: m}, dst_scope='five'); tf.Session().run(r), names(r)

#: a transformer with handlers of one's own
a, b, c, d, e, f = small()
def doubled(info, op, new_inputs):
    op_, ts_ = ge.copy_op_handler(info, op, new_inputs, copy_shape=True)
    if op.type != 'Add': return op_, ts_
    with info.graph_.as_default(): return op_, [tf.multiply(ts_[0], 2., name='twice')]
tr = ge.Transformer(); tr.transform_op_handler = doubled; g = tf.Graph(); v, info = tr(a.graph, g, 'x'); wires(g), info.transformed(c).name, info.transformed(c.op).name
def tagged(n): n.attr['_tag'].s = b'here'; return n
tr = ge.Transformer(); tr.transform_op_handler = lambda i, o, n: ge.copy_op_handler(i, o, n, nodedef_fn=tagged); v, info = tr([c.op], c.graph, 'y'); v.op(0).get_attr('_tag'), v.op(0).name
tr = ge.Transformer(); tr.transform_external_input_handler = lambda info, t: ge.keep_t_if_possible_handler(info, t); v, info = tr([d.op], d.graph, 'z'); names(v.inputs)
tr = ge.Transformer(); tr.transform_op_handler = lambda i, o, n: (o, o.outputs); refused(lambda: tr([c.op], c.graph, ''))
tr = ge.Transformer(); tr.transform_control_input_handler = lambda info, op: None; v, info = tr([e.op], e.graph, 'u'); v.op(0).control_inputs
refused(lambda: ge.copy_op_handler(None, c.op, True))

#: functions, devices, colocation
with tf.device('/cpu:0'): a = tf.constant([1., 2.], name='a')
with tf.colocate_with(a): b = tf.identity(a, name='b')
v, info = ge.copy(b.op, dst_scope='k'); v.op(0).device, v.op(0).colocation_groups(), info.transformed(b).shape
c, i = tf.nn.top_k(a, 1); v, info = ge.copy_with_input_replacements(c.op, {}); names(v.outputs)

#: the corresponding element
a, b, c, d, e, f = small()
with tf.Graph().as_default() as g: tf.import_graph_def(c.graph.as_graph_def(), name='m')
ge.util.find_corresponding([c, {'k': d.op}], g, dst_scope='m'), names([ge.util.find_corresponding_elem(c, c.graph)])
refused(lambda: ge.util.find_corresponding_elem(c, g)); refused(lambda: ge.util.find_corresponding([c.op], g, 'n'))
