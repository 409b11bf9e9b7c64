"""``s2itasks env``: where each variable comes from, and three formats that carry the values exactly."""

from __future__ import annotations

import io
import json
import os
import subprocess

import pexpect
import pytest
from application import S2ITASKS, Application
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from s2itasks.environment.provenance import Layer, Variable
from s2itasks.errors import Failure
from s2itasks.inspection.env_formats import as_dotenv, as_export, as_json

pytestmark = pytest.mark.every_form

SCRIPT = """\
printf 'to stdout\\n'
TWO=$'one\\ntwo\\n'
QUOTES="it's \\"quoted\\" \\\\ \\$HOME \\`x\\`"
DB_PASSWORD=hunter2
GIVEN=changed
unset GONE
greet() { echo "hello $1"; }
"""


@pytest.fixture
def layered(application: Application) -> Application:
    """An application with something in every layer."""
    activate = application.write(application.root / "activate", "export VIRTUAL_ENV=/venv\nunset OLD_VENV\n")
    application.write(application.source / ".s2i" / "environment", "FROM_FILE=file\nGIVEN=not this\n")
    application.write(application.path / "etc" / "generate_container_user", "export NSS_WRAPPER_GROUP=/etc/group\n")
    application.env_script("deploy_env", SCRIPT)
    application.env_script("build_env", "PIP_FIND_LINKS=/wheels\n")
    application.variables.update(GIVEN="given", GONE="gone", OLD_VENV="/usr", BASH_ENV=str(activate))
    return application


def rows(out: str) -> dict[str, tuple[str, str]]:
    """Take the table apart: name to value and origin."""
    taken = {}
    for line in out.splitlines():
        name, _, rest = line.partition(" ")
        value, _, origin = rest.rpartition("  ")
        taken[name] = (value.strip(), origin)
    return taken


def test_the_table_says_where_each_variable_comes_from(layered: Application) -> None:
    """Set, changed or removed, by which layer; the most interesting layers first."""
    done = layered.s2itasks("env").succeeded()
    table = rows(done.out)
    assert table["TWO"] == ("one\\ntwo\\n", "deploy_env")
    assert table["GIVEN"] == ("changed", "changed by deploy_env")
    assert table["GONE"] == ("-", "removed by deploy_env")
    assert table["VIRTUAL_ENV"] == ("/venv", "activation")
    assert table["NSS_WRAPPER_GROUP"] == ("/etc/group", "activation")
    assert table["OLD_VENV"] == table["BASH_ENV"] == ("-", "removed by activation")
    assert table["FROM_FILE"] == ("file", ".s2i/environment")
    assert table["S2I_SOURCE_PATH"] == (str(layered.source), "s2itasks")
    assert table["HOME"] == (str(layered.source), "image or pod")
    order = [origin.rpartition(" by ")[2] for _, origin in table.values()]
    assert order == sorted(order, key=[layer.value for layer in Layer].index)
    assert done.err == "to stdout\n"


def test_secrets_are_masked_in_the_table(layered: Application) -> None:
    """Unless they are asked for; machines get them as they are."""
    assert "hunter2" not in layered.s2itasks("env").out
    assert rows(layered.s2itasks("env", "--show-secrets").out)["DB_PASSWORD"] == ("hunter2", "deploy_env")
    assert "DB_PASSWORD=hunter2" in layered.s2itasks("env", "--format", "dotenv").out


def test_the_build_environment(layered: Application) -> None:
    """Without anything of the deployment's."""
    table = rows(layered.s2itasks("env", "--build", "--changed").succeeded().out)
    assert table["PIP_FIND_LINKS"] == ("/wheels", "build_env")
    assert not {"TWO", "NSS_WRAPPER_GROUP", "HOME"} & table.keys()


