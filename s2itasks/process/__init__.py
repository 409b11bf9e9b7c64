"""Processes: starting and becoming them, signals, limits, what they inherit."""
