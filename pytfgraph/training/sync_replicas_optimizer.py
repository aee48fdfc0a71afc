"""Training in step: the gradients of several replicas are gathered, and applied once enough of them are there."""
import contextlib

from pytfgraph.framework import dtypes, ops
from pytfgraph.ops import array_ops, control_flow_ops, data_flow_ops, state_ops, variable_scope, variables
from pytfgraph.platform import tf_logging as logging
from pytfgraph.training import optimizer, queue_runner, session_manager, session_run_hook


class SyncReplicasOptimizer(optimizer.Optimizer):
    """An optimizer that applies the mean of several replicas' gradients.

    Each replica gives its gradients to accumulators and waits for a token.  The chief's queue runner takes the means when
    replicas_to_aggregate gradients of the present step are in, applies them, and hands out the next step's tokens; gradients that
    come too late are dropped.

    Args:
      opt: the Optimizer that applies them.
      replicas_to_aggregate: how many gradients make a step.
      total_num_replicas: how many replicas there are; by default as many.
      variable_averages: an ExponentialMovingAverage that each step updates, or None.
      variables_to_average: the variables it averages.
      use_locking: passed on.
      name: of the operations.
    """

    def __init__(self, opt, replicas_to_aggregate, total_num_replicas=None, variable_averages=None, variables_to_average=None,
                 use_locking=False, name="sync_replicas"):
        if total_num_replicas is None:
            total_num_replicas = replicas_to_aggregate
        super().__init__(use_locking, name)
        logging.info("SyncReplicasV2: replicas_to_aggregate=%s; total_num_replicas=%s", replicas_to_aggregate, total_num_replicas)
        self._opt = opt
        self._replicas_to_aggregate = replicas_to_aggregate
        self._total_num_replicas = total_num_replicas
        self._tokens_per_step = max(total_num_replicas, replicas_to_aggregate)
        self._variable_averages = variable_averages
        self._variables_to_average = variables_to_average
        self._gradients_applied = False
        self._global_step = None
        self._sync_token_queue = None
        self._chief_queue_runner = None
        self._accumulator_list = []  # (accumulator, device)

    def compute_gradients(self, *args, **kwargs):
        """Those of the optimizer within."""
        return self._opt.compute_gradients(*args, **kwargs)

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """The operation that a replica runs: it gives its gradients away and waits for the token of the next step.

        Args:
          grads_and_vars: (gradient, variable) pairs.
          global_step: the Variable that counts steps.
          name: not used.

        Raises:
          ValueError: without variables or global_step, or for gradients of another kind.
        """
        if not grads_and_vars:
            raise ValueError("Must supply at least one variable")
        if global_step is None:
            raise ValueError("Global step is required to check staleness")
        self._global_step = global_step
        with ops.colocate_with(control_flow_ops.no_op()):
            self._local_step = variable_scope.variable(initial_value=0, trainable=False, collections=[ops.GraphKeys.LOCAL_VARIABLES],
                                                       dtype=global_step.dtype.base_dtype, name="sync_rep_local_step")
        self.local_step_init_op = state_ops.assign(self._local_step, global_step)
        self.ready_for_local_init_op = variables.report_uninitialized_variables(variables.global_variables())
        with ops.name_scope(None, self._name):
            gathered = [self._gather(grad, var) for grad, var in grads_and_vars]
            given = [add for add, _ in gathered if add is not None]
            means = [(mean, var) for (_, mean), (_, var) in zip(gathered, grads_and_vars)]
            with self._beside_global_step():
                update_op = self._opt.apply_gradients(means, global_step)
            with self._beside_global_step():
                dummy_queue = self._make_queues()
            with self._beside_global_step():
                train_op = self._add_steps(given, update_op, dummy_queue)
            self.chief_init_op = control_flow_ops.group(self.local_step_init_op, *self._set_steps())
            self._gradients_applied = True
            return train_op

    @contextlib.contextmanager
    def _beside_global_step(self):
        with ops.device(self._global_step.device), ops.name_scope(""):
            yield

    def _gather(self, grad, var):
        """The operation that gives a gradient away, and the mean of all replicas'; (None, None) where there is no gradient."""
        with ops.device(var.device):
            if grad is None:
                return None, None
            shared_name = var.name + "/grad_accum"
            if isinstance(grad, ops.Tensor):
                accumulator = data_flow_ops.ConditionalAccumulator(grad.dtype, shape=var.get_shape(), shared_name=shared_name)
                pair = accumulator.apply_grad(grad, local_step=self._local_step), accumulator.take_grad(self._replicas_to_aggregate)
            elif isinstance(grad, ops.IndexedSlices):
                accumulator = data_flow_ops.SparseConditionalAccumulator(grad.dtype, shape=(), shared_name=shared_name)
                pair = (accumulator.apply_indexed_slices_grad(grad, local_step=self._local_step),
                        accumulator.take_indexed_slices_grad(self._replicas_to_aggregate))
            else:
                raise ValueError("Unknown grad type!")
            self._accumulator_list.append((accumulator, var.device))
            return pair

    def _make_queues(self):
        """The queue of tokens; and one that is only there for the queue runner to close."""
        self._sync_token_queue = data_flow_ops.FIFOQueue(-1, self._global_step.dtype.base_dtype, shapes=(), name="sync_token_q",
                                                         shared_name="sync_token_q")
        return data_flow_ops.FIFOQueue(1, dtypes.int32, shapes=(), name="dummy_queue", shared_name="dummy_queue")

    def _add_steps(self, given, update_op, dummy_queue):
        """A replica's step, and the chief's, which its queue runner runs."""
        with ops.control_dependencies(given):
            token = self._sync_token_queue.dequeue()
        train_op = state_ops.assign(self._local_step, token)
        with ops.control_dependencies([update_op]):
            sync_op = self._sync_token_queue.enqueue_many((array_ops.fill([self._tokens_per_step], self._global_step),))
        if self._variable_averages is not None:
            with ops.control_dependencies([sync_op]), ops.name_scope(""):
                sync_op = self._variable_averages.apply(self._variables_to_average)
        self._chief_queue_runner = queue_runner.QueueRunner(dummy_queue, [sync_op])
        return train_op

    def _set_steps(self):
        for accumulator, device in self._accumulator_list:
            with ops.device(device):
                yield accumulator.set_global_step(self._global_step, name="SetGlobalStep")

    def get_chief_queue_runner(self):
        """The QueueRunner that the chief runs; ValueError before apply_gradients."""
        if not self._gradients_applied:
            raise ValueError("Should be called after apply_gradients().")
        return self._chief_queue_runner

    def get_slot(self, *args, **kwargs):
        """Of the optimizer within."""
        return self._opt.get_slot(*args, **kwargs)

    def variables(self):
        """Of the optimizer within."""
        return self._opt.variables()

    def get_slot_names(self, *args, **kwargs):
        """Of the optimizer within."""
        return self._opt.get_slot_names(*args, **kwargs)

    def get_init_tokens_op(self, num_tokens=-1):
        """The operation that hands out the first step's tokens.

        Args:
          num_tokens: how many; -1 for replicas_to_aggregate.

        Raises:
          ValueError: before apply_gradients, and for fewer tokens than the first step needs.
        """
        if not self._gradients_applied:
            raise ValueError("get_init_tokens_op() should be called after apply_gradients().")
        needed = self._replicas_to_aggregate - self._total_num_replicas
        if num_tokens == -1:
            num_tokens = self._replicas_to_aggregate
        elif num_tokens < needed:
            raise ValueError("Too few tokens to finish the first step: %d (given) vs %d (needed)" % (num_tokens, needed))
        if num_tokens <= 0:
            return control_flow_ops.no_op(name="no_init_tokens")
        with self._beside_global_step():
            return self._sync_token_queue.enqueue_many((array_ops.fill([num_tokens], self._global_step),))

    def make_session_run_hook(self, is_chief, num_tokens=-1):
        """A hook that makes ready what the steps need: tokens, accumulators' steps, and the chief's thread."""
        return _SyncReplicasOptimizerHook(self, is_chief, num_tokens)


