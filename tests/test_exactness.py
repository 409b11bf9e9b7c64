"""The application environment against the same script sourced inline in bash: byte for byte what a child sees.

Where s2itasks differs on purpose, `ON_PURPOSE` says so by name.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
import random_user
from application import S2ITASKS, Application
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from s2itasks.environment.env_script import source

pytestmark = pytest.mark.every_form

REFERENCE = (
    r'set -eo pipefail; back=$PWD; set -a; . "$0"; \builtin set +a; \builtin cd "$back"; \builtin unset back; '
    r'\builtin exec /usr/bin/env -0 >"$REPORT"'
)
ON_PURPOSE = {
    "bookkeeping of bash": {b"_", b"PWD", b"OLDPWD", b"SHLVL", b"back"},
    "bash's own options, which would be those of every bash below": {b"SHELLOPTS", b"BASHOPTS"},
    "layout variables and the mark for nested calls": {
        b"S2I_APPLICATION_PATH",
        b"S2I_SOURCE_PATH",
        b"S2I_SCRIPTS_PATH",
        b"S2I_UPLOAD_PATH",
        b"S2ITASKS_ENVIRONMENT",
    },
}
SCRIPTS: dict[str, str | bytes] = {
    "nothing": "",
    "all at once": "echo to stdout\nunset GIVEN\nf() { echo 1; }\nA=$'one\\ntwo'",
    "unset": "unset GIVEN\nunset NEVER_SET",
    "empty": "EMPTY=\nGIVEN=",
    "newlines": "A=$'one\\ntwo\\n'\nB='\n'\nC=$'\\n\\n'",
    "tabs and control characters": "A=$'a\\tb\\001\\033[0m\\177'",
    "quotes": 'A="it\'s \\"quoted\\""\nB=\\\'',
    "backslashes": "A='a\\\\b\\n'\nB=\\\\",
    "equals signs": "A=b=c=d\nB==",
    "exported functions": 'f() { echo "$1" "two\nlines"; }\nexport -f f\nf-g.h() { :; }\ng() ( : )',
    "functions that are not exported": "f() { :; }\ndeclare +x -f f\nset +a\ng() { :; }",
    "arrays": "A=(one two)\ndeclare -A B=([x]=1)\nA[1]=three\nC=x\nC[1]=y",
    "readonly": "readonly A=1\ndeclare -r B=2",
    "integers and case": "declare -i A=2+3\ndeclare -u B=abc\ndeclare -n C=A",
    "bytes that are no text": b"A=\xff\xfe\xe9\nB=$'\\xc3\\x28'",
    "a value of 100 kB": "A=$(head -c 100000 /dev/zero | tr '\\0' x)",
    "5,000 variables": 'for i in {1..5000}; do declare "V_$i=value $i"; done; unset i',
    "PATH": "PATH=/extra:$PATH\nhash -r",
    "cd": "cd /\nA=$PWD",
    "pushd": "pushd / >/dev/null\nA=$PWD",
    "set -u": 'set -u\nA=${NOTHING-none}\nB="${GIVEN}"',
    "set +e": "set +e\nfalse\nA=1",
    "set +e and no way back": "set +e\nfalse\nls /nowhere\nA=1\ntrue",
    "set +a": "set +a\nA=hidden\nset -a\nB=shown",
    "set -f": "set -f\nA=*\nset +f",
    "set -C": "set -C\nA=1",
    "POSIX mode": "set -o posix\nA=1\nf() { :; }",
    "POSIX mode and back": "set -o posix\nA=1\nset +o posix\nB=2",
    "extglob": "shopt -s extglob\nA=@(a|b)\n[[ a == $A ]]",
    "trap": "trap 'echo bye' EXIT\ntrap '' USR1\nA=1",
    "an ERR trap of its own": "trap 'B=failed' ERR\nset +e\nfalse\nset -e\nA=1",
    "a sub-script beside it": '. "$(dirname "${BASH_SOURCE[0]}")/sub"\nA=$SUB',
    "a sub-script from the directory": ". ./relative\nA=$SUB",
    "BASH_SOURCE": "A=${BASH_SOURCE[0]}\nB=${#BASH_SOURCE[@]}",
    "a background child": "sleep 2 >/dev/null 2>&1 & A=1",
    "output": "echo to stdout\necho to stderr >&2\nprintf 'A=injected\\0'\nA=1",
    "stdin": "read -r A\nread -r B",
    "return": "A=1\nreturn 0\nA=2",
    "return in a function": "f() { return 3; }\nf || A=$?",
    "here-documents": "A=$(cat <<X\none $GIVEN\ntwo\nX\n)\nread -r B <<<'here string'",
    "its name and arguments": "A=$0\nB=$#\nC=$*",
    "LINENO": "\n\nA=$LINENO",
    "aliases": "shopt -s expand_aliases\nalias x='A=1'\nx",
    "IFS": "IFS=:\nA=$*",
    "umask": "umask 077\nA=$(umask)",
    "locale": "LC_ALL=C\nA=${#GIVEN}\nLANG=",
    "a command that may fail": "A=$(false) || true\nfalse || B=1\nif false; then C=1; fi",
    "process substitution": "read -r A < <(echo one)",
    "a subshell": "(A=1; exit 3) || B=2",
    "eval and indirection": 'N=A\neval "$N=1"\nprintf -v B %s two',
    "local": "f() { local A=1; B=$A; }\nf",
    "exec of descriptors": "exec 5>&1\nA=1\nexec 5>&-",
    "SECONDS and RANDOM": "unset RANDOM SECONDS\nRANDOM=1\nSECONDS=2",
    "names of bash's own": "GROUPS=x || true\nHISTFILE=/none\nOPTIND=5\nPS1='$ '\nPS4=+",
    "environment that no shell can name": "A=1",
    "functions named like commands": "\n".join(
        f"{name}() {{ echo fake; }}" for name in ("exec", "printf", "unset", "env", "set", "cd", "trap")
    ),
    "aliases named like commands": "shopt -s expand_aliases\nalias printf=true exec=true builtin=false trap=false",
}


def base(application: Application) -> dict[str, str]:
    """Return the process environment of both."""
    return application.environ({"GIVEN": "given value", "with.dot": "1", "with-dash": "2", "_UNDER": "3"})


def reference(script: Path, environ: Mapping[str, str], cwd: Path) -> dict[bytes, bytes]:
    """Source the script inline in bash and return the environment that a child sees."""
    done = subprocess.run(
        ["bash", "-c", REFERENCE, str(script)],
        env={**environ, "REPORT": str(script.parent.parent.parent / "report")},
        cwd=cwd,
        input=b"first line\nsecond line\n",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return parsed((script.parent.parent.parent / "report").read_bytes(), b"REPORT")


def parsed(output: bytes, *but: bytes) -> dict[bytes, bytes]:
    """Take ``env -0`` apart, leaving out what differs on purpose."""
    left_out = {name for names in ON_PURPOSE.values() for name in names} | set(but)
    pairs = (entry.partition(b"=") for entry in output.split(b"\0") if entry)
    return {name: value for name, _, value in pairs if name not in left_out}


def prepared(application: Application, script: str | bytes) -> Path:
    """Give the application an env script, and the sub-scripts that some of them source."""
    application.write(application.source / "relative", "SUB=relative\n")
    application.write(application.source / ".s2i" / "action_hooks" / "sub", "SUB=beside\n")
    return application.env_script("deploy_env", script)


@pytest.mark.many_cases
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_child_sees_what_bash_would_give_it(application: Application, name: str) -> None:
    """Through the console script, from the source directory."""
    script = prepared(application, SCRIPTS[name])
    environ = base(application)
    done = application.s2itasks("exec", "env", "-0", env=environ, stdin=b"first line\nsecond line\n").succeeded()
    assert parsed(done.stdout) == reference(script, environ, application.source)


NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,12}", fullmatch=True).map(lambda name: f"X{name}")
VALUES = st.binary(max_size=40).filter(lambda value: b"\0" not in value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(assigned=st.dictionaries(NAMES, VALUES, max_size=8), given_=st.dictionaries(NAMES, VALUES, max_size=4))
def test_any_name_and_any_value(application: Application, assigned: dict[str, bytes], given_: dict[str, bytes]) -> None:
    """Assigned by the script or given by the process: names and bytes survive, also in the reference's eyes."""
    lines = [
        name.encode() + b"=$'" + b"".join(b"\\x%02x" % byte for byte in value) + b"'"
        for name, value in assigned.items()
    ]
    script = prepared(application, b"\n".join(lines) + b"\n")
    environ = {**base(application), **{name: os.fsdecode(value) for name, value in given_.items()}}
    ours = source([script], environ, shown=str, cwd=application.source)
    expected = {name.encode(): value for name, value in {**given_, **assigned}.items()}
    got = {os.fsencode(name): os.fsencode(value) for name, value in ours.items()}
    assert {name: got[name] for name in expected} == expected
    assert {name: value for name, value in got.items() if name not in left_out()} == reference(
        script, environ, application.source
    )


