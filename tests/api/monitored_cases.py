"""Hooks, monitored sessions, session managers, supervisors, cluster specifications."""
import logging as py_logging, os, re, shutil, sys, tempfile

class Lines(py_logging.Handler):
    def __init__(self):
        py_logging.Handler.__init__(self)
        self.lines = []
    def emit(self, record):
        text = record.getMessage()
        text = re.sub(r"\d+(\.\d+)?(e[+-]\d+)? ?(sec|$)", r"N\3", text) if "sec" in text else text
        if "is deprecated" not in text:
            self.lines.append(record.levelname + " " + text.replace(folder, "FOLDER"))

folder = tempfile.mkdtemp()
told = Lines()
tf.logging.set_verbosity(tf.logging.INFO)
py_logging.getLogger("tensorflow").handlers[:] = [told]

def lines():
    got, told.lines = told.lines, []
    return got

def model():
    step = tf.train.get_or_create_global_step()
    w = tf.Variable(3., name="w")
    loss = tf.square(w, name="loss")
    train = tf.train.GradientDescentOptimizer(.1).minimize(loss, global_step=step)
    return step, w, loss, train

def names():
    return [op.name for op in tf.get_default_graph().get_operations()]

def files():
    return sorted(re.sub(r"tfevents.*", "tfevents", f) for f in os.listdir(folder))

def simple(x):
    if isinstance(x, dict):
        return {k: simple(v) for k, v in x.items()}
    return [simple(v) for v in x] if isinstance(x, list) else x.item() if hasattr(x, "item") else x

class Noisy(tf.train.SessionRunHook):
    def __init__(self, name, fetches=None, feed=None, stop=None):
        self.name, self.fetches, self.feed, self.stop, self.n = name, fetches, feed, stop, 0
    def begin(self):
        print(self.name, "begin")
    def after_create_session(self, session, coord):
        print(self.name, "created", type(session).__name__, type(coord).__name__)
    def before_run(self, context):
        print(self.name, "before", context.original_args, context.stop_requested)
        return tf.train.SessionRunArgs(self.fetches, self.feed)
    def after_run(self, context, values):
        self.n += 1
        print(self.name, "after", simple(values.results), type(values.run_metadata).__name__)
        if self.n == self.stop:
            context.request_stop()
    def end(self, session):
        print(self.name, "end", type(session).__name__)

#: arguments and values
a = tf.train.SessionRunArgs(1)
a
a.fetches, a.feed_dict, a.options
tf.train.SessionRunArgs([1], {2: 3}, 4)
v = tf.train.SessionRunValues(1, 2, 3)
v
tf.train.SessionRunValues(1)
c = tf.train.SessionRunContext(a, "session")
c.original_args, c.session, c.stop_requested
c.request_stop()
c.stop_requested
h = tf.train.SessionRunHook()
h.begin(), h.after_create_session(1, 2), h.before_run(c), h.after_run(c, v), h.end(1)

#: timers
t = tf.train.SecondOrStepTimer(every_steps=3)
t.last_triggered_step()
t.should_trigger_for_step(0), t.update_last_triggered_step(0)
[t.should_trigger_for_step(i) for i in range(6)]
t.update_last_triggered_step(4)[1], t.last_triggered_step()
t.reset()
t.last_triggered_step(), t.should_trigger_for_step(4)
t = tf.train.SecondOrStepTimer(every_secs=1000.)
t.should_trigger_for_step(1), t.update_last_triggered_step(1), t.should_trigger_for_step(1), t.should_trigger_for_step(2)
tf.train.SecondOrStepTimer()
tf.train.SecondOrStepTimer(1, 2)