@pytest.mark.slow
def test_names_and_changes_restrict_it(layered: Application) -> None:
    """Several names; what is neither there nor removed is an error."""
    assert list(rows(layered.s2itasks("env", "HOME", "GONE").succeeded().out)) == ["GONE", "HOME"]
    assert not {"HOME", "PATH", "LANG"} & rows(layered.s2itasks("env", "--changed").succeeded().out).keys()
    done = layered.s2itasks("env", "HOME", "NOTHING")
    assert (done.status, done.out, done.error) == (
        1,
        "",
        "NOTHING is not set; leave it out, or name one that s2itasks env lists",
    )
    assert layered.s2itasks("env", "--format", "yaml").error == (
        "env has no format 'yaml'; choose one of: table, json, dotenv, export"
    )


def test_inside_the_environment_its_layers_are_gone(layered: Application) -> None:
    """It says so, and shows the variables all the same."""
    done = layered.s2itasks("exec", S2ITASKS, "env", "FROM_FILE").succeeded()
    assert rows(done.out) == {"FROM_FILE": ("file", "image or pod")}
    assert "its layers cannot be told apart any more" in done.err


def test_export_gives_a_fresh_bash_the_same_environment(layered: Application) -> None:
    """Byte for byte, functions included; nothing but bash's own books differs."""
    layered.env_script("deploy_env", SCRIPT.encode() + b"BYTES=\xff\xe9\n")
    exported = layered.s2itasks("env", "--format", "export").succeeded().stdout
    fresh = subprocess.run(
        ["env", "-i", "bash", "-c", 'eval "$(cat)"; exec /usr/bin/env -0'],
        input=exported,
        capture_output=True,
        check=True,
    )
    ours = layered.s2itasks("exec", "env", "-0").succeeded()
    books = (b"_=", b"PWD=", b"OLDPWD=", b"SHLVL=")
    got, expected = (
        {entry for entry in out.split(b"\0") if not entry.startswith(books)} for out in (fresh.stdout, ours.stdout)
    )
    assert got == expected


@pytest.mark.many_cases
@pytest.mark.parametrize("shell", ["bash", "dash", "sh"])
def test_export_undoes_what_was_removed(layered: Application, shell: str) -> None:
    """In a shell of the container, whichever it is; functions only reach bash."""
    exported = layered.s2itasks("env", "--format", "export").succeeded().stdout
    check = 'eval "$(cat)"; echo "${GONE-gone} $GIVEN"; echo "$QUOTES"; greet you 2>&- || true'
    done = subprocess.run(
        [shell, "-c", check], input=exported, env=layered.environ(), capture_output=True, check=True, text=False
    )
    lines = os.fsdecode(done.stdout).splitlines()
    assert lines[:2] == ["gone changed", 'it\'s "quoted" \\ $HOME `x`']
    assert lines[2:] == (["hello you"] if shell == "bash" else [])


LIMITED = "umask 0027\nulimit -n 256\nulimit -S -c 0\nulimit -H -c 10\nulimit -f 100\nulimit -S -u 5000\n"


def limits(text: str) -> dict[str, tuple[str, str]]:
    """Take a ``/proc/PID/limits`` apart: name to soft and hard limit."""
    lines = [line[:26].rstrip() for line in text.splitlines()], [line[26:].split() for line in text.splitlines()]
    return {name: (words[0], words[1]) for name, words in zip(*lines)}


@pytest.mark.slow
def test_umask_and_limits_that_differ_are_shown_with_their_layer(layered: Application) -> None:
    """Behind the variables, as commands; ``ulimit`` names all limits, also those that nothing changed."""
    layered.env_script("deploy_env", f"{SCRIPT}umask 0027\nulimit -n 256\nulimit -S -t 99999\n")
    layered.env_script("build_env", "umask 0077\n")
    activate = layered.write(layered.root / "limiting", "ulimit -S -t 77777\nulimit -S -s 4096\numask 0070\n")
    environ = {"BASH_ENV": str(activate)}
    expected = [
        "umask 0027 changed by deploy_env",
        "ulimit -S -t 99999 changed by deploy_env",
        "ulimit -S -s 4096 changed by activation",
        "ulimit -S -n 256 changed by deploy_env",
        "ulimit -H -n 256 changed by deploy_env",
    ]
    for option in ([], ["--changed"]):
        shown = layered.s2itasks("env", *option, env=environ).succeeded().out.splitlines()
        assert [" ".join(line.split()) for line in shown[-5:]] == expected
    assert layered.s2itasks("env", "umask").succeeded().out.split() == ["umask", "0027", "changed", "by", "deploy_env"]
    assert layered.s2itasks("env", "umask", "--build").out.split() == ["umask", "0077", "changed", "by", "build_env"]
    asked = layered.s2itasks("env", "ulimit").succeeded().out.splitlines()
    assert len(asked) == 30
    assert sum(line.endswith("image or pod") for line in asked) == 27
    assert layered.s2itasks("env", "ulimit", "umask", "--changed", "--build").out.split()[:2] == ["umask", "0077"]


