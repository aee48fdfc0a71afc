"""Names of inner modules that programs and their tests use."""
import warnings, sys
import numpy as np

#: the number of interactive sessions
from tensorflow.python.client import session
tf.InteractiveSession._active_session_count = 0
def opened():
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter('always'); s = tf.InteractiveSession()
    return s, len(w)
s, n = opened(); n, tf.InteractiveSession._active_session_count
t, n = opened(); n, session.InteractiveSession._active_session_count
t.close(); t.close(); tf.InteractiveSession._active_session_count
s.close(); tf.InteractiveSession._active_session_count

#: attributes of a device
from tensorflow.python.client import session
a = session._DeviceAttributes('/job:worker/replica:0/task:3/cpu:1', 'TYPE', 1337, 1000000); a, a.name, a.device_type, a.memory_limit_bytes, a.incarnation
type(tf.Session().list_devices()[0]) is session._DeviceAttributes

#: a callable of options that trace
from tensorflow.core.protobuf import config_pb2
p = tf.placeholder(tf.float32); a = p + 1.
o = config_pb2.CallableOptions(); o.feed.append(p.name); o.fetch.append(a.name); o.run_options.trace_level = config_pb2.RunOptions.FULL_TRACE
s = tf.Session(); f = s._make_callable_from_options(o); m = tf.RunMetadata(); f(np.array(1., np.float32), run_metadata=m), len(m.step_stats.dev_stats) > 0
f = s.make_callable(a, [p], accept_options=True); m = tf.RunMetadata(); f(1., options=tf.RunOptions(trace_level=3), run_metadata=m), len(m.step_stats.dev_stats) > 0

#: the stacks of graphs and sessions
from tensorflow.python.framework import ops
ops._default_session_stack.stack, ops._default_session_stack.get_default(), ops._default_session_stack.is_cleared()
with tf.Session() as s: print(ops._default_session_stack.stack == [s], ops._default_session_stack.get_default() is s, ops._default_session_stack.is_cleared())
n = len(ops._default_graph_stack.stack); ops._default_graph_stack.get_default() is tf.get_default_graph()
with tf.Graph().as_default() as g: print(len(ops._default_graph_stack.stack) - n, ops._default_graph_stack.stack[-1] is g)
with ops._default_session_stack.get_controller(s): print(tf.get_default_session() is s)
with s.as_default():
    ops._default_session_stack.reset(); print(tf.get_default_session())

#: an error of an unknown code
from tensorflow.python.framework import errors_impl
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter('always'); e = errors_impl._make_specific_exception(None, None, 'words', 37)
type(e).__name__, e.message, e.error_code, [str(x.message) for x in w]
tf.errors.UnknownError(None, None, 'm').error_code, tf.errors.UnknownError(None, None, 'm', 5).error_code

#: constants of signatures
from tensorflow.python.saved_model import signature_constants, signature_def_utils
signature_constants.SUPERVISED_TRAIN_METHOD_NAME, signature_constants.SUPERVISED_EVAL_METHOD_NAME

#: a global step of shape [1]
v = tf.Variable([7], name='global_step'); s = tf.Session(); s.run(v.initializer); tf.train.global_step(s, v)
v = tf.Variable(8); s.run(v.initializer); tf.train.global_step(s, v)

#: gradients that are not numbers
@tf.RegisterGradient('Nan')
def nan(op, dy): return dy * float('nan')
x = tf.constant([1., 2.])
with tf.get_default_graph().gradient_override_map({'Exp': 'Nan'}): y = tf.exp(x)
with tf.Session(): print(tf.test.compute_gradient_error(x, [2], y, [2]))
with tf.Session(): print(tf.test.compute_gradient_error(x, [2], x * 2., [2]) < 1e-3)

#: sessions inside of monitored ones
from tensorflow.python.training import monitored_session
class Hook(tf.train.SessionRunHook):
    def before_run(self, c): return tf.train.SessionRunArgs('a:0')
    def after_run(self, c, v): print(v.results); c.request_stop()
a = tf.constant(3., name='a')
h = monitored_session._HookedSession(tf.Session(), [Hook()]); h.should_stop(), h.run(a), h.should_stop(), isinstance(h, monitored_session._WrappedSession)
c = monitored_session._CoordinatedSession(tf.Session(), tf.train.Coordinator()); c.run(a), c.should_stop()

