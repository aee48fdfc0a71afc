"""Event files: everything a FileWriter writes, read by the other side's summary_iterator."""
from event_program import read, write

CASES = {'all': (write, read)}
