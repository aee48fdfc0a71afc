"""tf.train.Checkpoint: checkpoints of objects, in which a variable's name is the path of attributes that leads to it."""
import collections
import os

from pytfgraph import protos
from pytfgraph.framework import constant_op, dtypes, errors_impl as errors, ops
from pytfgraph.ops import control_flow_ops, raw, variable_scope, variables
from pytfgraph.training import checkpoint_management, checkpoint_reader, optimizer, saveable_object, saver as saver_lib
from pytfgraph.training.checkpointable import base
from pytfgraph.training.saver_builder import BaseSaverBuilder

OBJECT_GRAPH_PROTO_KEY = base.OBJECT_GRAPH_PROTO_KEY
_ATTRIBUTES, _SLOTS = ".ATTRIBUTES", ".OPTIMIZER_SLOT"


def _escape(name):
    return name.replace(".", "..").replace("/", ".S")


# ---- the objects there are ----

_Slot = collections.namedtuple("_Slot", ["optimizer", "variable", "name", "slot"])


class _Objects:
    """Everything that can be reached from one object, breadth first; slots of optimizers behind that."""

    def __init__(self, root):
        self.objects, self.paths, self._numbers = [root], [""], {id(root): 0}
        queue = collections.deque([root])
        while queue:
            x = queue.popleft()
            prefix = self.paths[self.number(x)]
            for name, child in base.dependencies(x):
                if id(child) not in self._numbers:
                    self._add(child, (prefix + "/" if prefix else "") + _escape(name))
                    queue.append(child)
        self.slots = []
        for x in [x for x in self.objects if isinstance(x, optimizer.Optimizer)]:
            self._add_slots(x)

    def _add(self, x, path):
        self._numbers[id(x)] = len(self.objects)
        self.objects.append(x)
        self.paths.append(path)

    def _add_slots(self, opt):
        originals = [x for x in self.objects if isinstance(x, variables.Variable)]
        for name in opt.get_slot_names():
            for v in originals:
                slot = opt.get_slot(v, name)
                if slot is None:
                    continue
                if id(slot) not in self._numbers:
                    self._add(slot, "/".join([self.paths[self.number(v)], _SLOTS, self.paths[self.number(opt)], _escape(name)]))
                self.slots.append(_Slot(opt, v, name, slot))

    def number(self, x):
        return self._numbers[id(x)]

    def saveables(self):
        """Yields (object's number, attribute, key in the checkpoint, SaveableObject)."""
        for number, x in enumerate(self.objects):
            for attribute, factory in base.saveables(x).items():
                path = self.paths[number]
                key = (path + "/" if path else "") + _ATTRIBUTES + "/" + _escape(attribute)
                held = factory(name=key) if callable(factory) and not isinstance(factory, variables.Variable) else factory
                for saveable in BaseSaverBuilder.SaveableObjectsForOp(held, key):
                    yield number, attribute, key, saveable

    def graph_proto(self, saveables):
        """The CheckpointableObjectGraph."""
        proto = protos.message("tensorflow.CheckpointableObjectGraph")()
        for x in self.objects:
            node = proto.nodes.add()
            for name, child in base.dependencies(x):
                node.children.add(node_id=self.number(child), local_name=name)
        for s in self.slots:
            proto.nodes[self.number(s.optimizer)].slot_variables.add(
                original_variable_node_id=self.number(s.variable), slot_name=s.name, slot_variable_node_id=self.number(s.slot))
        for number, attribute, key, _ in saveables:
            x = self.objects[number]
            name = x._shared_name if hasattr(x, "_shared_name") else x.op.name if isinstance(x, variables.Variable) else ""
            proto.nodes[number].attributes.add(name=attribute, full_name=name, checkpoint_key=key)
        return proto


class _Text(saveable_object.SaveableObject):
    """A string that is saved and not restored."""

    def __init__(self, tensor, name):
        super().__init__(tensor, [saveable_object.SaveSpec(tensor, "", name)], name)

    def restore(self, restored_tensors, restored_shapes):
        return control_flow_ops.no_op()


def _session_of(session):
    session = session or ops.get_default_session()
    if session is None:
        raise ValueError("No session was given, and there is no default session.")
    return session


# ---- what became of a restore ----

class _Status:
    def __init__(self, root):
        self._root = root

    def _run(self, session, operations):
        if operations:
            _session_of(session).run(operations)

    def _initialize(self, session, variables_left):
        """Initialises those that have no value yet."""
        session = _session_of(session)
        with session.graph.as_default():
            known = [(v, variables.is_variable_initialized(v)) for v in variables_left]
        values = session.run([k for _, k in known])
        self._run(session, [v.initializer for (v, _), has in zip(known, values) if not has])


def _variables_of(objects):
    return [x for x in objects.objects if isinstance(x, variables.Variable)]