#: flags
from tensorflow.python.platform import flags
f = flags._FlagValuesWrapper(flags.FlagValues()); flags.DEFINE_string('word', 'x', 'A word.', flag_values=f); flags.DEFINE_integer('number', 3, 'A number.', flag_values=f)
f(['program', '--number=4']), f.word, f.number, 'word' in f, sorted(f), len(f)
f.word = 'y'; f.word, f['word'].default
del f.word; 'word' in f

#: the sum of slices
from tensorflow.python.ops import gradients_impl
s = tf.IndexedSlices(tf.constant([[1.], [2.]]), tf.constant([0, 2])); t = tf.IndexedSlices(tf.constant([[3.]]), tf.constant([1], tf.int64))
gradients_impl._AggregateIndexedSlicesGradients([]), gradients_impl._AggregateIndexedSlicesGradients([s]) is s
r = gradients_impl._AggregateIndexedSlicesGradients([s, None, t]); r, [x.tolist() for x in tf.Session().run([r.values, r.indices])]

#: a writer for tests
from tensorflow.contrib import testing
from tensorflow.python.training import summary_io
from tensorflow.python.summary.writer import writer_cache
import unittest
case = unittest.TestCase()
def fails(**kw):
    try: w.assert_summaries(case, **kw); print('fine')
    except AssertionError as e: print(str(e).split('\n')[0])
def refused(fn):
    try: fn()
    except ValueError as e: print(e)
testing.FakeSummaryWriter.install(); w = tf.summary.FileWriterCache.get('some'); type(w).__name__; refused(testing.FakeSummaryWriter.install)
s = tf.Summary(value=[tf.Summary.Value(tag='a', simple_value=2.), tf.Summary.Value(tag='global_step/sec', simple_value=3.)])
w.add_summary(s, 1), w.add_summary(s.SerializeToString(), 1), w.add_graph(tf.get_default_graph()), w.add_session_log(tf.SessionLog(status=1)), w.add_run_metadata(tf.RunMetadata(), 't'), w.flush(), w.reopen()
fails(); fails(expected_logdir='some', expected_summaries={1: {'a': 2.}}, expected_graph=tf.get_default_graph()); fails(expected_logdir='other'); fails(expected_summaries={2: {}}); fails(expected_summaries={1: {'a': 3.}}); fails(expected_added_graphs=[tf.get_default_graph()]); fails(expected_session_logs=[])
refused(lambda: w.add_graph(None, -1)); refused(lambda: w.add_graph(None, graph_def=tf.GraphDef())); refused(lambda: w.add_meta_graph(None, -1)); refused(lambda: w.add_run_metadata(None, 't', -1))
[[v.tag for v in x.value] for x in w.summaries[1]]
tf.summary.FileWriterCache.clear(); testing.FakeSummaryWriter.uninstall(); refused(testing.FakeSummaryWriter.uninstall); writer_cache.FileWriter is tf.summary.FileWriter
testing.assert_summary(['a', 'global_step/sec'], {'a': 2.001}, s); refused(lambda: testing.assert_summary(['b'], {}, tf.Summary(value=[tf.Summary.Value(tag='a', simple_value=1.)]))); testing.to_summary_proto(s.SerializeToString()) == s
import tempfile
d = tempfile.mkdtemp(); testing.latest_event_file(d), testing.latest_events(d), testing.latest_summaries(d)
w = tf.summary.FileWriter(d); w.add_summary(s, 1); w.add_summary(tf.Summary(value=[tf.Summary.Value(tag='a', simple_value=5.)]), 3); w.close()
len(list(testing.latest_events(d))), testing.simple_values_from_events(testing.latest_events(d), ['a']), len(testing.latest_summaries(d)), testing.simple_values_from_events(testing.latest_summaries(d), ['a', 'b', 'global_step/sec'])

#: results that are marked as used
p = tf.placeholder(tf.bool, [], name='p')
tf.Assert(p, [1]).mark_used(), tf.assert_equal(tf.placeholder(tf.int32), 1).mark_used(), tf.initialize_all_variables().mark_used(), tf.report_uninitialized_variables().mark_used()
a = tf.TensorArray(tf.float32, 2); a.write(0, 1.).mark_used(), a.unstack([1., 2.]).mark_used(), a.split([1., 2.], [1, 1]).mark_used(), a.scatter([0], [1.]).mark_used()
