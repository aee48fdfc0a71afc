"""Clusters: which tasks there are and where."""
from pytfgraph.framework import errors
from pytfgraph.protos import module as _messages
from pytfgraph.util import compat


def _cluster_messages():
    return _messages("tensorflow.core.protobuf.cluster_pb2")


def _is_message(x, full_name):
    return getattr(getattr(x, "DESCRIPTOR", None), "full_name", None) == full_name


class ClusterSpec:
    """The jobs of a cluster and the addresses of their tasks.

    Args:
      cluster: a dict of job names to lists of addresses, or to dicts of task numbers to addresses; a ClusterDef; or a ClusterSpec.

    Raises:
      TypeError: for anything else.
    """

    def __init__(self, cluster):
        if isinstance(cluster, ClusterSpec):
            cluster = cluster.as_cluster_def()
        self._cluster_def = _cluster_messages().ClusterDef()
        if isinstance(cluster, dict):
            self._cluster_spec = {job: self._tasks(job, tasks) for job, tasks in cluster.items()}
            self._make_cluster_def()
        elif _is_message(cluster, "tensorflow.ClusterDef"):
            self._cluster_def.ParseFromString(cluster.SerializeToString())
            self._cluster_spec = {job.name: dict(job.tasks) for job in self._cluster_def.job}
        else:
            raise TypeError("`cluster` must be a dictionary mapping one or more job names to lists of network addresses, or a `ClusterDef` "
                            "protocol buffer")

    @staticmethod
    def _tasks(job, tasks):
        if isinstance(tasks, (list, tuple)):
            return dict(enumerate(tasks))
        if isinstance(tasks, dict):
            return dict(tasks)
        raise TypeError("The tasks for job %r must be a list or a dictionary from integers to strings." % job)

    def _make_cluster_def(self):
        for job, tasks in sorted(self._cluster_spec.items()):
            try:
                name = compat.as_text(job)
            except TypeError:
                raise TypeError("Job name %r must be bytes or unicode" % job)
            message = self._cluster_def.job.add(name=name)
            for i, address in sorted(tasks.items()):
                try:
                    message.tasks[i] = compat.as_text(address)
                except TypeError:
                    raise TypeError("Task address %r must be bytes or unicode" % address)

    def __bool__(self):
        return bool(self._cluster_spec)

    def __eq__(self, other):
        return self._cluster_spec == other

    def __ne__(self, other):
        return self._cluster_spec != other

    __hash__ = None

    def __str__(self):
        jobs = self.as_dict()
        return "ClusterSpec({" + ", ".join("%r: %r" % (job, jobs[job]) for job in sorted(jobs)) + "})"

    def as_dict(self):
        """A dict of job names to lists of addresses, or to dicts where numbers are left out."""
        jobs = {}
        for job in self.jobs:
            numbers = self.task_indices(job)
            dense = max(numbers) + 1 == len(numbers)
            jobs[job] = self.job_tasks(job) if dense else {i: self.task_address(job, i) for i in numbers}
        return jobs

    def as_cluster_def(self):
        """A `tf.train.ClusterDef`."""
        return self._cluster_def

    @property
    def jobs(self):
        """The names of the jobs."""
        return list(self._cluster_spec)

    def _job(self, job_name):
        try:
            return self._cluster_spec[job_name]
        except KeyError:
            raise ValueError("No such job in cluster: %r" % job_name)

    def num_tasks(self, job_name):
        """How many tasks a job has; ValueError where there is no such job."""
        return len(self._job(job_name))

    def task_indices(self, job_name):
        """The numbers of a job's tasks, in order; ValueError where there is no such job."""
        return sorted(self._job(job_name))

    def task_address(self, job_name, task_index):
        """The address of a task; ValueError where there is none."""
        job = self._job(job_name)
        try:
            return job[task_index]
        except KeyError:
            raise ValueError("No task with index %r in job %r" % (task_index, job_name))

    def job_tasks(self, job_name):
        """The addresses of a job's tasks by number, None where a number is left out; ValueError where there is no such job."""
        job = self._job(job_name)
        return [job.get(i) for i in range(max(job) + 1)]


def _make_server_def(server_or_cluster_def, job_name, task_index, protocol, config):
    """The ServerDef that the arguments of Server mean."""
    definition = _messages("tensorflow.core.protobuf.tensorflow_server_pb2").ServerDef()
    if _is_message(server_or_cluster_def, "tensorflow.ServerDef"):
        definition.ParseFromString(server_or_cluster_def.SerializeToString())
        for field, value in (("job_name", job_name), ("task_index", task_index), ("protocol", protocol)):
            if value is not None:
                setattr(definition, field, value)
    else:
        try:
            spec = ClusterSpec(server_or_cluster_def)
        except TypeError:
            raise TypeError("Could not convert `server_or_cluster_def` to a `tf.train.ServerDef` or `tf.train.ClusterSpec`.")
        if job_name is None:
            if len(spec.jobs) != 1:
                raise ValueError("Must specify an explicit `job_name`.")
            job_name = spec.jobs[0]
        if task_index is None:
            numbers = spec.task_indices(job_name)
            if len(numbers) != 1:
                raise ValueError("Must specify an explicit `task_index`.")
            task_index = numbers[0]
        definition.cluster.CopyFrom(spec.as_cluster_def())
        definition.job_name, definition.task_index, definition.protocol = job_name, task_index, "grpc" if protocol is None else protocol
    if config is not None:
        definition.default_session_config.MergeFrom(config)
    return definition


class Server:
    """A task of a cluster.  There are no servers in this library: making one raises UnimplementedError, once its arguments are right.

    Args:
      server_or_cluster_def: a ServerDef, or anything `ClusterSpec` takes.
      job_name: the job that this process is of; needed where there are several.
      task_index: the number of the task; needed where there are several.
      protocol: "grpc" where not said.
      config: a ConfigProto for sessions.
      start: whether the server starts at once.

    Raises:
      TypeError, ValueError: for arguments that are not right.
      tf.errors.UnimplementedError: for those that are.
    """

    def __init__(self, server_or_cluster_def, job_name=None, task_index=None, protocol=None, config=None, start=True):
        self._server_def = _make_server_def(server_or_cluster_def, job_name, task_index, protocol, config)
        raise errors.UnimplementedError(None, None, "pytfgraph has no servers: job %r, task %d cannot be started. Sessions run in this process, "
                                        "with tf.Session()." % (self._server_def.job_name, self._server_def.task_index))

    def start(self):
        """Starts the server."""
        raise errors.UnimplementedError(None, None, "pytfgraph has no servers.")

    def join(self):
        """Waits until the server ends."""
        raise errors.UnimplementedError(None, None, "pytfgraph has no servers.")

    @property
    def server_def(self):
        """The ServerDef."""
        return self._server_def

    @property
    def target(self):
        """What `tf.Session` takes to use the server."""
        raise errors.UnimplementedError(None, None, "pytfgraph has no servers.")

    @staticmethod
    def create_local_server(config=None, start=True):
        """A server of a cluster that is this process alone.

        Args:
          config: a ConfigProto for sessions.
          start: whether the server starts at once.
        """
        return Server({"local": ["localhost:0"]}, protocol="grpc", config=config, start=start)
