"""tf.logging: the "tensorflow" logger, set up as TensorFlow 1.x sets it up."""
import logging as _logging
import sys as _sys
import time as _time
import os as _os
import threading
from logging import DEBUG, ERROR, FATAL, INFO, WARN  # noqa: F401

_logger = None
_logger_lock = threading.Lock()


def _get_logger():
    """The logger, with its handler on first use: stderr and WARN, or stdout and INFO in an interactive interpreter."""
    global _logger
    if _logger:
        return _logger
    with _logger_lock:
        if _logger:
            return _logger
        logger = _logging.getLogger("tensorflow")
        if not _logging.getLogger().handlers:
            interactive = hasattr(_sys, "ps1") or bool(_sys.flags.interactive)
            if interactive:
                logger.setLevel(INFO)
                target = _sys.stdout
            else:
                target = _sys.stderr
            handler = _logging.StreamHandler(target)
            handler.setFormatter(_logging.Formatter(_logging.BASIC_FORMAT, None))
            logger.addHandler(handler)
        _logger = logger
        return _logger


def log(level, msg, *args, **kwargs):
    """Logs `msg % args` at a level."""
    _get_logger().log(level, msg, *args, **kwargs)


def debug(msg, *args, **kwargs):
    """Logs at DEBUG."""
    _get_logger().debug(msg, *args, **kwargs)


def error(msg, *args, **kwargs):
    """Logs at ERROR."""
    _get_logger().error(msg, *args, **kwargs)


def fatal(msg, *args, **kwargs):
    """Logs at FATAL."""
    _get_logger().fatal(msg, *args, **kwargs)


def info(msg, *args, **kwargs):
    """Logs at INFO."""
    _get_logger().info(msg, *args, **kwargs)


def warn(msg, *args, **kwargs):
    """Logs at WARN."""
    _get_logger().warning(msg, *args, **kwargs)


def warning(msg, *args, **kwargs):
    """Logs at WARN."""
    _get_logger().warning(msg, *args, **kwargs)


_level_names = {FATAL: "FATAL", ERROR: "ERROR", WARN: "WARN", INFO: "INFO", DEBUG: "DEBUG"}
_log_counter_per_token = {}


def _get_next_log_count_per_token(token):
    _log_counter_per_token[token] = 1 + _log_counter_per_token.get(token, -1)
    return _log_counter_per_token[token]


def TaskLevelStatusMessage(msg):
    """Logs a message at ERROR."""
    error(msg)


def flush():
    """Does nothing: handlers flush by themselves."""


def vlog(level, msg, *args, **kwargs):
    """Logs at a numeric level."""
    _get_logger().log(level, msg, *args, **kwargs)


def log_if(level, msg, condition, *args):
    """Logs where `condition` holds."""
    if condition:
        vlog(level, msg, *args)


def log_every_n(level, msg, n, *args):
    """Logs the 1st, n+1-th, ... time this line of the program comes by."""
    count = _get_next_log_count_per_token(_caller())
    log_if(level, msg, not count % n, *args)


def log_first_n(level, msg, n, *args):
    """Logs the first n times this line of the program comes by."""
    count = _get_next_log_count_per_token(_caller())
    log_if(level, msg, count < n, *args)


def _caller():
    frame = _sys._getframe(2)
    return frame.f_code.co_filename, frame.f_lineno


def get_verbosity():
    """The level below which nothing is logged."""
    return _get_logger().getEffectiveLevel()


def set_verbosity(v):
    """Sets the level below which nothing is logged."""
    _get_logger().setLevel(v)


def google2_log_prefix(level, timestamp=None, file_and_line=None):
    """The prefix "I0102 03:04:05.000006 ..." of Google's log lines."""
    now = timestamp or _time.time()
    parts = _time.localtime(now)
    filename, line = file_and_line or _caller()
    return "%c%02d%02d %02d:%02d:%02d.%06d %5d %s:%d] " % (
        _level_names.get(level, "I")[0], parts[1], parts[2], parts[3], parts[4], parts[5], int(1e6 * (now % 1.0)),
        threading.get_ident() % 100000, _os.path.basename(filename), line)