#: hooks: wrong arguments
tf.train.LoggingTensorHook([])
tf.train.LoggingTensorHook([], every_n_iter=1, every_n_secs=2)
tf.train.LoggingTensorHook([], every_n_iter=0)
tf.train.StepCounterHook(None)
tf.train.StepCounterHook(1, 2)
tf.train.StopAtStepHook()
tf.train.StopAtStepHook(1, 2)
tf.train.CheckpointSaverHook(folder)
tf.train.CheckpointSaverHook(folder, 1, 2)
tf.train.CheckpointSaverHook(folder, 1, saver=1, scaffold=2)
tf.train.SummarySaverHook(1)
tf.train.SummarySaverHook(1, scaffold=1, summary_op=2)
tf.train.SummarySaverHook(summary_op=2)
tf.train.ProfilerHook(output_dir=folder)
for h in [tf.train.StopAtStepHook(1), tf.train.CheckpointSaverHook(folder, 1), tf.train.StepCounterHook(), tf.train.SummarySaverHook(1, summary_op=2),
          tf.train.GlobalStepWaiterHook(3), tf.train.ProfilerHook(1, output_dir=folder)]:
    try:
        h.begin()
    except RuntimeError as e:
        print(e)
h = tf.train.LoggingTensorHook(["x"], 1)
h.begin()
a, b = tf.split([1, 2], 2, name="pieces")
h = tf.train.LoggingTensorHook(["pieces"], 1)
h.begin()
h = tf.train.LoggingTensorHook([3], 1)
h.begin()
lines()

#: the order of things
step, w, loss, train = model()
with tf.train.MonitoredSession(hooks=[Noisy("a", {"l": loss}), Noisy("b", stop=2)]) as s:
    while not s.should_stop():
        print(simple(s.run([train, w])))
s.run(w)
s.close()
s.should_stop(), s.graph
lines()
tf.get_default_graph().finalized

#: names of the usual pieces
step, w, loss, train = model()
n = len(names())
s = tf.train.SingularMonitoredSession()
names()[n:]
s.graph is tf.get_default_graph(), s.graph.finalized
type(s.raw_session()).__name__
s.run(step)
s.close()
s.graph, s.raw_session()
tf.get_default_graph().finalized
sorted(k for k in tf.get_default_graph().get_all_collection_keys() if isinstance(k, str))
lines()

#: a training session
step, w, loss, train = model()
tf.summary.scalar("loss_value", loss)
with tf.train.MonitoredTrainingSession(checkpoint_dir=folder, hooks=[tf.train.StopAtStepHook(num_steps=5)], save_checkpoint_steps=2,
                                       save_summaries_steps=2, log_step_count_steps=2) as s:
    while not s.should_stop():
        s.run(train)
lines()
files()
[e.step for f in sorted(os.listdir(folder)) if "tfevents" in f for e in tf.train.summary_iterator(os.path.join(folder, f)) if e.HasField("summary")]
[[v.tag for v in e.summary.value] for f in sorted(os.listdir(folder)) if "tfevents" in f for e in tf.train.summary_iterator(os.path.join(folder, f)) if e.HasField("summary")]
[(e.step, e.session_log.status) for f in sorted(os.listdir(folder)) if "tfevents" in f for e in tf.train.summary_iterator(os.path.join(folder, f)) if e.HasField("session_log")]
with tf.train.MonitoredTrainingSession(checkpoint_dir=folder, hooks=[tf.train.StopAtStepHook(last_step=7)], save_checkpoint_secs=None, save_summaries_steps=0,
                                       log_step_count_steps=None) as s:
    while not s.should_stop():
        print(s.run([step, train])[0])
lines()
files()

#: logging, nan, final values, feeding
step, w, loss, train = model()
p = tf.placeholder(tf.float32, [], name="p")
final = tf.train.FinalOpsHook({"w": w, "twice": p * 2.}, {p: 4.})
final.final_ops_values
hooks = [tf.train.LoggingTensorHook({"b": loss, "a": "w"}, every_n_iter=2), tf.train.LoggingTensorHook(["loss:0"], every_n_iter=3, at_end=True,
         formatter=lambda d: "so: %.4f" % d["loss:0"]), final, tf.train.FeedFnHook(lambda: {p: 7.}), tf.train.StopAtStepHook(last_step=5)]
with tf.train.SingularMonitoredSession(hooks=hooks) as s:
    while not s.should_stop():
        print(s.run([p, train])[0])
final.final_ops_values
lines()

#: nan
x = tf.Variable(1.)
bad = tf.log(x - 2., name="bad")
with tf.train.SingularMonitoredSession(hooks=[tf.train.NanTensorHook(bad)]) as s:
    s.run(x)
with tf.train.SingularMonitoredSession(hooks=[tf.train.NanTensorHook(bad, fail_on_nan_loss=False)]) as s:
    s.run(x), s.should_stop()
    s.run(x)