def test_what_a_layer_changed_and_another_changed_back_is_not_shown(application: Application) -> None:
    """It is that of the process."""
    activate = application.write(application.root / "activate", "before=$(umask)\numask 0070\n")
    application.env_script("deploy_env", 'umask "$before"\nunset before\n')
    out = application.s2itasks("env", "--changed", env={"BASH_ENV": str(activate)}).succeeded().out
    assert "umask" not in out
    assert "ulimit" not in out


@pytest.mark.many_cases
@pytest.mark.parametrize("shell", [["bash"], ["bash", "--posix"], ["dash"]])
def test_export_sets_umask_and_limits(application: Application, shell: list[str]) -> None:
    """Whatever unit the shell counts in; what only bash can limit is limited only there."""
    application.env_script("deploy_env", LIMITED)
    exported = application.s2itasks("env", "--format", "export").succeeded().stdout
    check = "umask; cat /proc/self/limits"
    fresh = subprocess.run([*shell, "-c", f'eval "$(cat)"; {check}'], input=exported, capture_output=True, check=True)
    expected = application.s2itasks("exec", "--", "sh", "-c", check).succeeded()
    umasks, limited = zip(*(out.partition(b"\n")[::2] for out in (fresh.stdout, expected.stdout)))
    assert umasks == (b"0027", b"0027")
    got, wanted = (limits(os.fsdecode(each)) for each in limited)
    assert wanted["Max file size"] == ("102400", "102400")
    assert wanted["Max core file size"] == ("0", "10240")
    if shell == ["dash"]:
        assert got.pop("Max processes") != wanted.pop("Max processes")
    assert fresh.stderr == b""
    assert got == wanted


@pytest.mark.slow
@pytest.mark.parametrize("style", ["json", "dotenv"])
def test_formats_of_variables_leave_umask_and_limits_out(application: Application, style: str) -> None:
    """And say so to somebody who asks for them by name."""
    application.env_script("deploy_env", f"{LIMITED}A=1\n")
    assert "umask" not in application.s2itasks("env", "--changed", "--format", style).succeeded().out
    done = application.s2itasks("env", "A", "umask", "--format", style)
    assert (done.status, done.out) == (1, "")
    assert done.error.startswith(f"{style} cannot carry 'umask': it is not a variable; use --format export")


def test_json_carries_origin_and_removals(layered: Application) -> None:
    """With stable keys."""
    carried = json.loads(layered.s2itasks("env", "--format", "json").succeeded().out)
    assert carried["TWO"] == {"value": "one\ntwo\n", "layer": "deploy_env", "change": "set"}
    assert carried["GONE"] == {"value": None, "layer": "deploy_env", "change": "removed"}
    assert carried["HOME"]["change"] is None


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("style", "name", "value", "said"),
    [
        (
            "json",
            "BYTES",
            "\udcff",
            "json cannot carry 'BYTES': it holds bytes that are not UTF-8; use --format export",
        ),
        (
            "dotenv",
            "BYTES",
            "\udcff",
            "dotenv cannot carry 'BYTES': it holds bytes that are not UTF-8; use --format export",
        ),
        (
            "export",
            "with.dot",
            "1",
            "export cannot carry 'with.dot': no shell can assign to that name; use --format json",
        ),
    ],
)
def test_what_a_format_cannot_carry_is_named(
    application: Application, style: str, name: str, value: str, said: str
) -> None:
    """And nothing is printed, so that nobody works with a part."""
    done = application.s2itasks("env", "--format", style, env={name: value})
    assert (done.status, done.out) == (1, "")
    assert done.error.startswith(said)


