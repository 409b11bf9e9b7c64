"""The program: the package is found beside itself, whatever it is run by."""

import importlib
import sys

if __name__ == "__main__":
    sys.path[0] = __file__.rpartition("/")[0].rpartition("/")[0]  # instead of the package itself, as pip's own does

    sys.exit(importlib.import_module("own_namespace.entering").main(sys.argv[1:]))  # its name in a root
