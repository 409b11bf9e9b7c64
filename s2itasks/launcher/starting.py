"""The programs in Python that start the pinned runtime."""

from __future__ import annotations

import re

# Starts the runtime. ALONE does so where nothing is done in bash, which would leave variables behind (SHLVL, PWD).
START = """\
\"\"\"Starts the copy of s2itasks that was set aside, and finds nothing else.\"\"\"

import _signal  # the other takes longer to import

if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)  # no traceback of an import

import sys

directory = __file__.rpartition("/")[0]
sys.path.insert(0, directory)

if sys.argv[1:2] == ["--aftermath"]:
    from s2itasks.launcher.aftermath import main

    main(sys.argv[2:])
else:
    from s2itasks.process.early_exit import exit_at_once

    exit_at_once()  # the rest takes longer to import

    from s2itasks.cli.command_line import run

    run(f"{directory}/graph.json")
"""
ALONE = """\
#!{interpreter} -IS
\"\"\"Starts s2itasks; there is nothing here that it does in bash.\"\"\"

with open({start!r}) as opened:
    exec(compile(opened.read(), {start!r}, "exec"), {{"__file__": {start!r}, "__name__": "__main__"}})
"""
SHEBANG = re.compile(r"(?=.{1,127}$)#![\x21-\x7e]+ -IS")  # what the kernel reads as one interpreter
