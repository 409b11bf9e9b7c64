"""exec and shell: becoming a command, exactly."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest
from application import S2ITASKS, Application
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from signals import masks

pytestmark = pytest.mark.every_form

SHOW = [
    sys.executable,
    "-I",
    "-c",
    "import os, sys, json; print(json.dumps([list(os.fsencode(a)) for a in sys.argv[1:]]))",
]
ARGUMENTS = st.lists(
    st.binary(max_size=8).filter(lambda each: b"\0" not in each)
    | st.sampled_from([b"", b"--", b"-", b"-h", b"--help", b"--list", b"a  b", b"'", b'"', b"$HOME", b"*", b"ready"]),
    max_size=6,
)  # fmt: skip


@settings(
    max_examples=60 if "S2ITASKS_TEST_EXAMPLES" in os.environ else 5,  # processes for each
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(arguments=ARGUMENTS, dashes=st.booleans())
@example(
    arguments=[b"", b"--", b"-", b"-h", b"--list", b"a  b", b"'", b'"', b"$HOME", b"*", b"ready", b"\xff\n"],
    dashes=False,
)
@example(arguments=[b"-h"], dashes=True)
def test_arguments_arrive_exactly(application: Application, arguments: list[bytes], dashes: bool) -> None:  # noqa: FBT001
    """Spaces, empty strings, dashes, further ``--``, bytes that are no text; with and without a ``--`` before them."""
    done = application.s2itasks("exec", *(["--"] if dashes else []), *SHOW, *arguments).succeeded()
    assert json.loads(done.out) == [list(argument) for argument in arguments]
    assert done.err == ""


@pytest.mark.parametrize("words", [["exec"], ["exec", "--"]])
def test_exec_without_a_command_is_a_usage_error(application: Application, words: list[str]) -> None:
    """And not a shell, which would wait for ever in a script."""
    done = application.s2itasks(*words)
    assert (done.status, done.error) == (2, "exec needs a command; give it one: s2itasks exec -- CMD ARGS")


def test_an_option_of_exec_is_refused(application: Application) -> None:
    """A command that begins with a dash has to follow ``--``."""
    done = application.s2itasks("exec", "-l")
    assert (done.status, done.error) == (
        2,
        "exec has no option '-l'; put a command that begins with a dash after '--'",
    )
    assert (
        application.s2itasks("exec", "--", "-l").error
        == "'-l': command not found; install it, or add its directory to PATH"
    )


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ("no-such-command", 127, "'no-such-command': command not found; install it, or add its directory to PATH"),
        ("", 127, "'': command not found; give the command a name"),
        ("/no/such/command", 127, "'/no/such/command': command not found; correct its path"),
        ("/etc/passwd", 126, "'/etc/passwd' cannot be executed: Permission denied; look at its owner and mode"),
        ("/etc", 126, "'/etc' cannot be executed: Permission denied; look at its owner and mode"),
    ],
)
def test_what_cannot_be_executed_has_a_shells_status(
    application: Application, command: str, status: int, said: str
) -> None:
    """127 and 126, each with one line."""
    done = application.s2itasks("exec", "--", command)
    assert (done.status, done.error) == (status, said)


def test_the_interpreter_that_is_missing_is_named(application: Application) -> None:
    """The kernel says of the script that it does not exist."""
    script = application.write(application.root / "script", "#!/no/such/interpreter -x\n", 0o755)
    done = application.s2itasks("exec", str(script))
    assert done.status == 127
    assert "'/no/such/interpreter -x', which is not there" in done.error


def test_the_loader_that_is_missing_is_named(application: Application) -> None:
    """The kernel says of a binary for another C library that it does not exist; its header is nothing to print."""
    binary = Path("/bin/true").read_bytes().replace(b"/lib64/ld-", b"/lib64/xx-")
    command = application.write(application.root / "command", binary, 0o755)
    done = application.s2itasks("exec", str(command))
    assert (done.status, done.error.partition(" is a ")[2][:31]) == (127, "binary for another C library: i")


def test_exec_finds_commands_on_the_applications_path(application: Application, tmp_path: Path) -> None:
    """deploy_env's PATH counts, not ours; a script without shebang is run by bash there too."""
    application.write(tmp_path / "bin" / "hello", 'echo "hello $1"\n', 0o755)
    application.env_script("deploy_env", f"PATH={tmp_path}/bin:$PATH")
    assert application.s2itasks("exec", "hello", "you").succeeded().out == "hello you\n"


