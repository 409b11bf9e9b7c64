"""The console script: a command line, read and run."""
