"""Variables that bash has ideas of its own about: in every form they reach the command as from a plain bash."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping

import forms
import pytest
from application import Application, Result
from forms import in_every_form
from limits import long_enough

# A plain bash that does what is to be done; PWD and the like are those of a command that it becomes.
REFERENCE = 'set -eo pipefail; set -a; . "$0" >&2; exec "$@"'
HOOK = "#!/usr/bin/env -S cat /proc/self/environ\n"  # prints itself after the environment


def by_plain_bash(application: Application, *command: str, environ: Mapping[str, str]) -> Result:
    """Let a plain bash source ``deploy_env`` and become the command."""
    done = subprocess.run(
        ["bash", "-c", REFERENCE, application.source / ".s2i" / "action_hooks" / "deploy_env", *command],
        env=dict(environ),
        cwd=application.source,
        input=b"",
        capture_output=True,
        timeout=60,
        check=False,
        start_new_session=True,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def variables(result: Result) -> dict[str, str]:
    """Return the environment that was printed, asserting that there was nothing to complain about."""
    assert (result.status, result.err) == (0, "")
    return dict(entry.split("=", 1) for entry in result.out.rpartition("\0")[0].split("\0"))


def seen(application: Application, form: str, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a command."""
    return variables(forms.run(application, form, "exec", "--", "env", "-0", environ=environ))


def without(environ: Mapping[str, str], *names: str) -> dict[str, str]:
    """Return an environment in which these names are missing."""
    return {name: value for name, value in environ.items() if name not in names}


@in_every_form
@pytest.mark.parametrize("script", ["X=1", None], ids=["with deploy_env", "without deploy_env"])
def test_names_that_bash_sets_itself_are_filled_in(application: Application, form: str, script: str | None) -> None:
    """A line of .s2i/environment stands for a variable that the process environment does not have."""
    names = ("TERM", "HOSTNAME", "HOSTTYPE", "MACHTYPE", "OSTYPE", "A")
    application.write(application.source / ".s2i" / "environment", "".join(f"{name}=filled\n" for name in names))
    if script is not None:
        application.env_script("deploy_env", script)
    environ = without(application.environ(), *names)
    found = seen(application, form, environ)
    assert {name: found.get(name) for name in names} == dict.fromkeys(names, "filled")
    found = seen(application, form, {**environ, **dict.fromkeys(names, "given")})
    assert {name: found.get(name) for name in names} == dict.fromkeys(names, "given")


@pytest.mark.many_cases
@in_every_form
@pytest.mark.parametrize("name", ["UID", "EUID", "PPID", "SHLVL"])
def test_a_name_that_bash_may_not_or_will_not_leave_alone(application: Application, form: str, name: str) -> None:
    """All forms do with such a line what bash does with a process environment that has it."""
    application.env_script("deploy_env", "A=1")
    application.write(application.source / ".s2i" / "environment", f"{name}=7\n")
    environ = without(application.environ(), name)
    expected = variables(by_plain_bash(application, "env", "-0", environ={**environ, name: "7"}))
    found = seen(application, form, environ)
    assert found["A"] == "1"
    assert found.get(name) == ("7" if name == "SHLVL" else expected.get(name))


@pytest.mark.many_cases
@in_every_form
@pytest.mark.parametrize(
    "script", ["IFS=:", "IFS=", "export IFS=$'\\n'", "IFS=a\nB=$(echo xay)\nfor C in $B; do break; done"]
)
def test_ifs_reaches_the_command(application: Application, form: str, script: str) -> None:
    """It is a variable like others, whatever bash does with it."""
    path = application.env_script("deploy_env", script)
    expected = variables(by_plain_bash(application, "env", "-0", environ=application.environ()))
    found = seen(application, form)
    assert path.exists()
    assert "IFS" in expected
    assert {name: found.get(name) for name in ("IFS", "B", "C")} == {
        name: expected.get(name) for name in ("IFS", "B", "C")
    }


@in_every_form
def test_ifs_is_not_there_where_nobody_set_it(application: Application, form: str) -> None:
    """And a script finds the one that bash begins with, not one of ours and not none."""
    application.env_script("deploy_env", "A=${IFS-none}")
    found = seen(application, form)
    assert "IFS" not in found
    assert found["A"] == " \t\n"


