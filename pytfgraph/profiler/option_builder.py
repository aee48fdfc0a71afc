"""Options of the profiler: dictionaries, and a builder of them."""
import copy

from pytfgraph.profiler import tfprof_logger


def _options(**changes):
    options = {"max_depth": 10000, "min_bytes": 0, "min_micros": 0, "min_params": 0, "min_float_ops": 0, "min_occurrence": 0, "order_by": "name",
               "account_type_regexes": [".*"], "start_name_regexes": [".*"], "trim_name_regexes": [], "show_name_regexes": [".*"],
               "hide_name_regexes": [], "account_displayed_op_only": True, "select": ["params"], "step": -1, "output": "stdout"}
    options.update(changes)
    return options


class ProfileOptionBuilder:
    """Builds the dictionary of options that tf.profiler.profile takes.  Methods return the builder; build() gives the dictionary."""

    def __init__(self, options=None):
        """Starts from a dictionary, or from: everything, by name, down to depth 100, times printed."""
        self._options = copy.deepcopy(options) if options is not None else _options(max_depth=100, account_displayed_op_only=False, select=["micros"])

    @staticmethod
    def trainable_variables_parameter():
        """Options that count the parameters of trainable variables; for the scope view."""
        return _options(account_type_regexes=[tfprof_logger.TRAINABLE_VARIABLES])

    @staticmethod
    def float_operation():
        """Options that count float operations."""
        return _options(min_float_ops=1, order_by="float_ops", select=["float_ops"])

    @staticmethod
    def time_and_memory(min_micros=1, min_bytes=1, min_accelerator_micros=0, min_cpu_micros=0, min_peak_bytes=0, min_residual_bytes=0,
                        min_output_bytes=0):
        """Options that show time and memory of what takes at least this much of each."""
        return _options(min_micros=min_micros, min_bytes=min_bytes, min_accelerator_micros=min_accelerator_micros, min_cpu_micros=min_cpu_micros,
                        min_peak_bytes=min_peak_bytes, min_residual_bytes=min_residual_bytes, min_output_bytes=min_output_bytes,
                        order_by="micros", select=["micros", "bytes"])

    def build(self):
        """A copy of the options."""
        return copy.deepcopy(self._options)

    def _with(self, **changes):
        self._options.update(copy.copy(changes))
        return self

    def with_max_depth(self, max_depth):
        """Shows only so many levels."""
        return self._with(max_depth=max_depth)

    def with_min_memory(self, min_bytes=0, min_peak_bytes=0, min_residual_bytes=0, min_output_bytes=0):
        """Shows only what needs this much memory."""
        return self._with(min_bytes=min_bytes, min_peak_bytes=min_peak_bytes, min_residual_bytes=min_residual_bytes, min_output_bytes=min_output_bytes)

    def with_min_execution_time(self, min_micros=0, min_accelerator_micros=0, min_cpu_micros=0):
        """Shows only what takes this much time."""
        return self._with(min_micros=min_micros, min_accelerator_micros=min_accelerator_micros, min_cpu_micros=min_cpu_micros)

    def with_min_parameters(self, min_params):
        """Shows only what holds this many parameters."""
        return self._with(min_params=min_params)

    def with_min_occurrence(self, min_occurrence):
        """Shows only what comes this often."""
        return self._with(min_occurrence=min_occurrence)

    def with_min_float_operations(self, min_float_ops):
        """Shows only what does this many float operations."""
        return self._with(min_float_ops=min_float_ops)

    def with_accounted_types(self, account_type_regexes):
        """Counts only nodes of which a type (op type, device, type from an OpLogProto) matches one of the expressions as a whole."""
        return self._with(account_type_regexes=copy.copy(account_type_regexes))

    def with_node_names(self, start_name_regexes=None, show_name_regexes=None, hide_name_regexes=None, trim_name_regexes=None):
        """Expressions that names match as a whole: where to start, what to show, what to hide, where to stop."""
        given = dict(start_name_regexes=start_name_regexes, show_name_regexes=show_name_regexes, hide_name_regexes=hide_name_regexes,
                     trim_name_regexes=trim_name_regexes)
        return self._with(**{name: copy.copy(value) for name, value in given.items() if value is not None})

    def account_displayed_op_only(self, is_true):
        """Whether totals count only what is shown."""
        return self._with(account_displayed_op_only=is_true)

    def with_empty_output(self):
        """Prints nothing."""
        return self._with(output="none")

    def with_stdout_output(self):
        """Prints the report."""
        return self._with(output="stdout")

    def with_file_output(self, outfile):
        """Writes the report to a file."""
        return self._with(output="file:outfile=%s" % outfile)

    def with_timeline_output(self, timeline_file):
        """Writes a timeline for chrome://tracing."""
        return self._with(output="timeline:outfile=%s" % timeline_file)

    def with_pprof_output(self, pprof_file):
        """Writes a profile for pprof."""
        return self._with(output="pprof:outfile=%s" % pprof_file)

    def order_by(self, attribute):
        """Orders by an attribute: name, or micros, bytes, params, float_ops, occurrence, ... with the largest first."""
        return self._with(order_by=attribute)

    def select(self, attributes):
        """Shows these attributes."""
        return self._with(select=copy.copy(attributes))

    def with_step(self, step):
        """Uses one step of Profiler.add_step; -1 the average of all."""
        return self._with(step=step)
