"""What powershift-image and warpdrive were called for: it works unmodified where assemble has pinned s2itasks."""

from __future__ import annotations

import subprocess
import sys

import pytest
from application import Application, Result

WORKING = '#!/bin/bash\necho the real one: "$@"\n'
BROKEN = "#!/bin/bash\necho \"Error: No such command 'image'.\" >&2\nexit 2\n"


@pytest.fixture
def old(application: Application) -> Application:
    """Return an application that nobody has changed since."""
    application.env_script("deploy_env", "A=1\n")
    application.hook("migrate", 'echo migrate "$A"')
    application.hook("setup", "powershift image migrate\nwarpdrive migrate")
    application.hook("ready", 'echo ready "$A"')
    application.job("hourly", "1", 'echo job "$A"')
    application.builder("run", 'echo run "$A"')
    return application


def call(application: Application, *words: str) -> Result:
    """Pin s2itasks, and call what PATH finds."""
    application.pin()
    path = f"{application.path}/bin:/usr/bin:/bin"
    return application.run(*words, environ={**application.environ(), "PATH": path})


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("words", "out"),
    [
        ("powershift image migrate", "migrate 1\n"),
        ("powershift image ready", "ready 1\n"),
        ("powershift image jobs hourly", "job 1\n"),
        ("powershift image run", "run 1\n"),
        ("powershift image exec printenv A", "1\n"),
        ("powershift image exec printf %s\\n --help", "--help\n"),
        ("powershift image setup", "migrate 1\nmigrate 1\n"),
        ("warpdrive migrate", "migrate 1\n"),
        ("warpdrive exec printenv A", "1\n"),
        ("warpdrive run", "run 1\n"),
    ],
)
def test_it_does_what_it_did(old: Application, words: str, out: str) -> None:
    """The compiled programs do it; a hook may call it, too."""
    assert call(old, *words.split(" ")).succeeded().out == out


@pytest.mark.slow
@pytest.mark.parametrize("command", ["warpdrive env", "powershift image env"])
def test_code_for_a_shell(old: Application, command: str) -> None:
    """As ``eval "$(warpdrive env)"`` wants it."""
    done = call(old, "bash", "-c", f'eval "$({command})"; echo "$A"')
    assert done.succeeded().out == "1\n"


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("powershift image frobnicate", "powershift image has no command frobnicate here; s2itasks --list shows what"),
        ("powershift cluster up", "only powershift image is here, and not cluster; install powershift-cli"),
        ("powershift", "only powershift image is here, and not ''; install powershift-cli"),
        ("warpdrive start", "warpdrive has no command start here; call s2itasks run"),
        ("warpdrive build", "warpdrive has no command build here; call s2itasks assemble"),
        ("warpdrive", "warpdrive has no command '' here; call s2itasks --list, which"),
    ],
)
def test_what_is_not_there(old: Application, words: str, said: str) -> None:
    """The message says what has taken its place."""
    done = call(old, *words.split())
    assert (done.status, done.out) == (2, "")
    assert done.error.startswith(said)


@pytest.mark.parametrize(("content", "out"), [(WORKING, "the real one: image migrate\n"), (BROKEN, "migrate 1\n")])
def test_the_real_one(old: Application, content: str, out: str) -> None:
    """It stays where it works; where it does not, ours takes its place, also in later builds."""
    script = old.write(old.path / "bin" / "powershift", content, 0o755)
    old.variables["PATH"] = f"{old.path}/bin:/usr/bin:/bin"
    for _ in range(2):
        assert call(old, "powershift", "image", "migrate").succeeded().out == out
    assert (script.read_text() == content) is (content == WORKING)


@pytest.mark.slow
def test_the_package_from_the_index(old: Application) -> None:
    """powershift-image 1.4.2 is broken with today's setuptools, and its console script becomes ours."""
    subprocess.run([sys.executable, "-m", "venv", old.path], check=True)
    install = [str(old.path / "bin/pip"), "install", "--quiet", "powershift-cli[image]", "setuptools"]
    subprocess.run(install, check=True)
    old.variables["PATH"] = f"{old.path}/bin:/usr/bin:/bin"
    broken = subprocess.run([old.path / "bin/powershift", "image", "--help"], capture_output=True, check=False)
    done = call(old, "powershift", "image", "migrate")
    assert (done.succeeded().out == "migrate 1\n") is (broken.returncode != 0)
