"""The program: the package is found beside itself, whatever it is run by."""

import sys

if __name__ == "__main__":
    sys.path[0] = __file__.rpartition("/")[0].rpartition("/")[0]  # instead of the package itself, as pip's own does

    from own_namespace.entering import main  # type: ignore[import-not-found]  # that is its name in a root

    sys.exit(main(sys.argv[1:]))