lines()
str(tf.train.NanLossDuringTrainingError()), issubclass(tf.train.NanLossDuringTrainingError, RuntimeError)

#: exceptions
x = tf.Variable(1.)
with tf.train.MonitoredSession(hooks=[Noisy("a")]) as s:
    raise ValueError("mine")
with tf.train.MonitoredSession(hooks=[Noisy("b")]) as s:
    raise tf.errors.OutOfRangeError(None, None, "end")
with tf.train.MonitoredSession(hooks=[Noisy("c")]) as s:
    raise StopIteration
lines()

#: what goes away is begun anew
x = tf.Variable(1.)
left = [tf.errors.AbortedError(None, None, "gone"), tf.errors.UnavailableError(None, None, "away")]
class Breaks(tf.train.SessionRunHook):
    def after_create_session(self, session, coord):
        print("created")
    def before_run(self, context):
        if left:
            raise left.pop()
with tf.train.MonitoredSession(hooks=[Breaks()]) as s:
    print(s.run(x))
left = [tf.errors.AbortedError(None, None, "gone")]
with tf.train.SingularMonitoredSession(hooks=[Breaks()]) as s:
    print(s.run(x))
lines()

#: steps as functions
step, w, loss, train = model()
def one(step_context):
    print(type(step_context).__name__, type(step_context.session).__name__)
    print(step_context.session.run(w), step_context.run_with_hooks(w))
    return 7
def stops(step_context):
    step_context.request_stop()
class Holder:
    def one(self, step_context):
        return step_context.session.run(step)
with tf.train.MonitoredSession(hooks=[Noisy("a")]) as s:
    print(s.run_step_fn(one))
    print(s.run_step_fn(Holder().one))
    try:
        s.run_step_fn(lambda x: x)
    except ValueError as e:
        print(e)
    try:
        s.run_step_fn(lambda step_context, y: y)
    except ValueError as e:
        print(e)
    s.run_step_fn(stops)
lines()

#: feeds that conflict
p = tf.placeholder(tf.float32, [], name="p")
s = tf.train.MonitoredSession(hooks=[tf.train.FeedFnHook(lambda: {p: 1.}), tf.train.FeedFnHook(lambda: {p: 2.})])
s.run(p)
s = tf.train.MonitoredSession(hooks=[tf.train.FeedFnHook(lambda: {p: 1.})])
s.run(p)
s.run(p, {p: 3.})
q = tf.train.MonitoredSession()
q.run(p, {p: 3.})
q.run(p)

#: scaffolds
x, y = tf.Variable(1., name="x"), tf.Variable(2., name="y", collections=[tf.GraphKeys.LOCAL_VARIABLES])
sc = tf.train.Scaffold()
sc.init_op, sc.saver, sc.init_fn, sc.ready_op, sc.ready_for_local_init_op, sc.local_init_op, sc.summary_op, sc.init_feed_dict
sc.finalize() is sc
sc.init_op.name, sc.ready_op, sc.ready_for_local_init_op, sc.local_init_op.name, sc.summary_op, type(sc.saver).__name__
[(op.name, op.type, [i.name for i in op.inputs], [c.name for c in op.control_inputs]) for op in tf.get_default_graph().get_operations() if "save" not in op.name]
other = tf.train.Scaffold(init_op="mine", copy_from_scaffold=sc)
other.init_op, other.saver is sc.saver
tf.train.Scaffold(copy_from_scaffold=3)
tf.train.Scaffold.get_or_default("a", "nothing", lambda: None), tf.get_collection("nothing")
tf.add_to_collection("two", 1)
tf.train.Scaffold.get_or_default("a", "two", lambda: 5)
tf.add_to_collection("two", 2)
tf.train.Scaffold.get_or_default("a", "two", lambda: 5)
lines()

#: scaffolds with functions
x = tf.Variable(1., name="x")
p = tf.placeholder(tf.float32, [])
sc = tf.train.Scaffold(init_op=x.assign(p), init_feed_dict={p: 8.}, init_fn=lambda scaffold, session: print(scaffold is sc, session.run(x)))
with tf.train.SingularMonitoredSession(scaffold=sc) as s:
    print(s.run(x))