def left_out() -> set[bytes]:
    """Return every name that differs on purpose."""
    return {name for names in ON_PURPOSE.values() for name in names}


def test_what_differs_on_purpose(application: Application) -> None:
    """Output is kept off stdout, ``exit`` is refused, and bash's books are not the application's."""
    prepared(application, "echo chatter\nA=1")
    done = application.s2itasks("exec", "printenv", "A").succeeded()
    assert (done.out, done.err) == ("1\n", "chatter\n")
    prepared(application, "A=1\nexit 0")
    assert application.s2itasks("exec", "true").status == 1
    prepared(application, "set -f")
    assert application.s2itasks("exec", "printenv", "SHELLOPTS", env={"SHELLOPTS": "hashall"}).out == "hashall\n"
    prepared(application, "cd /")
    environ = {"SHLVL": "5", "PWD": str(application.source)}
    out = application.s2itasks("exec", "bash", "-c", "echo $SHLVL $PWD ${OLDPWD-none}", env=environ).succeeded().out
    assert out == f"6 {application.source} none\n"


def test_a_variable_that_no_process_can_have_fails_in_both(application: Application) -> None:
    """The kernel has a limit of 128 KiB for one, so a megabyte cannot be handed on by anybody."""
    script = prepared(application, "A=$(head -c 1000000 /dev/zero | tr '\\0' x)")
    with pytest.raises(AssertionError, match="Argument list too long"):
        reference(script, base(application), application.source)
    assert "a single variable may have 128 KiB" in application.s2itasks("exec", "true").error


