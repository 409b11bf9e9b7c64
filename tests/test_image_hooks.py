"""Hooks and jobs that the image brings, in `etc/s2itasks` of the application root."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from application import Application
from hypothesis import given, settings
from hypothesis import strategies as st
from limits import timed_out
from signals import is_alive

pytestmark = pytest.mark.every_form
HOOKS = "etc/s2itasks/action_hooks"
BUILD, DEPLOYMENT = ("pre_build", "build"), ("deploy", "verify", "ready", "alive", "setup", "migrate", "post_deploy")


def of_image(application: Application, name: str, text: str, mode: int = 0o755) -> Path:
    """Give the image a hook or an env script."""
    shebang = "" if name.endswith("_env") or text.startswith("#!") else "#!/bin/bash\n"
    return application.write(application.path / HOOKS / name, f"{shebang}{text}\n", mode)


def both(application: Application, name: str, *, then: str = "") -> None:
    """Give image and application a hook that logs where it runs."""
    of_image(application, name, f'echo "image {name} in $PWD" >>"$LOG"\n{then}')
    application.hook(name, f'echo "application {name}" >>"$LOG"')


@pytest.mark.many_cases
@pytest.mark.parametrize("phase", [*BUILD, *DEPLOYMENT])
def test_the_images_comes_first(application: Application, phase: str) -> None:
    """In the source directory, as any other."""
    both(application, phase)
    application.s2itasks(phase).succeeded()
    assert application.logged == [f"image {phase} in {application.source}", f"application {phase}"]


@pytest.mark.many_cases
@pytest.mark.parametrize("phase", ["build", "deploy", "ready"])
def test_its_failure_ends_the_phase(application: Application, phase: str) -> None:
    """With its status and its name."""
    both(application, phase, then="exit 3")
    done = application.s2itasks(phase)
    assert (done.status, application.logged) == (3, [f"image {phase} in {application.source}"])
    assert done.error == f"{application.path / HOOKS / phase} ended with status 3; see its output above"


@pytest.mark.many_cases
@pytest.mark.parametrize("words", [["ready"], ["ready", "--timeout", "30"], ["ready", "--log"], ["run"], ["migrate"]])
def test_the_image_alone(application: Application, words: list[str]) -> None:
    """An application need not have a `.s2i` for it."""
    of_image(application, words[0], 'echo "image $*"; exit 4')
    done = application.s2itasks(*words)
    assert (done.status, done.out) == (4, "image \n")


def test_the_applications_run_replaces_the_images(application: Application) -> None:
    """And the image's the builder's."""
    application.builder("run", "echo builder")
    of_image(application, "run", "echo image")
    assert application.s2itasks("run").succeeded().out == "image\n"
    application.hook("run", "echo application")
    assert application.s2itasks("run").succeeded().out == "application\n"


def test_an_env_script_of_each(application: Application) -> None:
    """In one shell: the application's finds what the image's has made, functions, too; each in the source directory."""
    of_image(application, "deploy_env", "A=image; B=image; greet() { echo hello; }; cd /; set +e; IFS=x; set -- 1 2")
    application.env_script("deploy_env", 'B=application; C="$A $(greet) $# $PWD"')
    application.hook("ready", 'echo "$A, $B, $C"')
    assert application.s2itasks("ready").succeeded().out == f"image, application, image hello 0 {application.source}\n"


@pytest.mark.many_cases
@pytest.mark.parametrize("phase", ["exec", "ready", "run"])
@pytest.mark.parametrize("own", ["", "B=2"])
def test_an_env_script_of_the_image(application: Application, phase: str, own: str) -> None:
    """Simple assignments, which the compiled programs do themselves."""
    of_image(application, "deploy_env", "A=1")
    if own:
        application.env_script("deploy_env", own)
    application.hook("ready", 'echo "$A$B"')
    application.builder("run", 'echo "$A$B"')
    words = ["exec", "--", "sh", "-c", 'echo "$A$B"'] if phase == "exec" else [phase]
    assert application.s2itasks(*words).succeeded().out == ("12\n" if own else "1\n")


KNOWN = "what it sets is only known then"
FAILING = ["false\nB=1", "exit 3", "exit 0", "f() { false; }\nf", "if", "A=$((1/0))", "A=${B?unset}", "return 3"]


@pytest.mark.many_cases
@pytest.mark.parametrize("own", ["", "B=2"])
@pytest.mark.parametrize("text", FAILING)
def test_an_env_script_of_the_image_that_fails(application: Application, own: str, text: str) -> None:
    """It is told as one of the application; that one is not sourced any more."""
    script = application.env_script("deploy_env", f"A=1\n{text}")
    expected = application.s2itasks("exec", "--", "true")
    script.unlink()
    image = of_image(application, "deploy_env", f"A=1\n{text}")
    if own:
        application.env_script("deploy_env", f'echo >>"$LOG"\n{own}')
    done = application.s2itasks("exec", "--", "true")
    assert (done.status, application.logged) == (expected.status, [])
    assert done.error == expected.error.replace(".s2i/action_hooks/deploy_env", str(image))


@pytest.mark.many_cases
@pytest.mark.parametrize("text", FAILING)
def test_an_env_script_of_the_application_that_fails(application: Application, text: str) -> None:
    """Behind one of the image's, it is told as ever."""
    application.env_script("deploy_env", f"A=1\n{text}")
    alone = application.s2itasks("exec", "--", "true")
    of_image(application, "deploy_env", "D=1\ncd /\nC=1")
    behind = application.s2itasks("exec", "--", "true")
    assert (behind.status, behind.error) == (alone.status, alone.error)