@pytest.mark.many_cases
@in_every_form
@pytest.mark.parametrize("script", ["A=1", "A=$(true)"], ids=["assignment", "process"])
@pytest.mark.parametrize("value", ["C", "POSIX"])
def test_the_locale_stays(application: Application, form: str, value: str, script: str) -> None:
    """Python puts C.UTF-8 in the place of LC_CTYPE=C, for itself; the application gets what was given."""
    application.env_script("deploy_env", script)
    environ = {**without(application.environ(), "LANG", "LC_ALL"), "LC_CTYPE": value}
    assert seen(application, form, environ)["LC_CTYPE"] == value
    found = seen(application, form, without(environ, "LC_CTYPE"))
    assert "LC_CTYPE" not in found
    application.env_script("deploy_env", f"LC_CTYPE={value}")
    assert seen(application, form, without(environ, "LC_CTYPE"))["LC_CTYPE"] == value


@pytest.mark.many_cases
@in_every_form
@pytest.mark.parametrize("script", ["A=1", "cd /", "cd /; cd /tmp", "pushd / >/dev/null; popd >/dev/null"])
@pytest.mark.parametrize("given", [{}, {"OLDPWD": "/usr"}], ids=["none", "one"])
def test_oldpwd_is_the_callers(application: Application, form: str, script: str, given: dict[str, str]) -> None:
    """Where a script went on its way is nobody's business."""
    application.env_script("deploy_env", script)
    environ = {**without(application.environ(), "OLDPWD"), **given}
    assert seen(application, form, environ).get("OLDPWD") == given.get("OLDPWD")


@in_every_form
@pytest.mark.parametrize("script", ["A=1", "A=$(true)", None], ids=["assignment", "process", "without deploy_env"])
def test_pwd_and_shlvl_where_the_caller_had_none(application: Application, form: str, script: str | None) -> None:
    """As a bash that becomes the command leaves them."""
    application.env_script("deploy_env", script or "")
    environ = without(application.environ(), "PWD", "SHLVL", "OLDPWD", "_")
    expected = variables(by_plain_bash(application, "env", "-0", environ=environ))
    if script is None:
        (application.source / ".s2i" / "action_hooks" / "deploy_env").unlink()
    assert (expected["PWD"], expected["SHLVL"]) == (str(application.source), "0")
    found = seen(application, form, environ)
    assert (found.get("PWD"), found.get("SHLVL")) == (expected["PWD"], expected["SHLVL"])


@in_every_form
@pytest.mark.parametrize("script", ["A=1", "A=$(true)", None], ids=["assignment", "process", "without deploy_env"])
def test_pwd_and_shlvl_of_the_caller(application: Application, form: str, script: str | None) -> None:
    """They stay, and count no shell of ours."""
    if script is not None:
        application.env_script("deploy_env", script)
    environ = {**application.environ(), "PWD": str(application.source), "SHLVL": "5"}
    found = seen(application, form, environ)
    assert (found["PWD"], found["SHLVL"]) == (str(application.source), "5")


@pytest.mark.many_cases
@in_every_form
@pytest.mark.parametrize("script", ["A=1", "A=$(true)", None], ids=["assignment", "process", "without deploy_env"])
@pytest.mark.parametrize("words", [("exec", "--", "env", "-0"), ("ready",)], ids=["exec", "ready"])
@pytest.mark.parametrize("names", [("my-func", "a.b"), ("source", "exec", "set", "export", "cd", "unset", "return")])
def test_exported_functions_with_odd_names(
    application: Application, form: str, names: tuple[str, ...], words: tuple[str, ...], script: str | None
) -> None:
    """They reach the command as they are, without a word, and none is called in place of a builtin."""
    if script is not None:
        application.env_script("deploy_env", script)
    application.hook("ready", HOOK)
    functions = {f"BASH_FUNC_{name}%%": "() {  echo fake called\n}" for name in names}
    found = variables(forms.run(application, form, *words, environ={**application.environ(), **functions}))
    assert {name: found.get(name) for name in functions} == functions


SHELL_STATE = {
    "FUNCNEST": "FUNCNEST=1\nA=1",
    "readonly IFS": "readonly IFS\nA=1",
    "readonly IFS with a value": "readonly IFS=:\nA=1",
    "readonly OLDPWD": "readonly OLDPWD\nA=1",
    "readonly PWD": "readonly PWD\nA=1",
    "readonly names of activation": "readonly BASH_ENV ENV PROMPT_COMMAND\nA=1",
    "no printf": "enable -n printf\nA=1",
    "no dot": "A=1\nenable -n . source",
    "no test": "A=1\nenable -n [ test",
    "PS4": "PS4='$(false)'\nA=1",
    "TMOUT": "TMOUT=1\nA=1",
    "GLOBIGNORE": "GLOBIGNORE='*'\nA=1",
    "POSIX mode": "POSIXLY_CORRECT=1\nA=1",
}


