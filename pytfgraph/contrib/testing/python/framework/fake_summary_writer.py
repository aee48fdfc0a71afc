"""FakeSummaryWriter: in place of FileWriter in tests."""
from pytfgraph import protos
from pytfgraph.framework import test_util
from pytfgraph.summary.writer import writer, writer_cache


class FakeSummaryWriter:
    """Keeps what it is given.  Between install() and uninstall(), FileWriterCache makes such writers."""

    _replaced_summary_writer = None

    @classmethod
    def install(cls):
        """Puts it in the place of FileWriter; ValueError if it is there."""
        if cls._replaced_summary_writer:
            raise ValueError("FakeSummaryWriter already installed.")
        cls._replaced_summary_writer = writer.FileWriter
        writer.FileWriter = writer_cache.FileWriter = FakeSummaryWriter

    @classmethod
    def uninstall(cls):
        """Puts FileWriter back; ValueError if it was not replaced."""
        if not cls._replaced_summary_writer:
            raise ValueError("FakeSummaryWriter not installed.")
        writer.FileWriter = writer_cache.FileWriter = cls._replaced_summary_writer
        cls._replaced_summary_writer = None

    def __init__(self, logdir, graph=None):
        self._logdir = logdir
        self._graph = graph
        self._summaries = {}
        self._added_graphs = []
        self._added_meta_graphs = []
        self._added_session_logs = []
        self._added_run_metadata = {}

    @property
    def summaries(self):
        """{step: the list of Summary messages of that step}."""
        return self._summaries

    def assert_summaries(self, test_case, expected_logdir=None, expected_graph=None, expected_summaries=None, expected_added_graphs=None,
                         expected_added_meta_graphs=None, expected_session_logs=None):
        """Fails the test case unless it was given what is expected; None stands for anything.

        `expected_summaries` is {step: {tag: value}} of the last values; steps that it does not name may be there, and global_step/sec.
        """
        if expected_logdir is not None:
            test_case.assertEqual(expected_logdir, self._logdir)
        if expected_graph is not None:
            test_case.assertTrue(expected_graph is self._graph)
        for step, expected in (expected_summaries or {}).items():
            test_case.assertTrue(step in self._summaries, msg="Missing step %s from %s." % (step, self._summaries.keys()))
            values = {v.tag: v.simple_value for summary in self._summaries[step] for v in summary.value if v.tag != "global_step/sec"}
            test_case.assertEqual(expected, values)
        if expected_added_graphs is not None:
            test_case.assertEqual(expected_added_graphs, self._added_graphs)
        if expected_added_meta_graphs is not None:
            test_case.assertEqual(len(expected_added_meta_graphs), len(self._added_meta_graphs))
            for expected, added in zip(expected_added_meta_graphs, self._added_meta_graphs):
                test_util.assert_meta_graph_protos_equal(test_case, expected, added)
        if expected_session_logs is not None:
            test_case.assertEqual(expected_session_logs, self._added_session_logs)

    def add_summary(self, summ, current_global_step):
        """Keeps a Summary, or the bytes of one."""
        if isinstance(summ, bytes):
            summ = protos.message("tensorflow.Summary").FromString(summ)
        self._summaries.setdefault(current_global_step, []).append(summ)

    def add_graph(self, graph, global_step=None, graph_def=None):
        """Keeps a graph; ValueError for a negative step, and for a GraphDef."""
        _check_step(global_step)
        if graph_def is not None:
            raise ValueError("Unexpected graph_def %s." % graph_def)
        self._added_graphs.append(graph)

    def add_meta_graph(self, meta_graph_def, global_step=None):
        """Keeps a MetaGraphDef; ValueError for a negative step."""
        _check_step(global_step)
        self._added_meta_graphs.append(meta_graph_def)

    def add_session_log(self, session_log, global_step=None):
        """Keeps a SessionLog."""
        self._added_session_logs.append(session_log)

    def add_run_metadata(self, run_metadata, tag, global_step=None):
        """Keeps the RunMetadata of a tag; ValueError for a negative step."""
        _check_step(global_step)
        self._added_run_metadata[tag] = run_metadata

    def flush(self):
        """Nothing: there is no file."""

    def reopen(self):
        """Nothing: there is no file."""


def _check_step(global_step):
    if global_step is not None and global_step < 0:
        raise ValueError("Invalid global_step %s." % global_step)
