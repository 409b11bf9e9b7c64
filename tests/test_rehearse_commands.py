"""The commands of builder images that hooks call: one stands in, and the others are named where they are absent."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from test_rehearse import SERVER, VENUES, rehearse, write

from s2itasks.phases import graph
from s2itasks.rehearse import image_commands

BASH = "#!/bin/bash\n"
FIX_PERMISSIONS = Path(image_commands.__file__).with_name("fix-permissions")


def test_fix_permissions(tmp_path: Path) -> None:
    """Group 0 gets what the owner has; with -P, what links lead to stays as it is; it never fails."""
    for path, mode in (("tree/text", 0o600), ("tree/program", 0o700), ("tree/below/text", 0o604), ("away/text", 0o600)):
        write(tmp_path / path, "", mode)
    (tmp_path / "tree" / "link").symlink_to("../away/text")
    (tmp_path / "tree" / "to nothing").symlink_to("nothing")
    (tmp_path / "tree" / "below").chmod(0o700)
    for words in (["tree", "-P"], ["tree/to nothing"], ["nowhere"]):
        subprocess.run([FIX_PERMISSIONS, *words], cwd=tmp_path, check=True)
    modes = [oct((tmp_path / path).stat().st_mode)[-3:] for path in ("tree/text", "tree/program", "tree/below/text")]
    assert modes == ["660", "770", "664"]
    assert oct((tmp_path / "tree" / "below").stat().st_mode)[-3:] == "770"
    assert oct((tmp_path / "away" / "text").stat().st_mode)[-3:] == "600"
    subprocess.run([FIX_PERMISSIONS, "tree"], cwd=tmp_path, check=True)
    assert oct((tmp_path / "away" / "text").stat().st_mode)[-3:] == "660"


@pytest.mark.slow
@pytest.mark.parametrize("venue", VENUES)
def test_a_hook_that_calls_it(tmp_path: Path, venue: str) -> None:
    """It is on the PATH of a build and of a deployment, and nowhere in what is built."""
    write(tmp_path / "source" / "app.py", SERVER)
    build = f"{BASH}mkdir data && chmod 700 data && fix-permissions $S2I_APPLICATION_PATH\n"
    write(tmp_path / "source" / ".s2i" / "action_hooks" / "build", build, 0o755)
    deploy = f"{BASH}mkdir -m 700 later && fix-permissions $PWD/later -P\n"
    write(tmp_path / "source" / ".s2i" / "action_hooks" / "deploy", deploy, 0o755)
    done = rehearse("source", "--check", "--root", "root", venue, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("data", "later"):
        assert oct((tmp_path / "root" / "app-root" / "src" / name).stat().st_mode)[-3:] == "770"
    assert not list((tmp_path / "root" / "app-root" / "bin").glob("fix-*"))


# What a builder image has cannot be absent there, and the directories of its system cannot be taken from a test's PATH.
@pytest.mark.skipif(shutil.which("cgroup-limits") is not None, reason="in a builder image")
def test_what_is_absent(tmp_path: Path) -> None:
    """By the first line that calls it; a script that asks whether it is there is prepared."""
    hooks = tmp_path / ".s2i" / "action_hooks"
    sourced = "/opt/app-root/etc/generate_container_user"
    write(hooks / "deploy", f"{BASH}eval $(timeout 5 cgroup-limits)\n. {sourced}\n", 0o755)
    write(hooks / "run", f"{BASH}fix-permissions x\ncgroup-limits\nexec container-entrypoint ls\n", 0o755)
    write(hooks / "alive", f"{BASH}if type container-entrypoint; then container-entrypoint; fi\n", 0o755)
    write(tmp_path / ".s2i" / "fix", f"{BASH}/usr/bin/fix-permissions /opt\n", 0o755)
    said = [each.difference for each in image_commands.absent(tmp_path, graph, os.environ)]
    have = "builder images have it, and this machine has not"
    assert sorted(said) == [
        f".s2i/action_hooks/deploy:2: cgroup-limits: {have}",
        f".s2i/action_hooks/deploy:3: {sourced}: {have}",
        f".s2i/action_hooks/run:4: container-entrypoint: {have}",
        f".s2i/fix:2: /usr/bin/fix-permissions: {have}",
    ]
