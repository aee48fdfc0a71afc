"""The cases in this folder are shared with record.py, so they are imported by name."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
