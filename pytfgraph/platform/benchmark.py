"""tf.test.Benchmark: classes whose benchmark* methods are run by --benchmarks=REGEX and report what they measured."""
import inspect
import numbers
import os
import re
import statistics
import sys
import time

GLOBAL_BENCHMARK_REGISTRY = set()
TEST_REPORTER_TEST_ENV = "TEST_REPORT_FILE_PREFIX"


def _global_report_benchmark(name, iters=None, cpu_time=None, wall_time=None, throughput=None, extras=None):
    """Prints a benchmark's entry, or writes it to a file of its own where TEST_REPORT_FILE_PREFIX is set.

    Args:
      name: the entry's name.
      iters: how many times it ran.
      cpu_time, wall_time: seconds.
      throughput: MB per second.
      extras: dict of further numbers and texts.

    Raises:
      TypeError: extras is not a dict.
      IOError: the file exists.
    """
    from pytfgraph import protos
    from pytfgraph.platform import tf_logging
    if extras is not None and not isinstance(extras, dict):
        raise TypeError("extras must be a dict")
    given = [-1 if v is None else v for v in (iters, wall_time, cpu_time, throughput)]
    tf_logging.info("Benchmark [%s] iters: %d, wall_time: %g, cpu_time: %g,throughput: %g %s", name, *given, str(extras) if extras else "")
    entries = protos.module("tensorflow.core.util.test_log_pb2").BenchmarkEntries()
    entry = entries.entry.add(name=name)
    for field, value in (("iters", iters), ("cpu_time", cpu_time), ("wall_time", wall_time), ("throughput", throughput)):
        if value is not None:
            setattr(entry, field, value)
    for key, value in (extras or {}).items():
        if isinstance(value, numbers.Number):
            entry.extras[key].double_value = value
        else:
            entry.extras[key].string_value = str(value)
    prefix = os.environ.get(TEST_REPORTER_TEST_ENV)
    if prefix is None:
        print(str(entries))
        return
    path = prefix + name.replace("/", "__")
    if os.path.exists(path):
        raise IOError("File already exists: %s" % path)
    with open(path, "wb") as f:
        f.write(entries.SerializeToString())


class _Registrar(type):
    """Every class that is not abstract is entered in the registry."""

    def __new__(mcs, clsname, base, attrs):
        newclass = super().__new__(mcs, clsname, base, attrs)
        if not newclass.is_abstract():
            GLOBAL_BENCHMARK_REGISTRY.add(newclass)
        return newclass


class Benchmark(metaclass=_Registrar):
    """Base of benchmarks; methods whose names start with "benchmark" are run."""

    @classmethod
    def is_abstract(cls):
        return len(cls.mro()) <= 2

    def _get_name(self, overwrite_name=None):
        """Class.method of the outermost method of a Benchmark that is running."""
        for frame in reversed(inspect.stack(context=0)):
            owner = frame.frame.f_locals.get("self")
            if isinstance(owner, Benchmark):
                return "%s.%s" % (type(owner).__name__, overwrite_name or frame.function)
        raise ValueError("Unable to determine calling Benchmark class.")

    def report_benchmark(self, iters=None, cpu_time=None, wall_time=None, throughput=None, extras=None, name=None):
        """Reports a measurement; see _global_report_benchmark.  Its name is Class.method, or Class.name."""
        _global_report_benchmark(self._get_name(name), iters, cpu_time, wall_time, throughput, extras)


class TensorFlowBenchmark(Benchmark):
    """tf.test.Benchmark: a benchmark that can measure an operation."""

    @classmethod
    def is_abstract(cls):
        return len(cls.mro()) <= 3

    def run_op_benchmark(self, sess, op_or_tensor, feed_dict=None, burn_iters=2, min_iters=10, store_trace=False,
                         store_memory_usage=True, name=None, extras=None, mbs=0):
        """Runs a fetch again and again, and reports the median time.

        Args:
          sess: a Session.
          op_or_tensor: what is fetched.
          feed_dict: feeds of each run.
          burn_iters: runs before those that are measured.
          min_iters: runs that are measured.
          store_trace: whether the result's extras hold a Chrome trace of one more run, "full_trace_chrome_format".
          store_memory_usage: whether extras hold "allocator_maximum_num_bytes_NAME" of one more run.
          name: instead of the method's name.
          extras: dict of further numbers and texts.
          mbs: megabytes that one run moves; the throughput is mbs per median second.

        Returns:
          A dict of what was reported.
        """
        for _ in range(burn_iters):
            sess.run(op_or_tensor, feed_dict=feed_dict)
        times = []
        for _ in range(min_iters):
            start = time.time()
            sess.run(op_or_tensor, feed_dict=feed_dict)
            times.append(time.time() - start)
        extras = {} if extras is None else extras
        traces = {}
        if store_trace or store_memory_usage:
            timeline = _traced(sess, op_or_tensor, feed_dict)
            if store_trace:
                traces["full_trace_chrome_format"] = timeline.generate_chrome_trace_format()
            if store_memory_usage:
                for key, peak in timeline.analyze_step_stats(show_memory=True).allocator_maximums.items():
                    extras["allocator_maximum_num_bytes_%s" % key] = peak.num_bytes
        median = statistics.median(times) if times else -1
        values = {"iters": min_iters, "wall_time": median, "extras": extras, "name": name, "throughput": mbs / median}
        self.report_benchmark(**values)
        extras.update(traces)
        return values


def _traced(sess, fetch, feed_dict):
    from pytfgraph import protos
    from pytfgraph.client import timeline
    config = protos.module("tensorflow.core.protobuf.config_pb2")
    metadata = config.RunMetadata()
    sess.run(fetch, feed_dict=feed_dict, options=config.RunOptions(trace_level=config.RunOptions.FULL_TRACE), run_metadata=metadata)
    return timeline.Timeline(metadata.step_stats)


def _run_benchmarks(regex):
    """Runs the registered methods whose module.Class.method matches; "all" is every one."""
    for cls in list(GLOBAL_BENCHMARK_REGISTRY):
        instance = None
        for attr in dir(cls):
            if not attr.startswith("benchmark") or not callable(getattr(cls, attr)):
                continue
            if regex == "all" or re.search(regex, "%s.%s.%s" % (cls.__module__, cls.__name__, attr)):
                instance = instance or cls()
                getattr(instance, attr)()


def benchmarks_main(true_main, argv=None):
    """Runs true_main, or the benchmarks that --benchmarks=REGEX asks for."""
    argv = sys.argv if argv is None else argv
    asked = [arg for arg in argv if re.match("--?benchmarks=", arg)]
    if not asked:
        return true_main()
    from pytfgraph.platform import app
    argv.remove(asked[0])
    return app.run(lambda _: _run_benchmarks(asked[0].split("=", 1)[1]), argv=argv)
