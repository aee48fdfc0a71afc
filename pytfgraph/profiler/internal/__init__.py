"""What the profiler counts with."""