def test_dotenv_is_for_readers_that_interpolate(application: Application) -> None:
    """As python-dotenv does unless it is told not to."""
    value = "${HOME} $HOME ${A:-b} \\${C}"
    out = application.s2itasks("env", "--format", "dotenv", "A", env={"A": value}).succeeded().out
    assert dotenv_values(stream=io.StringIO(out)) == {"A": value}


def test_on_a_terminal_it_keeps_to_the_width(layered: Application) -> None:
    """Values are cut, and control characters cannot redraw it."""
    layered.env_script("deploy_env", "LONG=$(printf 'x%.0s' {1..500})\nRED=$'\\033[31m'\n")
    shown = pexpect.spawn(
        S2ITASKS, ["env"], env=layered.environ({"TERM": "dumb"}), dimensions=(50, 90), encoding="utf-8"
    )
    shown.expect(pexpect.EOF)
    lines = shown.before.splitlines() if isinstance(shown.before, str) else []
    assert max(map(len, lines)) <= 90
    assert next(line for line in lines if line.startswith("LONG")).count("…") == 1
    assert "\033" not in "".join(lines)
    assert "\\x1b[31m" in "".join(lines)


NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
TRICKY = st.text("'\"\\ \n\r\t#=$`a{}:-", max_size=12)


def variables(values: dict[str, str]) -> list[Variable]:
    """Give them an origin."""
    return [Variable(name, value, Layer.PROCESS, "") for name, value in values.items()]


def fits_dotenv(name: str, value: str) -> bool:
    """Whether dotenv can carry it; where it cannot, the failure names the variable."""
    try:
        list(as_dotenv(variables({name: value})))
    except Failure as failure:
        return f"{name!r}" not in str(failure)
    return True


@given(st.dictionaries(NAMES, TEXT | TRICKY, max_size=5))
def test_dotenv_reads_back_to_the_same_values(values: dict[str, str]) -> None:
    """Or names the one variable that no line can carry."""
    carried = {name: value for name, value in values.items() if fits_dotenv(name, value)}
    content = b"\n".join(as_dotenv(variables(carried))).decode() + "\n"
    assert dotenv_values(stream=io.StringIO(content, newline="")) == carried


@given(st.dictionaries(NAMES, TEXT, max_size=5))
def test_json_reads_back_to_the_same_values(values: dict[str, str]) -> None:
    """Whatever text it is."""
    carried = json.loads(b"".join(as_json(variables(values))))
    assert {name: each["value"] for name, each in carried.items()} == values


@given(st.lists(st.binary(max_size=20).filter(lambda value: b"\0" not in value), max_size=5))
def test_export_evaluates_to_the_same_values(values: list[bytes]) -> None:
    """Any bytes, in bash and in a POSIX sh."""
    named = {f"X{number}": os.fsdecode(value) for number, value in enumerate(values)}
    content = b"\n".join(as_export(variables(named)))
    for shell in ("bash", "sh"):
        done = subprocess.run(
            ["env", "-i", shell, "-c", 'eval "$(cat)"; exec /usr/bin/env -0'],
            input=content + b"\n:",
            capture_output=True,
            check=True,
        )
        got = dict(entry.split(b"=", 1) for entry in done.stdout.split(b"\0") if entry.startswith(b"X"))
        assert {os.fsdecode(name): os.fsdecode(value) for name, value in got.items()} == named


def compared(out: str) -> list[str]:
    """Take a comparison apart, but for what differs between any two processes."""
    return [" ".join(line.split()) for line in out.splitlines()]