def test_build_env(application: Application) -> None:
    """Both before the builder and after it."""
    of_image(application, "build_env", "A=$A.image")
    application.env_script("build_env", "A=$A.application")
    application.builder("assemble", 'echo "builder $A" >>"$LOG"')
    application.hook("build", 'echo "build $A" >>"$LOG"')
    application.s2itasks("assemble", env={"A": "given"}).succeeded()
    assert application.logged == ["builder given.image.application", "build given.image.application"]


def test_jobs_of_both(application: Application) -> None:
    """The image's first, also where two have one name."""
    for name in ("b", "a"):
        application.write(
            application.path / "etc/s2itasks/jobs/hourly" / name, f"#!/bin/bash\necho image {name}\n", 0o755
        )
    application.job("hourly", "a", "echo application a")
    application.job("daily", "c", "echo c")
    assert application.s2itasks("jobs", "hourly").succeeded().out == "image a\nimage b\napplication a\n"
    listed = application.s2itasks("jobs").succeeded().out.splitlines()
    place = application.path / "etc/s2itasks/jobs/hourly"
    assert listed == ["daily", "  .s2i/jobs/daily/c", "hourly", f"  {place}/a", f"  {place}/b", "  .s2i/jobs/hourly/a"]


@pytest.mark.slow
def test_one_limit(application: Application) -> None:
    """What the first has taken, the second has no more."""
    of_image(application, "ready", 'sleep 300 & echo $! $$ >>"$LOG"; wait')
    application.hook("ready", "exec sleep 300")
    limit, done = timed_out(application, "ready")
    assert (done.status, [is_alive(int(pid)) for pid in " ".join(application.logged).split()]) == (124, [False, False])
    assert f"{HOOKS}/ready timed out after {limit} s" in done.error
    of_image(application, "ready", "sleep 0.3")
    done = application.s2itasks("ready", env={"S2ITASKS_TIMEOUT_READY": "2"})
    assert (done.status, done.error.partition(" s,")[0]) == (124, ".s2i/action_hooks/ready timed out after 2")


@pytest.mark.many_cases
@pytest.mark.parametrize("value", ["off", "OFF", "0", "no", "false"])
def test_left_out(application: Application, value: str) -> None:
    """By a variable of the container."""
    both(application, "ready")
    of_image(application, "deploy_env", "A=1")
    application.hook("run", 'echo "<$A>"')
    environ = {"S2ITASKS_IMAGE_HOOKS": value}
    application.s2itasks("ready", env=environ).succeeded()
    assert application.logged == ["application ready"]
    assert application.s2itasks("run", env=environ).succeeded().out == "<>\n"