def test_exec_keeps_pid_directory_and_stdin(application: Application, tmp_path: Path) -> None:
    """It is the caller's place, and nothing has read ahead."""
    process = subprocess.Popen(
        [S2ITASKS, "exec", "bash", "-c", "echo $$; pwd; cat"],
        env=application.environ(),
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    out, _ = process.communicate(b"given\n", timeout=30)
    assert out.decode().splitlines() == [str(process.pid), str(tmp_path), "given"]


def test_exec_gives_default_signal_dispositions(application: Application) -> None:
    """CPython ignores SIGPIPE and SIGXFSZ, and what is ignored stays so over an exec."""
    application.env_script("deploy_env", "A=1")
    done = application.s2itasks("exec", "grep", "^SigIgn\\|^SigBlk", "/proc/self/status").succeeded()
    assert masks(done.out) == [0, 0]


@pytest.mark.parametrize("command", ["exec", "ready", "run"])
def test_nothing_of_ours_is_left_in_the_process(application: Application, command: str) -> None:
    """No descriptor, no timer, and the process group, session and nice value that the caller gave it."""
    application.env_script("deploy_env", "A=1")
    show = "ls /proc/self/fd | tr '\\n' ' '; cut -d ' ' -f 5,6,19 /proc/$$/stat; echo $$"
    application.hook("deploy", "true")
    for hook in ("ready", "run"):
        application.hook(hook, show)
    process = application.start(command, *(["bash", "-c", show] if command == "exec" else []))
    out, _ = process.communicate(timeout=30)
    *descriptors, group, session, nice, pid = out.decode().split()
    assert descriptors == ["0", "1", "2", "3"]  # 3 is the directory that ls reads
    assert int(pid) == process.pid
    given = (str(os.getpgrp()), str(os.getsid(0))) if application.form == "console" else (pid, pid)
    assert (group, session, int(nice)) == (*given, os.nice(0))


def test_output_into_a_closed_pipe_ends_quietly(application: Application) -> None:
    """``yes | head -1`` is no error."""
    command = f"{S2ITASKS} exec yes | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], env=application.environ(), capture_output=True, check=False)
    assert (done.stdout, done.stderr) == (b"y\n%d\n" % (128 + signal.SIGPIPE), b"")


def test_what_deploy_env_prints_is_kept_off_stdout(application: Application) -> None:
    """The output of exec is the command's alone."""
    application.env_script("deploy_env", "echo chatter\necho more >&2\nA=1")
    done = application.s2itasks("exec", "printenv", "A").succeeded()
    assert (done.out, done.err) == ("1\n", "chatter\nmore\n")


@pytest.mark.parametrize("option", ["-x", "-v", "-k", pytest.param("-o xtrace", marks=pytest.mark.slow)])
def test_options_of_deploy_env_are_its_own(application: Application, option: str) -> None:
    """People debug with them; what follows is none of theirs."""
    application.env_script("deploy_env", f"set {option}\nA=1\n")
    done = application.s2itasks("exec", "printenv", "A").succeeded()
    assert (done.out, done.err.lstrip("+")) == ("1\n", {"-v": "A=1\n", "-k": ""}.get(option, " A=1\n"))


def test_exec_help_is_ours(application: Application) -> None:
    """Before a command, --help can only be meant for exec."""
    assert "Become a command in the application environment" in application.s2itasks("exec", "--help").succeeded().out


def test_shell_reads_commands_from_stdin(application: Application) -> None:
    """Without a terminal it is a filter, as ``oc rsh`` in a pipe needs it."""
    application.env_script("deploy_env", "NAME=world")
    done = application.s2itasks("shell", stdin=b'echo "hello $NAME"\nexit 5\n')
    assert (done.status, done.out, done.err) == (5, "hello world\n", "")


def test_shell_is_interactive_on_a_terminal(application: Application) -> None:
    """With job control, and with the environment of deploy_env."""
    application.env_script("deploy_env", "NAME=world\nPS1='ready> '")
    environ = application.environ({"TERM": "dumb"})
    shell = pexpect.spawn(S2ITASKS, ["shell"], env=environ, cwd=str(application.source), encoding="utf-8", timeout=20)
    shell.expect("[$#>] ")
    shell.sendline('echo "[$-] hello $NAME"')
    shell.expect(r"\[\w*i\w*m\w*\] hello world")
    shell.sendline("exit 3")
    shell.expect(pexpect.EOF)
    shell.close()
    assert shell.exitstatus == 3


def test_no_prompt_command_activates_again(application: Application) -> None:
    """The images' PROMPT_COMMAND and BASH_ENV would undo what deploy_env did to PATH."""
    activate = application.write(
        application.path / "bin" / "activate", "PATH=/venv/bin:$PATH; export VIRTUAL_ENV=/venv\n"
    )
    application.env_script("deploy_env", "PATH=/mine:$PATH")
    environ = {"BASH_ENV": str(activate), "ENV": str(activate), "PROMPT_COMMAND": f". {activate}"}
    done = application.s2itasks("exec", "bash", "-c", 'echo "$PATH"; echo "$VIRTUAL_ENV"; env', env=environ).succeeded()
    path, virtual_env, *variables = done.out.splitlines()
    assert path.startswith("/mine:/venv/bin:")
    assert path.count("/venv/bin") == 1
    assert virtual_env == "/venv"
    assert not [each for each in variables if each.startswith(("BASH_ENV=", "ENV=", "PROMPT_COMMAND="))]


def test_bytes_that_are_no_text_survive_in_the_environment(application: Application) -> None:
    """Latin-1 in a value of the image, of .s2i/environment, or of deploy_env."""
    application.env_script("deploy_env", b"SET=\xe9\n")
    application.write(application.source / ".s2i" / "environment", b"FILE=\xe8\n")
    command = ["bash", "-c", f"GIVEN=$'\\xe7' exec {S2ITASKS} exec -- env -0"]
    done = subprocess.run(command, env=application.environ(), capture_output=True, check=True)
    assert {b"SET=\xe9", b"FILE=\xe8", b"GIVEN=\xe7"} <= set(done.stdout.split(b"\0"))
    assert os.fsencode(os.fsdecode(b"\xe9")) == b"\xe9"
