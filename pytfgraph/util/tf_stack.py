"""Where the program is: stacks as lists of tuples."""
import linecache
import sys

TB_FILENAME, TB_LINENO, TB_FUNCNAME, TB_CODEDICT = range(4)


def extract_stack(extract_frame_info_fn=None):
    """The caller's stack, the outermost frame first.

    Args:
      extract_frame_info_fn: what is kept of each frame besides; None keeps nothing.

    Returns:
      A list of (file, line number, function, the frame's globals, the function's first line, what was kept).
    """
    frames = []
    frame = sys._getframe(1)
    while frame is not None:
        kept = extract_frame_info_fn(frame) if extract_frame_info_fn is not None else None
        frames.append((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name, frame.f_globals, frame.f_code.co_firstlineno, kept))
        frame = frame.f_back
    frames.reverse()
    return frames


def convert_stack(stack, include_func_start_lineno=False):
    """A stack of extract_stack as tuples of (file, line number, function, text of the line), with the function's first line if wanted."""
    converted = []
    for filename, line, name, names, start, _ in stack:
        linecache.checkcache(filename)
        text = linecache.getline(filename, line, names).strip() or None
        converted.append((filename, line, name, text) + ((start,) if include_func_start_lineno else ()))
    return converted