sc = tf.train.Scaffold(init_op=tf.no_op())
with tf.train.SingularMonitoredSession(scaffold=sc) as s:
    print(s.run(x))
tf.train.SessionCreator().create_session()
lines()

#: session managers
x = tf.Variable(1., name="x")
y = tf.Variable(1., name="y", collections=[tf.GraphKeys.LOCAL_VARIABLES])
init, saver, ready = tf.global_variables_initializer(), tf.train.Saver(), tf.report_uninitialized_variables()
m = tf.train.SessionManager(ready_op=ready, local_init_op=tf.local_variables_initializer())
s = m.prepare_session("", init_op=init, saver=saver)
s.run([x, y])
saved = saver.save(s, os.path.join(folder, "m"), global_step=3)
m.prepare_session("")
m.prepare_session("", init_op=tf.no_op(name="nothing"))
m.prepare_session("", saver=saver, checkpoint_dir=folder).run(x)
m.prepare_session("", saver=saver, checkpoint_filename_with_path=os.path.join(folder, "m-3")).run(x)
m.prepare_session("", saver=saver, checkpoint_filename_with_path="a", checkpoint_dir="b")
s, good = m.recover_session("", saver, checkpoint_dir=folder)
good, s.run(x)
m.recover_session("", saver, checkpoint_dir=os.path.join(folder, "none"))[1]
m2 = tf.train.SessionManager(ready_op=ready, ready_for_local_init_op=tf.report_uninitialized_variables([x]), local_init_op=y.initializer, recovery_wait_secs=.1)
m2.prepare_session("", init_op=tf.no_op(name="nothing2"))
m2.wait_for_session("", max_wait_secs=0)
tf.train.SessionManager(ready_for_local_init_op=3)
tf.train.SessionManager().prepare_session("", init_fn=lambda s: s.run(init)).run(x)
tf.train.SessionManager().prepare_session("")
tf.train.SessionManager().wait_for_session("")
lines()

#: workers wait
x = tf.Variable(1., name="x")
tf.train.MonitoredSession(tf.train.WorkerSessionCreator(max_wait_secs=0))
tf.train.MonitoredTrainingSession(is_chief=False, max_wait_secs=0)
lines()

#: profiles
step, w, loss, train = model()
with tf.train.SingularMonitoredSession(hooks=[tf.train.ProfilerHook(save_steps=2, output_dir=folder), tf.train.StopAtStepHook(5)]) as s:
    while not s.should_stop():
        s.run(train)
lines()
files()

#: queue runners in a session
q = tf.FIFOQueue(3, [tf.int32], [[]])
tf.train.add_queue_runner(tf.train.QueueRunner(q, [q.enqueue(5)]))
x = q.dequeue()
with tf.train.MonitoredSession() as s:
    print([int(s.run(x)) for _ in range(5)])
n = tf.train.limit_epochs(tf.constant(1), 3)
with tf.train.MonitoredSession() as s:
    while not s.should_stop():
        print(s.run(n))
lines()

#: supervisors
step, w, loss, train = model()
tf.summary.scalar("loss_value", loss)
n = len(names())
sv = tf.train.Supervisor(logdir=folder, save_summaries_secs=0, save_model_secs=0)
names()[n:]
sv.is_chief, sv.save_path.replace(folder, "FOLDER"), sv.save_summaries_secs, sv.save_model_secs, sv.init_feed_dict
sv.init_op.name, sv.ready_op.name, sv.ready_for_local_init_op, sv.summary_op, sv.global_step.name, type(sv.saver).__name__
type(sv.coord).__name__, type(sv.session_manager).__name__, type(sv.summary_writer).__name__
tf.get_default_graph().finalized
with sv.managed_session() as s:
    while not sv.should_stop():
        s.run(train)
        if s.run(step) >= 3:
            sv.saver.save(s, sv.save_path, global_step=step)
            sv.summary_computed(s, s.run(sv.summary_op))
            sv.request_stop()
lines()
files()
s = sv.prepare_or_wait_for_session()
int(s.run(step))
sv.stop()
sv.should_stop()
lines()

