"""The umask and the resource limits of env scripts: they reach what s2itasks starts, and never s2itasks itself."""

from __future__ import annotations

import subprocess

import forms
import pytest
from application import Application
from forms import in_every_form

SET = "umask 0027\nulimit -n 300\nulimit -S -c 0\nulimit -H -c 10\n"
SHOW = "echo $(umask; ulimit -S -n; ulimit -H -n; ulimit -S -c; ulimit -H -c)"
AS_SET = "0027 300 300 0 10\n"
HOOKS = [[name, *option] for name in ("deploy", "ready") for option in ([], ["--timeout", "50"])]


@pytest.fixture(scope="module")
def ours() -> str:
    """Show what the tests themselves have, and so every process that nothing else was done to."""
    return subprocess.run(["/bin/bash", "-c", SHOW], capture_output=True, text=True, check=True).stdout


@pytest.mark.many_cases
@in_every_form
@pytest.mark.parametrize("words", [*HOOKS, ["ready", "--log"]], ids=" ".join)
def test_those_of_deploy_env_reach_hooks(application: Application, form: str, words: list[str]) -> None:
    """Whether the process becomes the hook or waits for it."""
    application.env_script("deploy_env", SET)
    application.hook(words[0], SHOW)
    assert forms.run(application, form, *words).succeeded().out == AS_SET


@pytest.mark.slow
@pytest.mark.many_cases
@in_every_form
def test_they_reach_a_hook_in_python(application: Application, form: str) -> None:
    """And the application's own tasks, which likewise run under the application's Python."""
    application.env_script("deploy_env", "umask 0027\nulimit -n 300\n")
    application.write(
        application.source / ".s2i" / "tasks.py",
        "import os, resource\nfrom invoke import task\n\n\n"
        "@task\ndef report(c):\n    print(oct(os.umask(0)), resource.getrlimit(resource.RLIMIT_NOFILE))\n\n\n"
        "@task(pre=[report])\ndef ready(c):\n    pass\n",
    )
    for words in (["ready"], ["ready", "--timeout", "50"], ["app.report"]):
        assert forms.run(application, form, *words).succeeded().out == "0o27 (300, 300)\n"


@in_every_form
def test_they_reach_commands(application: Application, form: str) -> None:
    """Those that people type into a pod."""
    application.env_script("deploy_env", SET)
    assert forms.run(application, form, "exec", "--", "bash", "-c", SHOW).succeeded().out == AS_SET
    assert forms.run(application, form, "shell", stdin=SHOW.encode()).succeeded().out == AS_SET
    application.job("hourly", "one", SHOW)
    assert forms.run(application, form, "jobs", "hourly").succeeded().out == AS_SET
    assert forms.run(application, form, "jobs", "hourly", "--timeout=50").succeeded().out == AS_SET


@pytest.mark.many_cases
@in_every_form
@pytest.mark.parametrize("before", [0, 1], ids=["at once", "behind a deploy hook"])
def test_they_reach_the_application(application: Application, form: str, before: int) -> None:
    """The builder's ``run`` and the hook that replaces it."""
    application.env_script("deploy_env", f"{SET}: $(echo a process)\n")
    if before:
        application.hook("deploy", SHOW)
    application.builder("run", SHOW)
    assert forms.run(application, form, "run").succeeded().out == AS_SET * (1 + before)
    application.hook("run", SHOW)
    assert forms.run(application, form, "run").succeeded().out == AS_SET * (1 + before)


@in_every_form
def test_a_nested_s2itasks_finds_them(application: Application, form: str) -> None:
    """It evaluates nothing again, and is a process like any other."""
    application.env_script("deploy_env", SET)
    application.hook("ready", SHOW)
    nested = str(forms.program(application, form))
    assert forms.run(application, form, "exec", "--", nested, "ready").succeeded().out == AS_SET


@pytest.mark.slow
@pytest.mark.many_cases
@in_every_form
def test_those_of_the_activation_reach_both(application: Application, form: str) -> None:
    """A build and a deployment, with the env script's on top."""
    activate = application.write(application.root / "activate", "umask 0070\nulimit -n 300\n")
    application.variables["BASH_ENV"] = str(activate)
    application.env_script("build_env", "ulimit -S -n 200\n")
    application.env_script("deploy_env", "umask 0007\n")
    for hook in ("pre_build", "build", "deploy"):
        application.hook(hook, "echo $(umask; ulimit -S -n; ulimit -H -n)")
    assert forms.run(application, form, "pre_build").succeeded().out == "0070 300 300\n"
    assert forms.run(application, form, "build").succeeded().out == "0070 200 300\n"
    assert forms.run(application, form, "deploy").succeeded().out == "0007 300 300\n"


@pytest.mark.slow
@in_every_form
def test_those_of_build_env_reach_the_builder_and_build(application: Application, form: str, ours: str) -> None:
    """And what comes before it has those of the container."""
    application.env_script("build_env", SET, uploaded=True)
    application.hook("pre_build", SHOW, uploaded=True)
    application.hook("build", SHOW, uploaded=True)
    application.builder("assemble", SHOW)
    assert forms.run(application, form, "assemble").succeeded().out.startswith(ours + AS_SET * 2)


@in_every_form
def test_s2itasks_itself_keeps_its_own(application: Application, form: str, ours: str) -> None:
    """A phase of another environment that follows has what the container gave, also the higher hard limits."""
    application.env_script("build_env", SET)
    application.hook("build", SHOW)
    application.hook("deploy", SHOW)
    assert forms.run(application, form, "build", "deploy").succeeded().out == AS_SET + ours


@pytest.mark.many_cases
@in_every_form
@pytest.mark.parametrize("extreme", ["umask 0777", "ulimit -f 0", "ulimit -n 3", "ulimit -v 2000", "ulimit -s 0"])
@pytest.mark.parametrize("words", [["ready"], pytest.param(["ready", "--timeout", "50"], marks=pytest.mark.slow)])
def test_an_extreme_works_or_fails_with_one_message(
    application: Application, form: str, extreme: str, words: list[str]
) -> None:
    """That of s2itasks or, where the process has become a hook that then cannot start, that of bash or the loader."""
    application.env_script("deploy_env", f"{extreme}\n")
    application.hook("ready", "echo x")
    done = forms.run(application, form, *words)
    assert "Traceback" not in done.err
    if done.status == 0:
        assert (done.out, done.err) == ("x\n", "")
    elif form != forms.LAUNCHER:
        assert done.error.startswith(".s2i/action_hooks/deploy_env")