@pytest.mark.many_cases
@in_every_form
@pytest.mark.parametrize("words", [("exec", "--", "env", "-0"), ("ready",)], ids=["exec", "ready"])
@pytest.mark.parametrize("name", SHELL_STATE)
def test_what_a_script_does_to_its_shell_is_no_noise(
    application: Application, form: str, words: tuple[str, ...], name: str
) -> None:
    """The command runs as after a plain bash, and nothing is said."""
    if words == ("ready",) and form == forms.CONSOLE:
        pytest.skip("as the pinned Python, and slower")
    application.env_script("deploy_env", SHELL_STATE[name])
    application.hook("ready", HOOK)
    environ = without(application.environ(), "OLDPWD")
    expected = variables(by_plain_bash(application, "env", "-0", environ=environ))
    found = variables(forms.run(application, form, *words, environ=environ))
    assert found["A"] == "1"
    same = ("A", "FUNCNEST", "IFS", "PS4", "TMOUT", "GLOBIGNORE", "POSIXLY_CORRECT", "LC_ALL")
    assert {each: found.get(each) for each in same} == {each: expected.get(each) for each in same}


COMMANDS = {
    "bash": ('#!/bin/bash\necho "$0"\n', "./manage.py"),
    "Python": ("#!/usr/bin/env python3\nimport sys\nprint(sys.argv[0])\n", "./manage.py"),
    "without a shebang": ('echo "$0"\n', "./manage.py"),
}


@in_every_form
@pytest.mark.parametrize("name", COMMANDS)
def test_a_script_gets_the_name_that_it_was_called_by(application: Application, form: str, name: str) -> None:
    """Relative, absolute, below another directory, or found on PATH, where it has its whole path."""
    application.env_script("deploy_env", "A=1\nPATH=$PWD/tools:$PATH")
    text, called = COMMANDS[name]
    for place in ("manage.py", "tools/onpath"):
        application.write(application.source / place, text, 0o755)
    expected = {
        called: called,
        "tools/onpath": "tools/onpath",
        str(application.source / "manage.py"): str(application.source / "manage.py"),
        "onpath": str(application.source / "tools" / "onpath"),
    }
    for words, argument in expected.items():
        result = forms.run(application, form, "exec", "--", words)
        assert (result.status, result.out, result.err) == (0, f"{argument}\n", "")


PATHS = {
    "an empty element": "PATH=/nowhere::/usr/bin:/bin",
    "an empty element at the beginning": "PATH=:/usr/bin:/bin",
    "an empty element at the end": "PATH=/usr/bin:/bin:",
    "a relative directory": "PATH=plain:/usr/bin:/bin",
    "a directory with a space": "PATH=$PWD/a\\ b:/usr/bin:/bin",
    "a directory with the look of a pattern": "PATH=$PWD/p*:$PWD/a*:/usr/bin:/bin",
    "a file there that cannot be executed": "PATH=$PWD/data:$PWD/plain:/usr/bin:/bin",
    "a directory there of that name": "PATH=$PWD/directory:$PWD/plain:/usr/bin:/bin",
    "other separators": "PATH=$PWD/plain:/usr/bin:/bin IFS=n",
    "separators that cannot be changed": "PATH=$PWD/plain:/usr/bin:/bin\nreadonly IFS",
}


@pytest.mark.many_cases
@in_every_form
@pytest.mark.parametrize("path", PATHS)
def test_a_command_is_found_as_by_bash(application: Application, form: str, path: str) -> None:
    """On the PATH of deploy_env, in the directory of the caller."""
    application.env_script("deploy_env", PATHS[path])
    for place in ("tool", "a b/tool", "a*/tool", "plain/tool"):
        application.write(application.source / place, '#!/bin/bash\necho "$0"\n', 0o755)
    application.write(application.source / "data" / "tool", "#!/bin/false\n", 0o644)
    (application.source / "directory" / "tool").mkdir(parents=True)
    plain = by_plain_bash(application, "tool", environ=application.environ())
    result = forms.run(application, form, "exec", "--", "tool")
    found = (application.source / result.out.rstrip("\n")).resolve()  # the exec of bash makes all paths absolute
    assert (result.status, f"{found}\n", result.err) == (0, plain.out, "")