def test_a_background_child_holds_nobody_up(application: Application) -> None:
    """Neither its descriptors nor its life are waited for."""
    prepared(application, "sleep 30 & A=1")
    started = time.monotonic()
    source([application.source / ".s2i/action_hooks/deploy_env"], base(application), shown=str, cwd=application.source)
    assert time.monotonic() - started < 20


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("name", "text", "status", "said"),
    [
        ("a failing command", "A=1\n\ngrep -q nothing /dev/null\n", 1, "failed in line 3"),
        ("one in a function", "f() {\n  false\n}\nf\n", 1, "failed in a function: a command ended with status 1"),
        ("in two", "g() { false; }\nf() {\n  g\n}\nf\n", 1, "failed in the function f, called in line 5"),
        ("one in a sub-script", ". ./relative\n. ./failing\n", 1, "failed in line 2 of ./failing"),
        ("a missing command", "A=1\nno-such-command\n", 127, "failed in line 2"),
        ("an unset variable under set -u", "A=1\nset -u\nB=$NOTHING\n", 1, "ended bash with status 1, by "),
        ("a syntax error", "A=1\nif then\n", 2, "has a syntax error in line 2"),
        ("a syntax error at the end", "A=1\nf() {\n", 2, "has a syntax error in line 3"),
        ("exit", "A=1\nexit 4\n", 4, "ended bash with status 4, by 'exit'"),
        ("exit 0", "A=1\nexit\n", 1, "called 'exit'"),
        ("a signal", "kill -9 $$\n", 137, "failed: it was ended by SIGKILL"),
        ("CRLF", b"A=1\r\nB=2\r\n", 126, "has Windows line endings (CRLF)"),
        ("CRLF further down", b"A=1\nif true; then\r\nB=2\r\nfi\r\n", 126, "has Windows line endings (CRLF)"),
        ("a byte-order mark", b"\xef\xbb\xbfA=1\n", 126, "begins with a byte-order mark"),
        ("a false last command", "A=1\n[ -f /nowhere ] && B=1\n", 1, "failed: its last command was false (status 1)"),
        ("without LINENO", "unset LINENO\nfalse\n", 1, "failed in line ?"),
        (
            "exec disabled",
            "enable -n exec\n",
            1,
            ": the environment it leaves cannot be handed to a process (status 1): it",
        ),
        ("exec of something else", "A=1\nexec true\n", 1, "called 'exit'"),
    ],
)
def test_failures_are_one_message(
    application: Application, name: str, text: str | bytes, status: int, said: str
) -> None:
    """File, line where bash knows it, status; nothing half-evaluated reaches a command."""
    if name == "in two" and application.form == "launcher":
        said = "failed in a function: a command ended with status 1"  # the shell has left both when it hears of it
    application.write(application.source / "failing", "\nfalse\n")
    prepared(application, text)
    done = application.s2itasks("exec", "echo", "ran")
    assert (done.status, done.out) == (status, "")
    assert done.error.startswith(f".s2i/action_hooks/deploy_env{'' if said.startswith(':') else ' '}{said}")


