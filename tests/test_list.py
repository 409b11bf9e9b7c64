"""``--list`` and ``--help PHASE``: what there is, and what the application has of it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import random_user
from application import S2ITASKS, Application

TASKS = '''\
from invoke import task
import no_such_package

@task
def collect(c):
    """Collect static files."""

@task(pre=[collect])
def build(c):
    """Build the front end."""

@task(pre=[collect])
def report(c):
    """Write the report of the day."""
'''


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """Return an application with one of everything that a hook can be; whoever changes it takes another."""
    application = Application(tmp_path_factory.mktemp("listed"))
    application.write(application.source / ".s2i/tasks.py", TASKS)
    application.env_script("build_env", "")
    application.hook("deploy", "true")
    application.hook("ready", "true", mode=0o644)
    (application.source / ".s2i/action_hooks/alive").mkdir()
    application.job("hourly", "clear", "true")
    application.job("hourly", "mail", "true", mode=0o644)
    return application


@pytest.fixture(scope="module")
def flat(listed: Application) -> str:
    """Return the list of it."""
    return listed.s2itasks("--list").succeeded().out


def rows(out: str) -> list[list[str]]:
    """Return the words of the lines that begin with a name."""
    return [line.split() for line in out.splitlines() if line[:2] == "  " and line[2:3] != " "]


def entries(application: Application, *, status: int = 0) -> dict[str, dict[str, Any]]:
    """Return ``--list -F json`` by names."""
    done = application.s2itasks("--list", "-F", "json")
    assert done.status == status
    return {each["name"]: each for each in json.loads(done.out)}


def test_it_is_in_the_order_of_an_applications_life(flat: str) -> None:
    """Build, deployment, commands, jobs, the application's own tasks, inspection, laptop."""
    groups = [line.partition(":") for line in flat.splitlines() if ":" in line and line[0] not in " H"]
    assert [f"{title}:" for title, _, _ in groups] == [
        "Build:",
        "Deployment:",
        "Commands:",
        "Jobs:",
        "The application's tasks:",
        "Inspection:",
        "On a laptop:",
    ]
    assert [behind.strip() for _, _, behind in groups] == [*["runs after"] * 5, "", ""]
    assert " ".join(row[0] for row in rows(flat)) == (
        "upload pre_build builder_assemble build_env build assemble deploy_env deploy run exec shell verify ready "
        "alive setup migrate post_deploy jobs wait jobs app.collect app.report env doctor init rehearse check manifests"
    )
    assert f"  assemble{' ' * 26}pre_build, builder_assemble, build_env, build  Build the application;" in flat
    assert f"  build             present         build_env{' ' * 16}Run the hook after the builder;" in flat


def test_each_line_says_what_the_application_has(flat: str) -> None:
    """The state, and below the help the file or what is wrong with it."""
    lines = flat.splitlines()
    indent = " " * 36

    def below(name: str) -> list[str]:
        at = next(number for number, line in enumerate(lines) if line.startswith(f"  {name}  "))
        return [lines[at][20:34].strip(), *(line[36:] for line in lines[at + 1 : at + 2] if line.startswith(indent))]

    assert below("build_env") == ["present", "env script .s2i/action_hooks/build_env"]
    assert below("build") == ["present", "task .s2i/tasks.py:9 (after app.collect)"]
    assert below("deploy") == ["present", "hook .s2i/action_hooks/deploy"]
    assert below("run") == ["missing"]
    assert below("ready")[0] == "not executable"
    assert "in the repository: git update-index --chmod=+x .s2i/action_hooks/ready" in below("ready")[1]
    assert below("alive") == [
        "not a file",
        ".s2i/action_hooks/alive is a directory, where a script is expected; move it away",
    ]
    assert below("app.report") == ["present", "task .s2i/tasks.py:13"]
    assert f"  jobs hourly{' ' * 23}deploy_env{' ' * 15}2 scripts, of which 1 would not run" in lines
    assert f"{indent}.s2i/jobs/hourly/mail is not executable; in the repository: " in "\n".join(lines)