def test_left_out_of_a_build(application: Application) -> None:
    """And of the pods of its image, as long as they do not say otherwise."""
    both(application, "build")
    both(application, "ready")
    of_image(application, "deploy_env", "exit 3")
    application.builder("assemble", "true")
    application.variables["S2ITASKS_IMAGE_HOOKS"] = "off"
    application.s2itasks("assemble").succeeded()
    assert application.logged == ["application build"]
    application.run(application.called(), "ready").succeeded()
    assert application.logged == ["application build", "application ready"]


def test_a_run_hook_that_is_not_used(application: Application) -> None:
    """It keeps no pod from starting, so it is warned of."""
    application.builder("assemble", "true")
    hook = of_image(application, "run", "true", 0o644)
    application.hook("run", "echo application")
    done = application.s2itasks("assemble").succeeded()
    assert f"s2itasks: warning: {hook} is not executable; in the image: chmod +x {hook}" in done.err.splitlines()
    assert application.s2itasks("run").succeeded().out == "application\n"


@pytest.mark.parametrize("name", ["ready", "deploy_env", "run"])
def test_the_compiled_programs_know_of_them(application: Application, name: str) -> None:
    """Of two hooks, of an image that has none yet, and of an env script that has changed."""
    application.form = "launcher"
    application.hook("ready", 'echo "application $A"; echo said >&2')
    program = application.called()
    of_image(application, name, "A=1" if name == "deploy_env" else "echo image")
    expected = {"ready": "image\napplication \n", "deploy_env": "application 1\n", "run": "application \n"}[name]
    assert application.run(program, "ready").succeeded().out == expected
    program = application.called()
    assert application.run(program, "ready").succeeded().out == expected
    if name == "deploy_env":
        of_image(application, name, "A=2\nexec 2>/dev/null")  # which is not for the shell that becomes the hook
        done = application.run(program, "ready").succeeded()
        assert (done.out, done.err) == ("application 2\n", "said\n")


def test_left_out_since_the_build(application: Application) -> None:
    """The programs of the build were made with them."""
    of_image(application, "ready", "exit 3")
    program = application.called()
    environ = application.environ()
    assert application.run(program, "ready", environ=environ).status == 3
    environ["S2ITASKS_IMAGE_HOOKS"] = "off"
    assert application.run(program, "ready", environ=environ).status == 0


@pytest.mark.many_cases
@pytest.mark.parametrize("name", ["ready", "deploy_env"])
def test_what_comes_after_the_build(application: Application, name: str) -> None:
    """A volume or a debugger puts it there: it counts at once."""
    application.hook("ready", 'echo "application $A"')
    program = application.called()
    assert application.run(program, "ready").succeeded().out == "application \n"
    of_image(application, name, "A=1" if name == "deploy_env" else "echo image")
    expected = "application 1\n" if name == "deploy_env" else "image\napplication \n"
    assert application.run(program, "ready").succeeded().out == expected
    of_image(application, "deploy_env", "A=2")
    assert application.run(program, "ready").succeeded().out.endswith("application 2\n")


@pytest.mark.many_cases
@pytest.mark.parametrize("name", ["ready", "deploy_env"])
def test_what_is_gone_since_the_build(application: Application, name: str) -> None:
    """A probe that cannot be asked must not say yes."""
    if application.form == "console":
        pytest.skip("it knows of no build")
    script = of_image(application, name, "true")
    application.hook("ready", "true")
    program = application.called()
    application.run(program, "ready").succeeded()
    script.unlink()
    done = application.run(program, "ready")
    assert (done.status, str(script) in done.error) == (127, True)


def test_one_that_cannot_be_used(application: Application) -> None:
    """The cure is one for an image."""
    hook = of_image(application, "ready", "true", 0o644)
    done = application.s2itasks("ready")
    assert (done.status, done.error) == (126, f"{hook} is not executable; in the image: chmod +x {hook}")