class InitializationOnlyStatus(_Status):
    """No checkpoint was named: everything begins with its initial value."""

    def assert_consumed(self):
        raise AssertionError("No checkpoint specified (save_path=None); nothing is being restored.")

    assert_existing_objects_matched = assert_consumed

    def run_restore_ops(self, session=None):
        raise AssertionError("No checkpoint specified, so no restore ops are available (save_path=None to Saver.restore).")

    def initialize_or_restore(self, session=None):
        """Runs initializers of variables without values."""
        self._initialize(session, _variables_of(_Objects(self._root)))


class NameBasedSaverStatus(_Status):
    """The checkpoint is one of tf.train.Saver: variables are found by their names."""

    def __init__(self, root, path):
        super().__init__(root)
        self._path = path

    def assert_consumed(self):
        raise AssertionError("Restoring a name-based checkpoint. No load status is available.")

    assert_existing_objects_matched = assert_consumed

    def run_restore_ops(self, session=None):
        """Restores every variable that there is."""
        session = _session_of(session)
        with session.graph.as_default():
            saver_lib.Saver(_variables_of(_Objects(self._root))).restore(session, self._path)

    initialize_or_restore = run_restore_ops


class CheckpointLoadStatus(_Status):
    """Tells what of a checkpoint was found, and restores it.  Objects may be made after restore(): they are looked for each time."""

    def __init__(self, root, path, proto):
        super().__init__(root)
        self._path, self._proto = path, proto
        self._operations = {}       # {(id of what it assigns to, key): (what, operation)}

    def _match(self, objects):
        """{number of a node in the checkpoint: object}."""
        found, queue = {0: self._root}, collections.deque([0])
        while queue:
            number = queue.popleft()
            here = dict(base.dependencies(found[number]))
            for child in self._proto.nodes[number].children:
                if child.node_id not in found and child.local_name in here:
                    found[child.node_id] = here[child.local_name]
                    queue.append(child.node_id)
        for number, node in enumerate(self._proto.nodes):
            for s in node.slot_variables:
                opt, v = found.get(number), found.get(s.original_variable_node_id)
                slot = opt.get_slot(v, s.slot_name) if opt is not None and v is not None else None
                if slot is not None:
                    found.setdefault(s.slot_variable_node_id, slot)
        return found

    def assert_existing_objects_matched(self):
        """AssertionError where an object that there is has no value in the checkpoint."""
        objects = _Objects(self._root)
        matched = {id(x) for x in self._match(objects).values()}
        for x in objects.objects:
            if base.saveables(x) and id(x) not in matched:
                raise AssertionError("Object not assigned a value from checkpoint: %s" % (x,))
        return self

    def assert_consumed(self):
        """AssertionError where the checkpoint holds something that nothing was made of, or an object has no value in it."""
        objects = _Objects(self._root)
        found = self._match(objects)
        for number, node in enumerate(self._proto.nodes):
            if number not in found:
                raise AssertionError("Unresolved object in checkpoint: %s" % (node,))
        matched = {id(x) for x in found.values()}
        for x in objects.objects:
            if id(x) not in matched:
                raise AssertionError("Object not assigned a value from checkpoint: %s" % (x,))
        return self

    def _restores(self, found):
        """The operations that restore what was found; each is made once."""
        wanted = []
        for number, x in found.items():
            attributes = {a.name: a.checkpoint_key for a in self._proto.nodes[number].attributes}
            for attribute, factory in base.saveables(x).items():
                if attribute not in attributes:
                    continue
                key = attributes[attribute]
                if (id(x), key) not in self._operations:
                    held = factory(name=key) if callable(factory) and not isinstance(factory, variables.Variable) else factory
                    self._operations[id(x), key] = x, self._restore(list(BaseSaverBuilder.SaveableObjectsForOp(held, key)))
                wanted.append(self._operations[id(x), key][1])
        return wanted

    def _restore(self, saveables):
        gen_io_ops = raw.module("gen_io_ops")
        assigns = []
        for s in saveables:
            with ops.device("cpu:0"):
                values = gen_io_ops.restore_v2(self._path, [p.name for p in s.specs], [p.slice_spec for p in s.specs],
                                               [p.dtype.base_dtype for p in s.specs])
            assigns.append(s.restore(values, None))
        return control_flow_ops.group(*assigns, name="restore")

    def run_restore_ops(self, session=None):
        """Restores what was found."""
        session = _session_of(session)
        with session.graph.as_default():
            operations = self._restores(self._match(None))
        self._run(session, operations)

    def initialize_or_restore(self, session=None):
        """Restores what was found, and initialises the variables that have no value then."""
        self.run_restore_ops(session)
        matched = {id(x) for x in self._match(None).values()}
        self._initialize(session, [v for v in _variables_of(_Objects(self._root)) if id(v) not in matched])


# ---- saving and restoring ----

