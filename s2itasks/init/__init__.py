"""``init``: makes a repository ready for s2itasks."""
