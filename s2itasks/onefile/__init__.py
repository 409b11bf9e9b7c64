"""s2itasks as one file, which needs nothing but Python: for repositories, and for whoever has no package index."""