@pytest.mark.many_cases
@in_every_form
@pytest.mark.parametrize("words", ["exec true", "ready", "env"])
def test_an_env_script_that_asks_for_itself(application: Application, form: str, words: str) -> None:
    """s2itasks in deploy_env would source deploy_env, and so on, until there are no processes left."""
    application.hook("ready", "true")
    activation = application.write(application.root / "activate", "s2itasks exec true\n")
    application.env_script("deploy_env", "A=$(s2itasks env A)")
    for environ in ({}, {"BASH_ENV": str(activation)}):
        if environ:
            application.env_script("deploy_env", "A=1")
        result = forms.run(application, form, *words.split(), environ={**application.environ(), **environ})
        said = [line for line in result.err.splitlines() if "would be sourced without an end" in line]
        assert len(said) == (2 if environ and words == "env" else 1)  # which has it sourced with and without deploy_env
        assert result.status == (0 if environ else 2)


ERRORS = {
    "declare -i PORT=80a": "ended bash with status 1",
    "A=([1/0]=1)": "ended bash with status 1",
    "readonly A=1\nA=2": "ended bash with status 1",
    "A=${!B}": "ended bash with status 1",
    "A=$((1/0))": "failed: its last command was false (status 1)",
}


@pytest.mark.many_cases
@in_every_form
@pytest.mark.parametrize("words", ["exec true", "run"])
@pytest.mark.parametrize("script", ERRORS)
def test_what_has_bash_leave_all_files(application: Application, form: str, script: str, words: str) -> None:
    """An error of bash's own, of which no trap hears, ends everything: nothing is run, and there is one message."""
    application.builder("run", 'echo ran >>"$LOG"')
    application.env_script("deploy_env", script)
    result = forms.run(application, form, *words.split())
    errors = [line for line in result.err.splitlines() if line.startswith("s2itasks: error: ")]
    assert (result.status, len(errors)) == (1, 1)
    assert errors[0].startswith(f"s2itasks: error: .s2i/action_hooks/deploy_env {ERRORS[script]}")
    assert application.logged == []


@in_every_form
def test_values_of_many_lines_in_the_file(application: Application, form: str) -> None:
    """Also lines that look like a comment, or like nothing."""
    application.env_script("deploy_env", "A=1")
    application.write(application.source / ".s2i" / "environment", 'KEY="one\n\n# two\nend"\nLAST="x\n\n#"\n')
    found = seen(application, form)
    assert (found["KEY"], found["LAST"]) == ("one\n\n# two\nend", "x\n\n#")


@pytest.mark.many_cases
@in_every_form
@pytest.mark.parametrize("words", ["exec true", "run", "ready"])
def test_a_limit_for_deploy_env_in_the_file(application: Application, form: str, words: str) -> None:
    """As one that the container brings."""
    application.hook("ready", "true")
    application.builder("run", "true")
    application.env_script("deploy_env", 'echo started >>"$LOG"; sleep 300')

    def attempt(limit: str) -> Result:
        application.write(application.source / ".s2i" / "environment", f"S2ITASKS_TIMEOUT_DEPLOY_ENV={limit}\n")
        return forms.run(application, form, *words.split())

    _, done = long_enough(application, attempt)
    assert (done.status, application.logged) == (124, ["started"])


@pytest.mark.slow
@pytest.mark.many_cases
@in_every_form
def test_signals_that_the_caller_blocks(application: Application, form: str) -> None:
    """A child's end and a limit are noticed all the same."""

    def attempt(limit: str) -> int:
        done = subprocess.run(
            [forms.program(application, form), name, "--timeout", limit],
            env=application.environ(),
            capture_output=True,
            timeout=60,
            check=False,
            preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGCHLD, signal.SIGALRM)),
        )
        return done.returncode

    for name in ("deploy", "ready"):
        application.hook(name, 'echo started >>"$LOG"; sleep 300')
        _, status = long_enough(application, attempt)
        assert (status, application.logged) == (124, ["started"])


@in_every_form
@pytest.mark.parametrize("words", [("exec", "--", "env", "-0"), ("ready",)], ids=["exec", "ready"])
def test_a_function_that_the_caller_exports(application: Application, form: str, words: tuple[str, ...]) -> None:
    """deploy_env can call it, as in a plain bash."""
    application.env_script("deploy_env", "greet")
    application.hook("ready", HOOK)
    environ = {**application.environ(), "BASH_FUNC_greet%%": "() {  A=hello\n}"}
    assert variables(forms.run(application, form, *words, environ=environ))["A"] == "hello"
