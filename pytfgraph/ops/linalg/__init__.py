"""Linear algebra: functions of matrices, and linear operators."""
