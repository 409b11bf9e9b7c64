"""What a rehearsal on a laptop does not try of what a pod does, which it says at the beginning and at the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_rehearse import SERVER, rehearse, write

from s2itasks.init import planning
from s2itasks.rehearse import untried
from s2itasks.rehearse.uploaded import Uploaded

BASH = "#!/bin/bash\n"


@pytest.mark.parametrize(
    ("script", "text", "line"),
    [
        *(("assemble", text, "") for text in planning.ASSEMBLE.values()),
        ("assemble", f"#!/usr/bin/env bash\n\n# the image has it\n{planning.RUN[12:].replace('run', 'assemble')}", ""),
        ("run", planning.RUN, ""),
        ("run", f"{BASH}# mine\nexport RUNVAR=x\nexec s2itasks run\n", "3: export RUNVAR=x"),
        ("run", f"{BASH}exit 3\nexec s2itasks run\n", "2: exit 3"),
        ("run", f"{BASH}s2itasks run\n", "2: s2itasks run"),
        ("run", f"{BASH}exec s2itasks run\r\n", "2: exec s2itasks run\r"),
        ("run", "#!/nowhere/bash\nexec s2itasks run\n", "1: #!/nowhere/bash"),
        ("run", f"{BASH}exec /usr/libexec/s2i/run\n", "2: exec /usr/libexec/s2i/run"),
        ("run", "# later\n", "1: # later"),
        ("assemble", f"{BASH}pip install s2itasks==1.0\nexec s2itasks assemble\n", "2: pip install s2itasks==1.0"),
        ("assemble", f"{BASH}pip install s2itasks\n", "1: nothing is called"),
    ],
)
def test_which_scripts(tmp_path: Path, script: str, text: str, line: str) -> None:
    """Those that do more than what `init` writes, by the first line that does."""
    write(tmp_path / ".s2i" / "bin" / script, text)
    warnings = [each.warning for each in untried.scripts(Uploaded(tmp_path, {}))]
    instead = f"where 's2itasks {script}' is called instead of .s2i/bin/{script}; try it with --container"
    assert warnings == ([f".s2i/bin/{script}:{line}: not tried here, {instead}"] if line else [])


@pytest.mark.slow
def test_a_run_of_its_own(tmp_path: Path) -> None:
    """It is not run, which is said at the beginning, and again where the application is ready."""
    write(tmp_path / "source" / "app.py", SERVER)
    write(tmp_path / "source" / ".s2i" / "bin" / "run", f"{BASH}exit 3\nexec s2itasks run\n", 0o755)
    done = rehearse("source", "--check", "--root", "root", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    begins, _, ends = done.stderr.partition("not as in a pod:")
    instead = "s2itasks run is called instead of .s2i/bin/run; --container runs it"
    assert "warning: .s2i/bin/run:2: exit 3: not tried here" in begins.partition("preparing")[0]
    assert f"     .s2i/bin/run:2: not tried, {instead}\n" in ends
