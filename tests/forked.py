"""Several command lines of the console script, each in a process of its own that is a fork of one.

That one has imported what they need, which takes most of the time of a command that only looks at something.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from application import S2ITASKS, Result

# As in the console script, the first entry of sys.path is its directory, and there is no other module in __main__.
START = """
import sys
script, seconds, *lines = sys.argv[1:]
sys.path[0] = script.rpartition("/")[0]
import json, os, signal
import invoke
import s2itasks.check, s2itasks.cli.command_line, s2itasks.phases
from s2itasks.cli.main import main
for line in lines:
    streams = [os.memfd_create("said") for _ in "12"]
    child = os.fork()
    if not child:
        signal.alarm(int(seconds))
        for number, stream in enumerate(streams, 1):
            os.dup2(stream, number)
        sys.argv = [script, *json.loads(line)]
        os.closerange(3, 1 + max(streams))
        sys.exit(main())
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    texts = [os.pread(stream, os.fstat(stream).st_size, 0).hex() for stream in streams]
    print(json.dumps([status, *texts]), flush=True)
    for stream in streams:
        os.close(stream)
"""


def run(lines: Sequence[Sequence[str]], *, environ: Mapping[str, str], cwd: Path, seconds: int) -> Iterator[Result]:
    """Run command lines one after the other, and yield how each ended.

    :param seconds: how long one may take; what takes longer fails.
    """
    words = [json.dumps(line) for line in lines]
    with subprocess.Popen(
        [sys.executable, "-c", START, S2ITASKS, str(seconds), *words],
        env=environ,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    ) as started:
        assert started.stdout is not None
        for line, told in zip(lines, started.stdout):
            status, stdout, stderr = json.loads(told)
            if status == -signal.SIGALRM:
                raise subprocess.TimeoutExpired([S2ITASKS, *line], seconds)
            yield Result(status, bytes.fromhex(stdout), bytes.fromhex(stderr))
    assert started.returncode == 0
