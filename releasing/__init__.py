"""Build a release, and check all of it before anybody gets it: ``./inv release --check``."""
