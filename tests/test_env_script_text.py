"""Which env scripts may be sourced in the shell that becomes the command, judged by their text and by running them."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import pytest
import random_user
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from s2itasks.launcher.env_script_text import beyond_variables, starts_no_process

# bash that cannot fork, sourcing one script after another as s2itasks does, and saying so at the end.
UNABLE_TO_FORK = 'ulimit -u 0; set -eo pipefail; set -a; for script; do . "$script"; done; echo all'
TOKENS = [
    *"ABx1/.:~*?[]{}!+%@,^=\"'`\\$();&|<># \t\n\r",
    *("A=", "B=1", "\nA=", " B=", "export ", "\nexport A=", "${A}", "$A", '"$A"', "${A:-", "${A:-x}", "'x y'", '"x y"'),
    *("$(", "$(true)", "`true`", "<(true)", "$((", "# it's\n", "PATH=/x:$PATH", "\n", "\n", "true", "/bin/true", "é"),
    *(
        "if ",
        "; then ",
        "\\\n",
        "<<X\n",
        "$'",
        '$"',
        "IFS=",
        "LC_ALL=",
        "RANDOM=",
        "A[0]=",
        "A+=",
        "A=(",
        "${A/x/",
        "é=",
    ),
]
WORDS = [
    "x",
    "/a/b:c",
    "a=b",
    "1,2",
    "a#b",
    "%d@+-",
    "'a b'",
    "'$(true)'",
    "'`'",
    "'\"'",
    "'two\nlines'",
    '"a b"',
    '"#"',
]
WORDS += [
    '"it\'s"',
    '"two\nlines"',
    '"<(x) ; & | ( [ {"',
    "$A",
    "${B}",
    "${C:-x:y}",
    '"$A/x"',
    '"${B} ${C:-}"',
    "''",
    '""',
]
NAMES = ["A", "B", "C_1", "_D", "PATH", "HOME", "LD_LIBRARY_PATH", "DJANGO_SETTINGS_MODULE"]


def made_up(source: random.Random) -> str:
    """Return a script of the kind that is accepted, or one of pieces that bash reads in surprising ways."""
    if source.random() < 0.5:
        return "".join(source.choices(TOKENS, k=source.randint(1, 9)))
    lines = []
    for _ in range(source.randint(1, 5)):
        words = ["".join(source.choices(WORDS, k=source.randint(0, 4))) for _ in range(source.randint(1, 3))]
        line = source.choice(["", "  ", "export ", "export A ", "\texport\t"])
        line += source.choice([" ", "\t"]).join(f"{source.choice(NAMES)}={word}" for word in words)
        lines.append(line + source.choice(["", "", " ", " # it's `$(a)` comment \\", "\n", "\n# ümlaut \r"]))
    return "\n".join(lines) + source.choice(["", "\n"])


def sourced_unable_to_fork(scripts: list[bytes], directory: Path) -> subprocess.Popen[bytes]:
    """Start a bash that sources these scripts and cannot start a process; a limit does not hold for root."""
    for number, script in enumerate(scripts):
        (directory / str(number)).write_bytes(script)
    random_user.open_to(directory)
    user = random_user.prefix() if os.geteuid() == 0 else []
    files = [str(directory / str(number)) for number in range(len(scripts))]
    return subprocess.Popen(
        [*user, "bash", "-c", UNABLE_TO_FORK, "bash", *files],
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_what_is_accepted_starts_no_process(tmp_path: Path, seed: int) -> None:
    """In a bash that cannot start one, thousands are sourced without an error, and none waits for anything."""
    source = random.Random(seed)  # noqa: S311 - repeatable, not secret
    candidates = (made_up(source).encode() for _ in range(200))
    scripts = [script for script in candidates if starts_no_process(script)]
    assert len(scripts) >= 20, "the generator makes too few of them"
    with sourced_unable_to_fork(scripts, tmp_path) as bash:
        out, err = bash.communicate(timeout=20)
    assert (out, err, bash.returncode) == (b"all\n", b"", 0), scripts


@pytest.mark.parametrize("script", ["A=$(true)", "A=`true`", "/bin/true", "true & A=1", "true | true", "(true)"])
def test_a_process_would_have_been_seen(tmp_path: Path, script: str) -> None:
    """What the test above relies on: bash complains at once where it cannot fork."""
    assert not starts_no_process(script.encode())
    with sourced_unable_to_fork([script.encode()], tmp_path) as bash:
        assert bash.stderr
        assert b"fork" in bash.stderr.readline()
        bash.kill()


@pytest.mark.parametrize("script", [b"A=1", b"", b"\n\n", b"# only a comment", b"#!/bin/bash\r\n# CR in a comment\r\n"])
def test_what_every_application_has_is_accepted(script: bytes) -> None:
    """By both."""
    assert starts_no_process(script)
    assert beyond_variables(script) is None


# What each would do if it were sourced by the first process of a container.
UNSOUND: dict[str, str | bytes] = {
    "a command substitution": "A=$(sleep 8)",
    "one in double quotes": 'A="$(sleep 8)"',
    "one in a default": "A=${B:-$(sleep 8)}",
    "one in a quoted default": 'A="${B:-$(sleep 8)}"',
    "one in another expansion": "A=${B/x/$(sleep 8)}",
    "one in an assigning default": "A=${B:=$(sleep 8)}",
    "one in a subscript": "A=${B[$(sleep 8)]}",
    "one in the subscript of an assignment": "A[$(sleep 8)]=1",
    "one in arithmetic": "A=$((B[$(sleep 8)]))",
    "one in old arithmetic": "A=$[$(sleep 8)]",
    "one in an array": "A=($(sleep 8))",
    "one that is appended": "A+=$(sleep 8)",
    "one after a quoted string": "A='x'$(sleep 8)",
    "one after a single quote in double quotes": "A=\"it's\"$(sleep 8)'",
    "one after a quote in a comment": "# it's\nA=$(sleep 8) # it's",
    "one after what is no comment": "A=x#' '\nB=$(sleep 8)' '",
    "one in what looks like single quotes within double ones": "A=\"'$(sleep 8)'\"",
    "one after escaped quotes": "A=\\'$(sleep 8)\\'",
    "one after a quoted quote": 'A="\\"\'$(sleep 8)\'"',
    "one in quotes that translate": 'A=$"$(sleep 8)"',
    "one after quotes with escapes": "A=$'\\''$(sleep 8)'",
    "one in an indirect expansion": "A='B[$(sleep 8)]'\nC=${!A}",
    "one in an expansion that prompts expand": "A='$(sleep 8)'\nB=${A@P}",
    "one on a continued line": "A=1 \\\nB=$(sleep 8)",
    "backquotes": "A=`sleep 8`",
    "backquotes in double quotes": 'A="`sleep 8`"',
    "backquotes in a default": "A=${B:-`sleep 8`}",
    "reading a file": "A=$(<file)",  # forks all the same
    "process substitution": "A=<(sleep 8)",
    "an assignment before a command": "A=1 sleep 8",
    "a command after an assignment": "A=1; sleep 8",
    "a command after a background assignment": "A=1& sleep 8",
    "an assignment in the background": "A=1&",  # a process of its own
    "an assignment in a pipeline": "A=1|B=2",
    "a command after &&": "A=1 && sleep 8",
    "a command": "sleep 8",
    "a command by its path": "/bin/sleep 8",
    "a command of another script": ". ./other",
    "a command by its value": "A=sleep\n$A 8",
    "a condition around a command": "if [ -d / ] && sleep 8 && [ -d / ]; then A=1; fi",
    "a condition that is a command": "if sleep 8; then A=1; fi",
    "a subshell": "(A=1)",
    "a function": "export() { sleep 8; }\nexport A=1",
    "a here-document": "A=1 <<X\n$(sleep 8)\nX",
    "a here-string": "A=1 <<<$(sleep 8)",
    "opening a FIFO": "A=1 >fifo",  # waits without any process
    "reading from the terminal": "read A",  # likewise
    "the network": "A=1 </dev/tcp/10.0.0.1/80",  # likewise
    "arithmetic by way of RANDOM": "A='B[$(sleep 8)]'\nRANDOM=$A",  # an integer: bash evaluates what is assigned
    "arithmetic by way of SECONDS": "A='B[$(sleep 8)]'\nSECONDS=$A",
    "arithmetic by way of OPTIND": "OPTIND='A[$(sleep 8)]'",
    "arithmetic by way of export": "export 'A[$(sleep 8)]=1'",
    "a prompt that traces": "PS4='$(sleep 8)'\nset -x\nA=1",
    "a trap": "trap 'sleep 8' DEBUG\nA=1",
    "an alias": "alias A=1\n",
    "another mode of bash": "POSIXLY_CORRECT=1",
    "another word separation": "IFS=/",
    "a file that a nested bash sources": "BASH_ENV=file",
    "another locale": "LC_ALL=zh_CN.GBK",  # changes how bash reads what follows
    "bytes of another encoding": b"A='\x81'",  # in GBK a byte like this one swallows its successor
    "a name that is none": b"\xc3\xa4=1",  # a command, that is
    "a name that begins with a digit": "1A=1",
    "a name with a hyphen": "A-B=1",
    "a byte-order mark": b"\xef\xbb\xbfA=1",  # a command with an odd name
    "Windows line endings": "A=1\r\n\r\n",  # the second line is a command
    "a NUL": b"A=1\n# \0\nB=2",  # bash leaves it out
    "somebody's home": "A=~somebody",  # looked up in the network, maybe
    "braces": "export A={1,2}",
    "a subscript that is none": "A[1]=2",
    "an open single quote": "A='\n",
    "an open double quote": 'A="\n',
    "an open expansion": "A=${B:-x\n",
    "a readonly name": "UID=1",  # ends bash
    "an option of export": "export -p",
    "a sign of the job": "A=$!",
    "an error message": "A=${B:?$(sleep 8)}",
    "a variable of ours": "S2ITASKS_WORDS=x",
}


@pytest.mark.parametrize("name", UNSOUND)
def test_what_may_start_a_process_is_refused(name: str) -> None:
    """Also where it is written so that a regular expression might miss it."""
    script = UNSOUND[name]
    assert not starts_no_process(script if isinstance(script, bytes) else script.encode())


def test_a_long_script_is_judged_in_no_time() -> None:
    """Accepted or refused at its very end, it is read once."""
    script = b"A1234=$abcdef${GHI:-jkl}'m n'\"o $p\" B=q # r\n" * 2000
    assert starts_no_process(script)
    assert not starts_no_process(script + b"(")
    assert not starts_no_process(b"A=" + b"$abcdefgh" * 2000 + b"(")


KEPT = {
    "processes": "A=$(date)\nB=`date`\ndate >/dev/null\ndate | cat",
    "conditions": 'if [ ! -d "$A" ]; then mkdir -p "$A"; elif [[ $A == b && -n $B ]]; then B=1; else unset B; fi',
    "loops": "for i in a b; do A=$A$i; done; while read -r B; do C=$B; done < <(ls)",
    "lists": "false || A=1; ! false && { A=2; B=3; }",
    "subshells": "( cd /; A=1 ) && A=$( (true); echo $(echo x) )",
    "functions": 'f() {\n    local a=$1\n    A=${a%/}\n}\nfunction g { f "$@"; }\ng x\nunset -f f g',
    "arithmetic": "A=$((1 + 2))\n((A = A * 2))",
    "umask and limits": "umask 002\nulimit -Sn 100",
    "directories": "cd / && pushd /tmp >/dev/null 2>&1; cd -- .",
    "arrays": "A=(1 '2 3' # and more\n -$B)\nC=${A[@]} D=${#A[@]} E=${A[1]}",
    "expansions": 'A=${B:-x} B=${C#*/} C=${D%%x} D="${E//a/"b"}" E=${F+g} F=${#G} G=${H:=i}',
    "quotes": "A='it'\\''s'\"$B\"$'\\'x' B=\\\"",
    "words in comments": "# exit\n  # trap 'x' ERR\nB=2",
    "continued lines": "A=$(printf '%s' \\\n a \\\n b)",
    "here-documents": "cat >/dev/null <<X\na\nX",
    "a child in the background": "sleep 1 & A=1",
    "its own process and status": "A=$$ B=$?",
    "readonly": "readonly A=1\ndeclare -r B=2",
    "return": '[ -n "$A" ] || return 0\nA=1',
    "output": "echo A >&2 2>/dev/null &>file",
}


@pytest.mark.parametrize("name", KEPT)
def test_a_script_that_keeps_to_variables(name: str) -> None:
    """Nothing is said of it, whatever it runs."""
    assert beyond_variables(KEPT[name].encode()) is None


BEYOND = {
    "exit 1": "it says 'exit'",
    "[ -d /x ] || exit 1": "it says 'exit'",
    "A=$(exit 3) || B=1": "it says 'exit'",
    "A=b#c; exit": "it says 'exit'",  # no comment
    "A=1 # exit": "it says 'exit'",  # harmless, and not worth knowing
    "ex\\\nit": None,  # a line that goes on; no hook has been seen to hide what it does
    "trap 'echo' EXIT": "it says 'trap'",
    "exec 5>&1": "it says 'exec'",
    "source ./other": "it says 'source'",
    ". ./other": "it sources another file",
    "A=1; . ./other": "it sources another file",
    "if true; then . ./other; fi": "it sources another file",
    'eval "A=1"': "it says 'eval'",
    "set -u": "it says 'set'",
    "f() { set -- x; }": "it says 'set'",
    "shopt -s nullglob": "it says 'shopt'",
    "enable -n printf": "it says 'enable'",
    "builtin true": "it says 'builtin'",
    "builtin() { :; }": "it says 'builtin'",
    "printf() { :; }": "it defines a function that is called like a command of bash",
    "function cd { :; }": "it defines a function that is called like a command of bash",
    "kill $$": "it says 'kill'",
    "disown": "it says 'disown'",
    "coproc cat": "it says 'coproc'",
    "e''xit": "it makes up a command's name",
    "\\exit": "it says 'exit'",
    '"exit"': "it says 'exit'",
    "true; 'e'xit": "it makes up a command's name",
    "${CODE-}": "it makes up a command's name",
    "if ! $CODE; then A=1; fi": "it makes up a command's name",
    "A=1 && `date`": "it makes up a command's name",
    "command . ./file": "it says 'command'",
    "A=$0": "it has the expansion '$0'",
    "A=${0%/*}": "it has the expansion '${0'",
    "A=$_": "it has the expansion '$_'",
    "A=${B:?missing}": "it has the expansion '${B:?'",
    "A=${B?}": "it has the expansion '${B?'",
    "A=${B[${C[0]}]?}": "it has the expansion '${B[${C[0]}]?'",
    "A=${BASH_SOURCE[0]}": "it says 'BASH_SOURCE'",
    "A=$SHELLOPTS": "it says 'SHELLOPTS'",
    "S2ITASKS_WORDS=1": "it says 'S2ITASKS_WORDS'",
    "s2itasks_then=1": "it says 's2itasks_then'",
    "A=1\r": "it has a carriage return, a NUL or a byte-order mark",
    "A=1\0": "it has a carriage return, a NUL or a byte-order mark",
    "\ufeffA=1": "it has a carriage return, a NUL or a byte-order mark",
}


@pytest.mark.parametrize("script", BEYOND)
def test_a_script_that_does_something_to_its_shell(script: str) -> None:
    """Or may do it; the reason is for a person."""
    beyond = beyond_variables(script.encode())
    assert (beyond and beyond.reason) == BEYOND[script]


@pytest.mark.parametrize("script", ["exit 1", "if true; then exit; fi", "\t$CODE x", "A=$0", "A=1\r"])
def test_the_line_that_does_it(script: str) -> None:
    """A comment above it counts as a line."""
    beyond = beyond_variables(f"A=1\n\n# exit\n{script}\nB=2\n".encode())
    assert beyond is not None
    assert beyond.line == 4