@pytest.mark.slow
def test_names_that_a_task_cannot_have(application: Application) -> None:
    """That of a hook that is a script as well, where neither runs, and those of env scripts, which are bash."""
    application.write(application.source / ".s2i/tasks.py", TASKS.replace("report", "deploy_env"))
    application.hook("build", "true")
    twice = ".s2i/action_hooks/build and build of .s2i/tasks.py (line 9) are the same hook; remove one of them"
    sourced = "deploy_env of .s2i/tasks.py (line 13) cannot be a task: deploy_env is sourced by bash; rename it, or "
    out = application.s2itasks("--list").succeeded().out
    assert ["build", "shadowed"] in [row[:2] for row in rows(out)]
    assert f"  {twice}\n" in out
    assert f"  {sourced}" in out
    found = entries(application)
    assert [found["build"][key] for key in ("kind", "state", "problem")] == ["hook", "shadowed", twice]
    assert (found["deploy_env"]["state"], "app.deploy_env" in found) == ("missing", False)
    out = application.s2itasks("--help", "build").succeeded().out
    assert f"  Hook: .s2i/action_hooks/build (shadowed)\n  It would fail: {twice}\n" in out


def test_for_programs(listed: Application) -> None:
    """JSON with the same keys for everything."""
    found = entries(listed)
    assert found["deploy"] == {
        "name": "deploy",
        "help": "Run the hook before the application starts, in every container",
        "group": "deployment",
        "prerequisites": ["deploy_env"],
        "kind": "hook",
        "path": str(listed.source / ".s2i/action_hooks/deploy"),
        "line": None,
        "state": "present",
        "problem": None,
        "image": None,
        "scripts": [],
    }
    build, report, hourly = found["build"], found["app.report"], found["jobs hourly"]
    tasks = str(listed.source / ".s2i/tasks.py")
    assert [build[key] for key in ("kind", "path", "line", "state")] == ["task", tasks, 9, "present"]
    assert [report[key] for key in ("kind", "path", "line", "group")] == ["task", tasks, 13, "application"]
    assert report["prerequisites"] == ["deploy_env", "app.collect"]
    assert [(Path(each["path"]).name, each["state"]) for each in hourly["scripts"]] == [
        ("clear", "present"),
        ("mail", "not executable"),
    ]
    assert (hourly["kind"], hourly["group"], found["exec"]["path"]) == ("jobs", "jobs", None)
    assert {tuple(each) for each in found.values()} == {tuple(build)}
    page = (Path(__file__).parent.parent / "docs" / "commands.md").read_text()
    keys = page.partition("| key of `--list -F json`")[2].partition("\n\n")[0]
    assert [row.split("`")[1] for row in keys.splitlines()[2:]] == list(build)


def test_as_a_tree(listed: Application) -> None:
    """What runs before what, with the states."""
    out = listed.s2itasks("--list", "-F", "nested").succeeded().out
    assert out.startswith(
        "assemble\n"
        "├── pre_build         missing\n"
        "│   └── upload\n"
        "├── builder_assemble\n"
        "├── build_env         present\n"
        "└── build             present\n"
        "    └── build_env     present\n"
        "run                   missing\n"
        "├── deploy_env        missing\n"
        "└── deploy            present\n"
        "    └── deploy_env    missing\n"
        "exec\n"
    )


def test_a_broken_task_file(application: Application) -> None:
    """The list is complete but for its tasks, one line says why, and the status is that of a mistake to mend."""
    application.hook("deploy", "true")
    application.write(application.source / ".s2i/tasks.py", "def x()\n")
    done = application.s2itasks("--list", "-F", "nested", env={"PYTHONIOENCODING": "ascii"})
    assert (done.status, done.error.partition(":")[0]) == (2, ".s2i/tasks.py, line 1")
    assert "\n|-- pre_build         unknown\n|   `-- upload\n" in done.out  # in what the locale can show
    found = entries(application, status=2)
    assert [found[name]["state"] for name in ("deploy", "build", "build_env")] == ["present", "unknown", "missing"]


