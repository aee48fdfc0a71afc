"""Programs and functions for graphs and checkpoints in files."""
