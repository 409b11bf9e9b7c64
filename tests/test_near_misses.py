"""What somebody meant for a hook or a job, and nothing runs: check, --list and assemble name it alike."""

from __future__ import annotations

import pytest
from application import Application

from s2itasks.check import checking
from s2itasks.phases import graph

SCRIPT = "#!/bin/bash\ntrue\n"
# A path, and what is said of it.
MISSED = {
    ".s2i/action_hooks/deploy.sh": "nothing runs 'deploy.sh': the hook is spelled 'deploy'; rename it",
    ".s2i/action_hooks/pre-build": "nothing runs 'pre-build': the hook is spelled 'pre_build'; rename it",
    ".s2i/action_hooks/Build": "nothing runs 'Build': the hook is spelled 'build'; rename it",
    ".s2i/action_hooks/depoly": "nothing runs 'depoly'; rename it if it is meant to be 'deploy'",
    ".s2i/action_hooks/restart": (
        "nothing runs 'restart': a container is never restarted; what prepares its start belongs in 'deploy'"
    ),
    ".s2i/action_hooks/pre_start_python": (
        "nothing runs 'pre_start_python': OpenShift V2 sourced it around what a cartridge did; "
        "what is to run before the application belongs in 'deploy', variables in 'deploy_env'"
    ),
    ".s2i/action_hooks/pre_build_python-2.7": (
        "nothing runs 'pre_build_python-2.7': OpenShift V2 sourced it around what a cartridge did; "
        "rename it to 'pre_build'"
    ),
    ".s2i/deploy": "nothing looks for a hook in .s2i/deploy; move it into .s2i/action_hooks",
    ".s2i/action-hooks/deploy": "nothing looks for hooks in .s2i/action-hooks; rename it to .s2i/action_hooks",
    ".s2i/hooks/deploy": "nothing looks for hooks in .s2i/hooks; rename it to .s2i/action_hooks",
    ".s2i/Action_Hooks/deploy": "nothing looks for hooks in .s2i/Action_Hooks; rename it to .s2i/action_hooks",
    ".s2i/job/hourly/clean": "nothing looks for jobs in .s2i/job; rename it to .s2i/jobs",
    ".s2i/cron/hourly/clean": "nothing looks for jobs in .s2i/cron; rename it to .s2i/jobs",
    ".s2i/Jobs/hourly/clean": "nothing looks for jobs in .s2i/Jobs; rename it to .s2i/jobs",
    ".s2i/Environment": "nothing reads .s2i/Environment; rename it if it is meant to be .s2i/environment",
    ".s2i/task.py": "nothing reads .s2i/task.py; rename it if it is meant to be .s2i/tasks.py",
    "action_hooks/deploy": "nothing looks for hooks in action_hooks at the top; move it to .s2i/action_hooks",
    "s2i/action_hooks/deploy": "nothing looks into s2i; rename it to .s2i",
    ".S2I/environment": "nothing looks into .S2I; rename it to .s2i",
}
FINE = (
    *(".s2i/action_hooks/README", ".s2i/action_hooks/lib.sh", ".s2i/action_hooks/wait_for_database", ".s2i/lib/deploy"),
    *(".s2i/action_hooks/helper.py", ".s2i/jobs/hourly/deploy.sh", ".s2i/cron_jobs/daily/clean", ".openshift/README"),
    *("s2i/README", ".s2i/env", "hooks/deploy", "action_hooks/README", ".s2i/bin/deploy"),
)


def _place(path: str) -> str:
    """Return what is named: the file among the hooks, or else the directory that it lies in."""
    parts = path.split("/")
    if parts[0] != ".s2i":
        return parts[0]
    return path if parts[1] == "action_hooks" else "/".join(parts[:2])


@pytest.fixture
def sound(application: Application) -> Application:
    """Return an application with all that has to be in one."""
    application.builder("assemble", "true")
    for upload in (True, False):
        application.hook("deploy", "true", uploaded=upload)
    return application


@pytest.mark.slow
def test_all_say_it(sound: Application) -> None:
    """With the same words; and the build goes on."""
    said = sorted({f"{_place(path)}: {what}" for path, what in MISSED.items()})
    for path in MISSED:
        sound.write(sound.source / path, SCRIPT, 0o755)
    findings = checking.check(sound.source, graph, sound.environ())
    found = [f"{each.path}: {each.message}" for each in findings if each.rule.id in ("S2I208", "S2I218")]
    assert sorted(found) == said
    listed = sound.s2itasks("--list").succeeded().err.splitlines()
    assert sorted(listed) == [f"s2itasks: warning: {each}" for each in said]
    for path in MISSED:
        sound.write(sound.upload / path, SCRIPT, 0o755)
        if not path.startswith(".s2i/"):
            (sound.source / path).unlink()
    built = sound.s2itasks("assemble").succeeded().err.splitlines()
    assert sorted(line for line in built if "nothing " in line) == [f"s2itasks: warning: {each}" for each in said]


def test_what_is_fine(sound: Application) -> None:
    """Helpers, notes, and what a hook calls by its path."""
    for path in (*FINE, ".s2i/action_hooks/deploy.sh"):
        sound.write(sound.source / path, SCRIPT, 0o755)
    sound.hook("deploy", 'exec "$S2I_SOURCE_PATH/.s2i/action_hooks/deploy.sh"')
    findings = checking.check(sound.source, graph, sound.environ())
    assert [each for each in findings if each.rule.id in ("S2I208", "S2I218")] == []
    assert sound.s2itasks("--list").succeeded().err == ""


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("path", "cure"),
    [
        (
            ".openshift/action_hooks/deploy",
            "nothing looks into .openshift, which is for OpenShift V2; convert it: s2itasks init --from v2",
        ),
        (".openshift/cron/daily/x", "nothing looks into .openshift, which is for OpenShift V2; convert it"),
        (".warpdrive/deploy_mode", "nothing looks into .warpdrive, which is for warpdrive; convert it"),
        (
            ".warpdrive/action_hooks/deploy",
            "nothing looks into .warpdrive, which is for warpdrive; convert it: s2itasks init --from warpdrive",
        ),
        ("s2i/action_hooks/deploy", "nothing looks into s2i; rename it to .s2i"),
    ],
)
def test_where_there_is_no_s2i(application: Application, path: str, cure: str) -> None:
    """The hooks of another platform, or a dot that is missing."""
    checkout = application.root / "checkout"
    application.write(checkout / path, SCRIPT, 0o755)
    done = application.s2itasks("check", str(checkout))
    assert (done.status, done.error.startswith(f"there is no .s2i in {checkout}; {cure}")) == (2, True)