class _SyncReplicasOptimizerHook(session_run_hook.SessionRunHook):
    def __init__(self, sync_optimizer, is_chief, num_tokens):
        self._sync_optimizer = sync_optimizer
        self._is_chief = is_chief
        self._num_tokens = num_tokens

    def begin(self):
        sync = self._sync_optimizer
        if not sync._gradients_applied:
            raise ValueError("SyncReplicasOptimizer.apply_gradient should be called before using the hook.")
        self._ready_for_local_init_op = sync.ready_for_local_init_op
        self._local_init_op = sync.chief_init_op if self._is_chief else sync.local_step_init_op
        self._q_runner = sync.get_chief_queue_runner() if self._is_chief else None
        self._init_tokens_op = sync.get_init_tokens_op(self._num_tokens) if self._is_chief else None

    def after_create_session(self, session, coord):
        ready, message = session_manager._ready(self._ready_for_local_init_op, session,
                                                "Model is not ready for SyncReplicasOptimizer local init.")
        if not ready:
            raise RuntimeError("Init operations did not make model ready for SyncReplicasOptimizer local_init. Init op: %s, error: %s"
                               % (self._local_init_op.name, message))
        session.run(self._local_init_op)
        if self._init_tokens_op is not None:
            session.run(self._init_tokens_op)
        if self._q_runner is not None:
            self._q_runner.create_threads(session, coord=coord, daemon=True, start=True)