class CheckpointableSaver:
    """Saves and restores everything that can be reached from an object.

    Args:
      root_checkpointable: the object.
    """

    def __init__(self, root_checkpointable):
        self._root = root_checkpointable
        self._saver, self._saved = None, None      # the nodes made last, and for which proto and saveables

    def save(self, file_prefix, checkpoint_number=None, session=None):
        """Writes a checkpoint.

        Args:
          file_prefix: what the names of its files begin with.
          checkpoint_number: a number to put behind it.
          session: the Session; the default one if None.

        Returns:
          The path.
        """
        session = _session_of(session)
        objects = _Objects(self._root)
        with session.graph.as_default():
            saveables = list(objects.saveables()) if self._changed(objects) else None
            if saveables is not None:
                self._make_saver(objects, saveables)
            return self._saver.save(session, file_prefix, global_step=checkpoint_number, write_meta_graph=False, write_state=False)

    def _shape(self, objects):
        return [(id(x), path) for x, path in zip(objects.objects, objects.paths)], ops.get_default_graph()

    def _changed(self, objects):
        return self._saver is None or self._saved != self._shape(objects)

    def _make_saver(self, objects, saveables):
        proto = objects.graph_proto(saveables)
        with ops.device("/cpu:0"):
            text = constant_op.constant(proto.SerializeToString(deterministic=True), dtype=dtypes.string)
        entries = [s for _, _, _, s in saveables] + [_Text(text, OBJECT_GRAPH_PROTO_KEY)]
        self._saver = saver_lib.Saver(var_list=entries, max_to_keep=None)
        self._saved = self._shape(objects)
        self._kept = objects        # ids stay theirs

    def restore(self, save_path):
        """Finds out what a checkpoint holds; the status that is returned restores it.

        Args:
          save_path: what save() or tf.train.latest_checkpoint() returned; None restores nothing.
        """
        if save_path is None:
            return InitializationOnlyStatus(self._root)
        reader = checkpoint_reader.NewCheckpointReader(save_path)
        try:
            text = reader.get_tensor(OBJECT_GRAPH_PROTO_KEY)
        except errors.NotFoundError:
            return NameBasedSaverStatus(self._root, save_path)
        proto = protos.message("tensorflow.CheckpointableObjectGraph")()
        proto.ParseFromString(text)
        return CheckpointLoadStatus(self._root, save_path, proto)


class Checkpoint(base.Checkpointable):
    """Saves and restores objects: variables, optimizers, layers, and whatever holds such.

    Args:
      **kwargs: the objects; each becomes an attribute.  More can be assigned later.

    Raises:
      ValueError: if one of them has no state.
    """

    def __init__(self, **kwargs):
        for name, value in sorted(kwargs.items()):
            if isinstance(value, (list, tuple, dict)) or not base.is_checkpointable(value):
                raise ValueError("`Checkpoint` was expecting a checkpointable object (an object derived from `CheckpointableBase`), got %s. If "
                                 "you believe this object should be checkpointable (i.e. it is part of the TensorFlow Python API and manages "
                                 "state), please open an issue." % (value,))
            setattr(self, name, value)
        self._save_counter = None
        self._save_assign = None
        self._saver = CheckpointableSaver(self)

    def __setattr__(self, name, value):
        if name in ("_save_counter", "_saver", "_save_assign"):
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    @property
    def save_counter(self):
        """The variable that counts saves and numbers checkpoints; made when first asked for."""
        if self._save_counter is None:
            with ops.device("/cpu:0"):
                counter = variable_scope.variable(0, name="save_counter", dtype=dtypes.int64, trainable=False, use_resource=True)
            self._save_counter = self._track_checkpointable(counter, name="save_counter")
        return self._save_counter

    def write(self, file_prefix, session=None):
        """Writes a checkpoint under that very name; save() numbers it.  Returns the path."""
        return self._saver.save(file_prefix, session=session)

    def save(self, file_prefix, session=None):
        """Writes a checkpoint, numbered by save_counter, and the file `checkpoint`.

        Args:
          file_prefix: what the names of its files begin with, before the number.
          session: the Session; the default one if None.

        Returns:
          The path.
        """
        session = _session_of(session)
        with session.graph.as_default():
            if self._save_counter is None:
                session.run(self.save_counter.initializer)
            if self._save_assign is None:
                self._save_assign = self.save_counter.assign_add(1, read_value=True)
            number = session.run(self._save_assign)
        path = self._saver.save(file_prefix, checkpoint_number=int(number), session=session)
        checkpoint_management.update_checkpoint_state(os.path.dirname(file_prefix), path, [path])
        return path

    def restore(self, save_path):
        """Restores what a checkpoint holds of the objects, also of those that are made later.

        Args:
          save_path: what save() or tf.train.latest_checkpoint() returned; None restores nothing.

        Returns:
          A status: initialize_or_restore(session) and run_restore_ops(session) do the work, assert_consumed() and
          assert_existing_objects_matched() tell whether everything was found.
        """
        status = self._saver.restore(save_path)
        self.save_counter       # its value comes back, too
        return status