#: supervisors without a folder
step, w, loss, train = model()
sv = tf.train.Supervisor(saver=None, summary_op=None, init_fn=lambda s: print("init_fn"))
sv.save_path, sv.summary_writer, sv.saver, sv.summary_op
with sv.managed_session() as s:
    raise tf.errors.OutOfRangeError(None, None, "end")
with sv.managed_session() as s:
    raise ValueError("mine")
sv.summary_computed(s, b"")
sv.start_standard_services(s)
worker = tf.train.Supervisor(is_chief=False, recovery_wait_secs=.1)
worker.start_standard_services(s)
worker.prepare_or_wait_for_session(max_wait_secs=0)
def steps(s, n, by):
    print(s.run(step), n, by)
    s.run(train)
    if s.run(step) >= n:
        sv.request_stop()
tf.train.basic_train_loop(sv, steps, [3], {"by": 2})
lines()

#: a supervisor's threads
step, w, loss, train = model()
tf.summary.scalar("loss_value", loss)
import time
sv = tf.train.Supervisor(logdir=folder, save_summaries_secs=.2, save_model_secs=.2)
s = sv.prepare_or_wait_for_session()
for i in range(5):
    done = s.run(train)
    time.sleep(.2)
sv.stop()
got = lines()
sorted({re.sub(r"step \d+", "step N", line) for line in got if "INFO global_step" not in line and "Recording" not in line}), any("Recording summary at step" in line for line in got)
files()[:3]
sorted({v.tag for f in sorted(os.listdir(folder)) if "tfevents" in f for e in tf.train.summary_iterator(os.path.join(folder, f)) for v in e.summary.value})

#: a supervisor's verdict on variables
x = tf.Variable(1.)
tf.train.Supervisor(is_chief=False)
sv = tf.train.Supervisor()
loop = sv.loop(0, lambda: sv.request_stop())
loop.join()
sv.should_stop(), sv.ShouldStop()
sv.Stop()

#: cluster specifications
c = tf.train.ClusterSpec({"worker": ["a:1", "b:2"], "ps": {3: "c:3", 1: "d:4"}})
str(c), bool(c), bool(tf.train.ClusterSpec({}))
sorted(c.jobs), c.num_tasks("worker"), c.task_indices("ps"), c.task_address("ps", 3), c.job_tasks("ps"), c.job_tasks("worker")
sorted(c.as_dict().items())
c.as_cluster_def()
c == c.as_dict(), c == tf.train.ClusterSpec(c.as_cluster_def()), c != tf.train.ClusterSpec(c), c == tf.train.ClusterSpec({})
c.num_tasks("none")
c.task_indices("none")
c.task_address("none", 0)
c.task_address("ps", 0)
c.job_tasks("none")
tf.train.ClusterSpec(3)
tf.train.ClusterSpec({"a": "b"})
tf.train.ClusterSpec({1: ["b"]})
tf.train.ClusterSpec({"a": [3]})
tf.train.Server(3)
tf.train.Server({"a": ["x:1"], "b": ["y:2"]})
tf.train.Server({"a": ["x:1", "y:2"]})

#: devices for replicas
d = tf.train.replica_device_setter(cluster={"ps": ["a:1", "b:2"], "worker": ["c:3"]})
with tf.device(d):
    v = [tf.Variable(1., name="v%d" % i) for i in range(3)]
    t = v[0] + 1.
    r = tf.get_variable("r", [], use_resource=True)
    with tf.device("/job:other/cpu:0"):
        u = tf.Variable(2., name="u")
[(op.name, op.device) for op in tf.get_default_graph().get_operations() if op.type in ("VariableV2", "VarHandleOp", "Add", "Assign")]
tf.train.replica_device_setter(), tf.train.replica_device_setter(cluster={"worker": ["c:3"]})
with tf.device(tf.train.replica_device_setter(ps_tasks=2, ps_device="/job:a", worker_device="/job:b/cpu:1", ps_ops=["Const"], ps_strategy=lambda op: 1)):
    a, b = tf.constant(1), tf.Variable(1., name="b")
a.device, b.device
tf.train.replica_device_setter(ps_tasks=1, ps_strategy=3)
with tf.device(tf.train.replica_device_setter(ps_tasks=1, merge_devices=False)), tf.device("/cpu:0"):
    e = tf.Variable(1., name="e")
e.device
lines()