@pytest.mark.slow
def test_a_comparison_with_another_environment(layered: Application) -> None:
    """What was added, removed and changed since somebody wrote it down; secrets are masked."""
    written = layered.s2itasks("env", "--format", "dotenv", env={"OLD": "o", "KEPT": "k"}).succeeded()
    file = layered.write(layered.root / "env", written.stdout)
    layered.env_script("deploy_env", SCRIPT.replace("hunter2", "hunter3").replace("one", "1") + "NEW=n\n")
    done = layered.s2itasks("env", "--diff", str(file), env={"KEPT": "k"}).succeeded()
    assert compared(done.out) == [
        "added NEW n",
        "removed OLD o",
        "changed DB_PASSWORD *** → ***",
        "changed TWO one\\ntwo\\n → 1\\ntwo\\n",
    ]
    shown = layered.s2itasks("env", "--diff", str(file), "--show-secrets", "DB_PASSWORD").succeeded()
    assert compared(shown.out) == ["changed DB_PASSWORD hunter2 → hunter3"]
    done = layered.s2itasks("env", "--diff", str(file), "GIVEN").succeeded()
    assert (done.out, done.err.splitlines()[-1]) == ("", "     no difference")


def test_a_comparison_with_the_build(layered: Application) -> None:
    """Both are evaluated now."""
    found = compared(layered.s2itasks("env", "--diff-build").succeeded().out)
    assert {"added NSS_WRAPPER_GROUP /etc/group", "removed GONE gone", "changed GIVEN given → changed"} <= set(found)
    assert "removed PIP_FIND_LINKS /wheels" in found
    assert not [line for line in found if "S2ITASKS_ENVIRONMENT" in line or "FROM_FILE" in line]


def test_a_comparison_through_a_pipe(layered: Application) -> None:
    """As with the environment of a pod: ``env --diff <(oc rsh POD s2itasks env --format dotenv)``."""
    script = f"{S2ITASKS} env --diff <({S2ITASKS} env --format dotenv 2>/dev/null)"
    done = layered.run("bash", "-c", script).succeeded()
    assert compared(done.out) == []


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--diff", "nowhere"], "nowhere cannot be read: No such file or directory; let the other s2itasks write it: "),
        (["--diff", "."], ". cannot be read: Is a directory; let the other s2itasks write it: "),
        (["--diff", "table"], "table has no variable in line 1; let the other s2itasks write it: "),
        (["--diff", "empty"], "empty holds no variable; let the other s2itasks write it: "),
        (["--diff", "bytes"], "bytes holds bytes that are not UTF-8; let the other s2itasks write it: "),
        (["--diff", "x", "--diff-build"], "env takes one of --diff and --diff-build, without "),
        (["--diff-build", "--build"], "env takes one of --diff and --diff-build, without "),
        (["--diff-build", "--changed"], "env takes one of --diff and --diff-build, without "),
        (["--diff", "x", "--format", "json"], "env takes one of --diff and --diff-build, without "),
    ],
)
def test_what_cannot_be_compared(application: Application, options: list[str], said: str) -> None:
    """Status 2, and what to do about it."""
    application.write(application.source / "table", "PATH  /usr/bin  image or pod\n")
    application.write(application.source / "bytes", b"A=\xff\n")
    application.write(application.source / "empty", "")
    for dry in ([], ["--dry"]):
        done = application.s2itasks(*dry, "env", *options)
        assert (done.status, done.out) == (2, "")
        assert done.error.startswith(said)


@pytest.mark.slow
def test_a_comparison_inside_one_of_the_environments(layered: Application) -> None:
    """Only the other one is refused: a file can still be compared with."""
    done = layered.s2itasks("exec", S2ITASKS, "env", "--diff-build")
    assert (done.status, done.error.partition(",")[0]) == (
        2,
        "this process already runs in one of the two environments",
    )
    written = layered.s2itasks("env", "--format", "dotenv").succeeded()
    file = layered.write(layered.root / "env", written.stdout)
    inside = layered.s2itasks("exec", S2ITASKS, "env", "--diff", str(file)).succeeded()
    assert compared(inside.out) == []
