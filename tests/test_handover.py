"""What an installation hands over to the launcher of an image, and what it does itself."""

from __future__ import annotations

import pytest
from application import Application
from signals import masks

from s2itasks.cli import handover
from s2itasks.cli.arguments import SHOWN
from s2itasks.graph import Group
from s2itasks.phases import graph

HERE = ("version", "print-completion-script", "dry")  # of the options: done by who is asked, or no command by itself


def test_every_phase_of_a_deployment() -> None:
    """And what shows an environment; a list that grows with the graph."""
    deployment = (Group.DEPLOYMENT, Group.COMMANDS, Group.INSPECTION)
    missing = {phase.name for phase in graph if phase.group in deployment} ^ set(handover.COMMANDS)
    assert not missing, "COMMANDS of s2itasks/cli/handover.py has other names than phases.py"


def test_every_option_that_shows_what_there_is() -> None:
    """A list that grows with the options."""
    assert set(handover.OPTIONS) == {f"--{name}" for name in SHOWN if name not in HERE}


@pytest.mark.parametrize(
    "line",
    [
        "", "ready", "deploy-env", "app.load", "app", "--dry run", "--list", "-l", "--list-format=json --list",
        "-Fjson -l", "-F json -l", "-lF json", "--list-format json", "--help", "--help=run", "--help run", "-h",
        "-hrun", "--show deploy", "--show=app.load", "help", "help run",
    ],
)  # fmt: skip
def test_what_is_handed_over(line: str) -> None:
    """However it is spelled."""
    assert handover.is_handed_over(line.split())


@pytest.mark.parametrize("line", ["assemble", "--dry assemble", "--dry", "check .", "rehearse", "--version", "nothing"])
def test_what_is_not(line: str) -> None:
    """Builds, and what belongs on a laptop."""
    assert not handover.is_handed_over(line.split())


def test_a_launcher_that_cannot_be_started(application: Application) -> None:
    """Its interpreter is gone, say; then who was called does it."""
    application.hook("ready", "grep SigIgn /proc/self/status")
    application.write(application.path / handover.LAUNCHER, "#!/nowhere/python3 -IS\n", 0o755)
    done = application.s2itasks("ready").succeeded()
    assert masks(done.out) == [0]