@pytest.mark.skipif(not random_user.interpreter(), reason="takes root, to become another user")
def test_directories_that_this_user_may_not_enter(application: Application) -> None:
    """The rest is there, and one line says what is not."""
    application.job("hourly", "a", "true")
    application.hook("deploy", "true")
    (application.source / ".s2i/jobs").chmod(0o700)
    (application.source / ".s2i/action_hooks").chmod(0o700)
    random_user.open_to(application.source / ".s2i")
    words = [*random_user.prefix(), *random_user.command(random_user.interpreter() or ""), "--list"]
    done = subprocess.run(words, env=application.environ(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        126,
        "s2itasks: error: .s2i/jobs cannot be read: Permission denied; look at its owner and mode (ls -ld .s2i/jobs)\n",
    )
    assert ["deploy", "unreachable"] in [row[:2] for row in rows(done.stdout)]


def test_without_hooks(application: Application) -> None:
    """That everything is missing goes without saying."""
    out = application.s2itasks("--list").succeeded().out
    assert out.endswith(f"\n\nThere is no .s2i in {application.source}\n")
    assert "  pre_build         upload              Run the hook before the builder" in out
    assert "missing" not in out


def test_in_a_developers_checkout(tmp_path: Path) -> None:
    """From a directory below the one with .s2i, where there is no application root."""
    hook = tmp_path / ".s2i" / "action_hooks" / "migrate"
    hook.parent.mkdir(parents=True)
    hook.write_text("#!/opt/app-root/bin/python3\n")
    hook.chmod(0o755)
    below = tmp_path / "website"
    below.mkdir()
    environ = {**os.environ, "S2I_APPLICATION_PATH": str(tmp_path / "nowhere")}
    done = subprocess.run([S2ITASKS, "--list"], cwd=below, env=environ, capture_output=True, check=True, text=True)
    assert ["migrate", "present"] in [row[:2] for row in rows(done.stdout)]
    assert done.stdout.endswith(f"\nHooks of {tmp_path.resolve()}/.s2i\n")


def test_into_head(application: Application) -> None:
    """Nobody reads the rest, and nobody is told so."""
    done = subprocess.run(
        ["bash", "-c", f"{S2ITASKS} --list | head -1; {S2ITASKS} --list | true"],
        env=application.environ(),
        capture_output=True,
        check=True,
    )
    assert (done.stdout.split(), done.stderr) == ([b"Build:", b"runs", b"after"], b"")


def test_help_of_a_hook_that_is_a_task(listed: Application) -> None:
    """File and line, and the tasks that it declares to run first."""
    out = listed.s2itasks("--help", "build").succeeded().out
    assert "  Runs first: build_env\n  Task: .s2i/tasks.py:9 (present)\n  Its own prerequisites: app.collect\n" in out


def test_help_of_an_applications_own_task(listed: Application) -> None:
    """Read from its file, without running it."""
    out = listed.s2itasks("--help", "app.report").succeeded().out
    assert out.startswith("Usage: s2itasks app.report [--options]\n\n  Write the report of the day.\n\n")
    assert "\n  Runs first: deploy_env, app.collect\n  Task: .s2i/tasks.py:13 (present)\n  Its invoke: " in out


def test_help_of_no_task(listed: Application) -> None:
    """What there is instead."""
    done = listed.s2itasks("--help", "app.nothing")
    said = "the application has no task 'nothing'; choose one of: app.collect, app.report"
    assert (done.status, done.out, done.error) == (2, "", said)


def test_a_tree_of_many_branches(application: Application) -> None:
    """Each of 40 levels needs both tasks of the one below: more branches than there are atoms in a grain of sand."""
    levels = ["from invoke import task\n@task\ndef a0(c): ...\n@task\ndef b0(c): ...\n"]
    levels += [
        f"@task(pre=[a{level}, b{level}])\ndef {name}{level + 1}(c): ...\n" for level in range(40) for name in "ab"
    ]
    application.write(application.source / ".s2i/tasks.py", "".join(levels))
    drawn = application.s2itasks("--list", "-F", "nested").succeeded().out.splitlines()
    assert len([line for line in drawn if "app." in line]) < 200
    assert any(line.strip(" │├└─").startswith("app.a39 (see above)") for line in drawn)


@pytest.mark.slow
def test_names_that_would_write_on_the_terminal(application: Application) -> None:
    """Line breaks, escape sequences and marks of direction are spelled out, in every format; the JSON carries them."""
    for name in ("a\nb", "c\x1b[31md", "e\u202ef", "::error::g", "h##[error]i", "##vso[task]j"):
        application.job(name, name, "true")
    task = "from invoke import task\n@task\ndef own(c):\n    'help \\x1b[1m \\u202e'\n"
    application.write(application.source / ".s2i/tasks.py", task)
    shown = ("--list", "--list -F nested", "jobs", "--help app.own", "--dry jobs a\\nb", "--complete -- s2itasks jobs ")
    for words in shown:
        given = [word.replace("\\n", "\n") for word in words.split(" ")]
        done = application.s2itasks(*given)
        assert all(line.isprintable() for line in (done.out + done.err).splitlines()), words
        assert "##" not in done.out + done.err
        assert not [line for line in (done.out + done.err).splitlines() if line.lstrip().startswith("::")], words
    listed = json.loads(application.s2itasks("--list", "-F", "json").succeeded().out)
    assert "jobs a\nb" in [each["name"] for each in listed]