def test_the_list(application: Application) -> None:
    """It shows both, and says which is which."""
    both(application, "ready")
    of_image(application, "alive", "true")
    place = application.path / HOOKS
    lines = [line.split() for line in application.s2itasks("--list").succeeded().out.splitlines()]
    (ready,) = (number for number, line in enumerate(lines) if line[:1] == ["ready"])
    assert [line[-2:] for line in lines[ready + 1 : ready + 3]] == [
        ["hook", f"{place}/ready"],
        ["hook", ".s2i/action_hooks/ready"],
    ]
    (alive,) = (number for number, line in enumerate(lines) if line[:1] == ["alive"])
    assert (lines[alive][:2], lines[alive + 1][-2:]) == (["alive", "present"], ["hook", f"{place}/alive"])
    listed = json.loads(application.s2itasks("--list", "--list-format=json").succeeded().out)
    images = {each["name"]: each["image"] for each in listed if each["image"]}
    assert images == {name: {"path": f"{place}/{name}", "state": "present"} for name in ("ready", "alive")}
    assert f"Hook of the image: {place}/alive (present)" in application.s2itasks("--help", "alive").succeeded().out
    assert application.s2itasks("--show", "alive").succeeded().out.endswith("\n#!/bin/bash\ntrue\n")


def test_a_dry_run(application: Application) -> None:
    """It tells both."""
    both(application, "ready")
    of_image(application, "deploy_env", "A=1")
    application.env_script("deploy_env", "B=1")
    place = application.path / HOOKS
    told = application.s2itasks("--dry", "ready", "--timeout", "5").succeeded().out.splitlines()
    assert told[-3:] == [
        f"---> deploy_env: would source {place}/deploy_env and .s2i/action_hooks/deploy_env; {KNOWN}",
        f"---> ready: would run {place}/ready, for 5 s together at most (--timeout)",
        "---> ready: would run .s2i/action_hooks/ready, for 5 s together at most (--timeout)",
    ]
    assert application.logged == []


def test_assemble_asks_for_the_verdict(application: Application) -> None:
    """What of the image keeps every pod from starting ends the build, too."""
    application.builder("assemble", "true")
    hook = of_image(application, "deploy", "true", 0o644)
    done = application.s2itasks("assemble")
    assert (done.status, done.error) == (126, f"{hook} is not executable; in the image: chmod +x {hook}")


@pytest.mark.slow
@settings(max_examples=10)
@given(data=st.data())
def test_whatever_there_is(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """In all forms alike: which hooks and env scripts there are, which of them fail, and whether they count."""
    choice = st.sampled_from(["", "true", "exit 3", 'echo "${0##*/} $A $B" >>"$LOG"'])
    names = [(where, name) for where in ("image", "application") for name in ("ready", "deploy", "run")]
    texts = {each: data.draw(choice) for each in names}
    scripts = {
        where: data.draw(st.sampled_from(["", "A=1", "B=$A.2", "A=$(echo 3)", "false"]))
        for where in ("image", "application")
    }
    environ = {"S2ITASKS_IMAGE_HOOKS": data.draw(st.sampled_from(["", "off"]))}
    words = data.draw(st.sampled_from([["ready"], ["run"], ["exec", "--", "sh", "-c", "exit 5"], ["deploy"]]))
    outcomes = []
    for form in ("console", "runtime", "launcher"):
        application = Application(tmp_path_factory.mktemp("image"), form=form)
        application.builder("run", "exit 7")
        for (where, name), text in texts.items():
            if text:
                (of_image if where == "image" else Application.hook)(application, name, text)
        for where, text in scripts.items():
            if text:
                (of_image if where == "image" else Application.env_script)(application, "deploy_env", text)
        done = application.s2itasks(*words, env=environ)
        said = done.err.replace(str(application.root), "ROOT").splitlines()
        outcomes.append((done.status, application.logged, [line for line in said if line.startswith("s2itasks:")]))
    assert outcomes[1:] == outcomes[:1] * 2
