"""Comparisons: scenario -> run -> verdict -> report, and the referee that belongs to no backend."""
