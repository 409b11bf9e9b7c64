"""How long a command of a pod takes to start: ratios to a hand-written bash script, medians of interleaved rounds.

Run by ``inv bench``. The application has an env script of one line and an empty hook.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from s2itasks import pinned
from s2itasks.layout import Layout

ROUNDS = 30
HAND_WRITTEN = """\
#!/bin/bash
set -eo pipefail
cd "$S2I_APPLICATION_PATH/src"
set -a; . .s2i/action_hooks/deploy_env; set +a
exec "$@"
"""


def main() -> None:
    """Measure, and print a table."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        hooks = root / "src" / ".s2i" / "action_hooks"
        hooks.mkdir(parents=True)
        (hooks / "deploy_env").write_text("A=1\n")
        alive, hand = _script(hooks / "alive", "#!/bin/bash\n"), _script(root / "hand", HAND_WRITTEN)
        environ = {"PATH": os.environ["PATH"], "HOME": directory, "S2I_APPLICATION_PATH": directory}
        layout = Layout.from_environment(environ)
        pinned.set_aside(layout)
        pinned.pin(layout, environ)
        launcher, unpinned = str(root / "bin" / "s2itasks"), str(Path(sys.executable).parent / "s2itasks")
        times = _interleaved(
            {
                "exec, by hand in bash": [hand, "true"],
                "exec, launcher": [launcher, "exec", "--", "true"],
                "exec, before pinning": [unpinned, "exec", "--", "true"],
                "alive, by hand in bash": [hand, alive],
                "alive, launcher": [launcher, "alive"],
                "alive --timeout 5, launcher": [launcher, "alive", "--timeout", "5"],
                "alive, before pinning": [unpinned, "alive"],
            },
            environ,
        )
    print(f"{'':<30}  median   ratio   ({ROUNDS} rounds, Python {sys.version.split()[0]}, {os.cpu_count()} cores)")
    for name, seconds in times.items():
        reference = times[f"{name.split(',')[0].split()[0]}, by hand in bash"]
        print(f"{name:<30}  {1000 * seconds:6.1f} ms  {seconds / reference:5.2f}")


def _interleaved(commands: dict[str, list[str]], environ: dict[str, str]) -> dict[str, float]:
    """Give the median of each, in seconds of wall time."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            started = time.perf_counter()
            subprocess.run(command, env=environ, stdin=subprocess.DEVNULL, check=True)  # noqa: S603 - our own
            times[name].append(time.perf_counter() - started)
    return {name: statistics.median(each) for name, each in times.items()}


def _script(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


if __name__ == "__main__":
    main()
