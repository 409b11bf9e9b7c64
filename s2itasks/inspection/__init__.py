"""Showing what there is and what would be done, and doing nothing."""