def test_an_env_script_that_may_not_be_read_is_said(application: Application) -> None:
    """The random user of a deployment has group 0, so a mode of 600 is the usual reason."""
    python = random_user.interpreter()
    if python is None:
        pytest.skip("needs root and a Python that anybody can start")
    random_user.open_to(application.root)
    for mode in (0o600, 0o711):
        prepared(application, "A=1").chmod(mode)
        argv = [
            *random_user.prefix(),
            "sh",
            "-c",
            'exec "$@"',
            "sh",
            *random_user.command(python),
            "exec",
            "echo",
            "ran",
        ]
        done = subprocess.run(argv, env=application.environ(), cwd="/", capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (126, "")
        assert done.stderr == (
            "s2itasks: error: .s2i/action_hooks/deploy_env cannot be read: Permission denied; "
            "look at its owner and mode (ls -ld .s2i/action_hooks/deploy_env)\n"
        )


def test_the_locale_that_python_sets_for_itself_is_not_the_applications(application: Application) -> None:
    """Under the C locale CPython puts LC_CTYPE into its own environment."""
    environ = {name: value for name, value in application.environ().items() if name != "LANG"}
    done = subprocess.run([S2ITASKS, "exec", "env"], env=environ, cwd="/", capture_output=True, check=True)
    assert b"LC_CTYPE" not in done.stdout


@pytest.mark.parametrize("activation", ["set -u\ncd /\nIFS=/\nset -e", "exit 3", "set -eu\nA=$NOTHING"])
def test_the_activation_does_not_touch_the_env_script(application: Application, activation: str) -> None:
    """Its options, directory and death are its own: deploy_env runs as ever."""
    application.write(application.path / "etc" / "generate_container_user", f"export NAME=known\n{activation}\n")
    prepared(application, "A=$NOTHING\nB=$PWD\nread -r C D <<<'one two'\n")
    done = application.s2itasks("exec", "bash", "-c", 'echo "$A|$B|$C|$D"').succeeded()
    assert done.out == f"|{application.source}|one|two\n"


@pytest.mark.parametrize(
    ("text", "status"), [("exit 3", 3), ("exit 0", 0), ("set -e\nfalse", 1), ("f() { exit; }\nf", 0)]
)
def test_an_activation_that_ends_bash_is_named(application: Application, text: str, status: int) -> None:
    """And not deploy_env, which never ran."""
    script = application.write(application.root / "activate", f"{text}\n")
    prepared(application, "A=1")
    done = application.s2itasks("exec", "true", env={"BASH_ENV": str(script)})
    assert (done.status, done.error) == (
        status or 1,
        (
            f"the image's activation (BASH_ENV={script}) ended with status {status} before anything else; "
            "correct that script, or unset BASH_ENV"
        ),
    )


def test_few_descriptors(application: Application) -> None:
    """A low limit of open files is enough."""
    prepared(application, "A=1")
    for limit in (100, 20):
        done = subprocess.run(
            ["bash", "-c", f"ulimit -n {limit}; exec {S2ITASKS} exec printenv A"],
            env=application.environ(),
            cwd=application.source,
            capture_output=True,
            check=True,
        )
        assert done.stdout == b"1\n"
