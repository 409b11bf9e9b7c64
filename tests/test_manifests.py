"""manifests: which objects the hooks become, what is refused and why, and where it is written."""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import random_user
import yaml
from api_server import Object, misfits, pods
from application import S2ITASKS, Result
from checked import BASH, write
from hook_sets import CURL, DIGEST, FULL, HOOK, JOBS, SETS, Files, application, asks

from s2itasks.errors import Failure
from s2itasks.manifests import manifesting
from s2itasks.manifests.plan import plan
from s2itasks.phases import graph

pytestmark = pytest.mark.slow

GOLDEN = Path(__file__).parent / "manifests"
WRITE = os.environ.get("S2ITASKS_TEST_SCREENS") == "write"
GIT = "https://git.example.com/shop.git"
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "kubernetes": ("full", {"host": "shop.example.com", "with_": ["setup"]}),
    "kubernetes-data": ("django", {"data": "data=5Gi", "port": ["web=9000", "metrics=9001"]}),
    "openshift": ("curl", {"for_": "openshift", "replicas": "2", "secret": "shop-settings"}),
    "openshift-git": (
        "full",
        {"for_": "openshift", "image": "shop", "git": GIT, "builder": "openshift/python:3.12-ubi9"},
    ),
}


def text(root: Path, files: Files, **options: Any) -> str:
    """Return what is written to stdout."""
    return manifesting.stream(plan(asks(**options), application(root, files)))


def objects(root: Path, files: Files, **options: Any) -> dict[str, Object]:
    """Return the objects by kind and name."""
    found = filter(None, yaml.safe_load_all(text(root, files, **options)))
    return {f"{each['kind']} {each['metadata']['name']}": each for each in found}


def pod(found: dict[str, Object]) -> Object:
    """Return the spec of the application's pods."""
    spec: Object = found["Deployment shop"]["spec"]["template"]["spec"]
    return spec


def run(root: Path, image: str = "registry.example.com/shop:1", output: str | None = None) -> Result:
    """Do what the command does in a repository, without starting a process."""
    said, errors = io.TextIOWrapper(io.BytesIO(), encoding="ascii"), io.StringIO()
    status = 0
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(errors):
        try:
            target = root / output if output else None
            manifesting.manifests(root, graph, {"PATH": "/usr/bin:/bin"}, asks(image=image), target)
        except Failure as failure:
            status, _ = failure.status, errors.write(f"s2itasks: error: {failure}\n")
    said.flush()
    assert isinstance(said.buffer, io.BytesIO)
    return Result(status, said.buffer.getvalue(), errors.getvalue().encode())


@pytest.mark.parametrize("name", CASES)
def test_what_is_written(tmp_path: Path, name: str) -> None:
    """To the letter. What has changed on purpose: ./inv screens, and read git diff."""
    hooks, options = CASES[name]
    written = text(tmp_path, SETS[hooks], **options)
    golden = GOLDEN / f"{name}.yaml"
    if WRITE:
        golden.write_text(written)
    assert written == golden.read_text()


def test_no_other_files_lie_beside_them() -> None:
    """Each is somebody's."""
    assert {path.stem for path in GOLDEN.iterdir()} == set(CASES)


def test_the_command(tmp_path: Path) -> None:
    """The same bytes each time, wherever it is called, and nothing else on stdout."""
    files: Files = {**SETS["alive"], f"{HOOK}setup": f"{BASH}make\n"}
    write(tmp_path, files)
    words = ("--image", "registry.example.com/shop:1", "--name", "shop", "--port", "9000", "--port", "metrics=9001")
    called = [S2ITASKS, "manifests", str(tmp_path), *words, "--for=openshift", "--with", "setup"]
    done = subprocess.run(called, cwd="/", capture_output=True, check=False)
    made = text(tmp_path, files, image=words[1], port=["9000", "metrics=9001"], for_="openshift", with_=["setup"])
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, made, b"")


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "no name": ("nothing", {"name": None}, "manifests needs a name for the application; give it one: --name NAME"),
    "upper case": ("nothing", {"name": "Shop"}, "no object can have the name 'Shop'; use lower-case"),
    "a long name": ("nothing", {"name": "x" * 64}, "no object can have the name"),
    "no image": ("nothing", {"image": None}, "manifests needs the name of the image; give it one: --image"),
    "an odd image": ("nothing", {"image": "shop:1:2"}, "'shop:1:2' is not the name of an image"),
    "a platform": ("nothing", {"for_": "openshft"}, "manifests has no --for 'openshft'; did you mean 'openshift'?"),
    "a URL for a host": ("nothing", {"host": "https://x"}, "'https://x' is not the name of a host"),
    "an address for a host": ("nothing", {"host": "10.0.0.1"}, "'10.0.0.1' is not the name of a host"),
    "port 0": ("nothing", {"port": ["0"]}, "'0' is not a port"),
    "port 65536": ("nothing", {"port": ["web=65536"]}, "'web=65536' is not a port"),
    "a port's name": ("nothing", {"port": ["Web=80"]}, "no port can have the name 'Web'"),
    "a port twice": ("nothing", {"port": ["80", "web=80"]}, "the port 'web=80' is there twice"),
    "a host without a web server": (
        "nothing",
        {"no_web": True, "host": "x"},
        "--host is for an application with a web ser",
    ),
    "a port without a web server": (
        "nothing",
        {"no_web": True, "port": ["80"]},
        "--port is for an application with a web",
    ),
    "no replicas": ("nothing", {"replicas": "0"}, "'0' is not a number of replicas"),
    "a size": ("nothing", {"data": "data=1GB"}, "'1GB' is not the size of a volume; give it as 10Gi"),
    "an empty path": ("nothing", {"data": "=1Gi"}, "'' is not a path for a volume"),
    "a Secret": ("nothing", {"secret": "Shop_Secret"}, "no Secret can have the name 'Shop_Secret'"),
    "what to add": ("full", {"with_": ["verify"]}, "manifests has no --with 'verify'; give --with setup"),
    "ref without git": ("nothing", {"ref": "main"}, "--ref says how to build from Git; give --git URL, or leave"),
    "builder without git": ("nothing", {"builder": "python"}, "--builder says how to build from Git"),
    "an odd builder": (
        "nothing",
        {"for_": "openshift", "image": "shop", "git": GIT, "builder": "quay.io/x/python:3"},
        "'quay.io/x/python:3' is not an ImageStreamTag; give it as NAMESPACE/NAME:TAG",
    ),
    "a password": ("nothing", {"git": "https://me:word@x/y"}, "the address of the repository has a user in it, and"),
    "a token": (
        "nothing",
        {"git": "HTTPS://0123abcd@x/y"},
        "has a user in it, and perhaps a password; leave it out, and",
    ),
    "an empty user": ("nothing", {"git": "https://@x/y"}, "the address of the repository has a user in it"),
    "a token in a query": (
        "nothing",
        {"git": "https://x/y?token=hunter2"},
        "the address of the repository holds a secr",
    ),
    "a token of GitHub": (
        "nothing",
        {"git": f"https://x/ghp_{'a1' * 18}/y"},
        "the address of the repository holds a secr",
    ),
    "a password for ssh": ("nothing", {"git": "ssh://git:word@x/y"}, "the address of the repository holds a secret"),
    "a directory for git": (
        "nothing",
        {"git": "../shop"},
        "'../shop' is not where a cluster finds a repository; give it a",
    ),
    "a bare name for git": ("nothing", {"git": "shop"}, "'shop' is not where a cluster finds a repository"),
    "a file for git": ("nothing", {"git": "file:///srv/shop.git"}, "is not where a cluster finds a repository"),
    "a template for git": ("nothing", {"git": "https://x/{{ .Values.y }}"}, "is not the address of a repository"),
    "a template for a ref": (
        "nothing",
        {"git": GIT, "ref": "{{x}}"},
        "Helm would evaluate the {{ of --ref; leave that out",
    ),
    "a template for data": ("nothing", {"data": "{{x}}"}, "Helm would evaluate the {{ of --data; leave that out"),
    "a template for a directory": (
        "nothing",
        {"git": GIT, "context_dir": "a/{{x}}"},
        "Helm would evaluate the {{ of --context-dir",
    ),
    "a directory that leads outside": (
        "nothing",
        {"git": GIT, "context_dir": "a/../../x"},
        "leads out of the repository",
    ),
    "a directory outside": ("nothing", {"git": GIT, "context_dir": "../x"}, "'../x' leads out of the repository"),
    "git without OpenShift": ("nothing", {"git": GIT}, "--git makes a BuildConfig, which only OpenShift knows; add"),
    "git into a registry": (
        "nothing",
        {"for_": "openshift", "git": GIT},
        "--git builds into an ImageStream of the project, not into registry.example.com/shop:1.4.2; give --image NAME:",
    ),
    "a digest of a stream": (
        "nothing",
        {"for_": "openshift", "image": f"shop@{DIGEST}"},
        "names no tag of an ImageStream; give the registry, too, or a tag instead",
    ),
    "a stream's name": ("nothing", {"for_": "openshift", "image": "my_shop:1"}, "no ImageStream can have the name"),
    "a volume for two": ("nothing", {"data": "data", "replicas": "2"}, "2 replicas cannot share the volume of --data"),
    "a volume over the source": (
        "nothing",
        {"data": "."},
        "a volume at /opt/app-root/src would hide /opt/app-root/src/.s2",
    ),
    "a volume over /tmp": (
        "nothing",
        {"data": "../../../tmp"},
        "a volume at /tmp would hide /tmp/scripts; choose a directory",
    ),
    "a volume over /": ("nothing", {"data": "/"}, "a volume at / would hide /opt/app-root/src/.s2i"),
    "a volume in the packages": ("nothing", {"data": "../lib/x"}, "would hide /opt/app-root/lib"),
    "migrations side by side": (
        "deploy-migrates",
        {"replicas": "2"},
        "the deploy hook migrates, and 2 pods would do so side by side; leave that to the migrate hook, which then",
    ),
    "a Job of latest": (
        "full",
        {"image": "registry.example.com/shop"},
        "named after its image, and registry.example.com/shop may be another image tomorrow; give an image with",
    ),
    "migrations of a trigger": (
        "full",
        {"for_": "openshift", "image": "shop:1", "replicas": "2"},
        "the migrate hook would run in each of 2 pods: an ImageStream decides when shop:1 is another image, and no Job",
    ),
    "post_deploy of latest": (
        "post_deploy",
        {"image": "quay.io/team/shop:latest"},
        "the post_deploy hook needs a Job",
    ),
    "post_deploy of a trigger": (
        "post_deploy",
        {"for_": "openshift", "image": "shop:1", "replicas": "2"},
        "the post_deploy hook would run in each of 2 pods: no Job can follow an image trigger; give one replica",
    ),
    "no setup": ("nothing", {"with_": ["setup"]}, "--with setup needs a setup hook; write .s2i/action_hooks/setup"),
    "setup of latest": (
        "tasks",
        {"image": "shop", "with_": ["setup"]},
        "leave out --with setup, and run s2itasks setup in a pod once it runs: kubectl exec deployment/shop -- ",
    ),
}
MORE: dict[str, Files] = {"post_deploy": {f"{HOOK}post_deploy": f"{BASH}make\n"}}


@pytest.mark.parametrize("wrong", REFUSED)
def test_what_is_refused(tmp_path: Path, wrong: str) -> None:
    """With the reason, and what to do instead."""
    hooks, options, said = REFUSED[wrong]
    with pytest.raises(Failure) as refused:
        text(tmp_path, {**SETS, **MORE}[hooks], **options)
    assert said in str(refused.value)
    assert refused.value.status == 2


@pytest.mark.parametrize(
    "url",
    [
        *(
            "ssh://git@git.example.com:22/shop.git",
            "git@git.example.com:team/shop.git",
            "https://x.example.com/a@b/shop",
        ),
        *("git.example.com:shop.git", "http://x/y?branch=main", "git://git.example.com/shop.git", "ssh://x/y"),
    ],
)
def test_addresses_that_hold_no_secret(url: str) -> None:
    """As git takes them."""
    found = asks(git=url, for_="openshift", image="shop").git
    assert found is not None
    assert found.url == url


def test_where_migrations_run(tmp_path: Path) -> None:
    """In a Job, in the pod, or where the deploy hook has them; never in two places."""
    files = SETS["django"]
    jobs = objects(tmp_path, files)
    assert [name.rpartition("-")[0] for name in jobs if name.startswith("Job")] == ["Job shop-migrate"]
    assert "initContainers" not in pod(jobs)
    for options in ({"data": "data"}, {"for_": "openshift", "image": "shop"}):
        found = objects(tmp_path, files, **options)
        assert not [name for name in found if name.startswith("Job")]
        (container,) = pod(found)["initContainers"]
        assert container["command"][:2] == ["s2itasks", "migrate"]
    own = objects(tmp_path / "own", SETS["deploy-migrates"])
    assert not [name for name in own if name.startswith("Job")]
    assert "initContainers" not in pod(own)


def test_a_deploy_hook_that_migrates_is_alone(tmp_path: Path) -> None:
    """The old pod is gone before the new one migrates; elsewhere a pod is replaced before it goes."""
    found = objects(tmp_path, SETS["deploy-migrates"])
    assert found["Deployment shop"]["spec"]["strategy"] == {"type": "Recreate"}
    assert objects(tmp_path / "job", SETS["django"])["Deployment shop"]["spec"]["strategy"]["type"] == "RollingUpdate"


def test_an_application_without_a_web_server(tmp_path: Path) -> None:
    """Nothing leads to it, and nothing asks where it listens; its probes stay."""
    for platform in ("kubernetes", "openshift"):
        found = objects(tmp_path / platform, SETS["curl"], no_web=True, for_=platform)
        assert not {name.partition(" ")[0] for name in found} & {"Service", "Route", "Ingress"}
        container = pod(found)["containers"][0]
        assert not {"ports", "env", "lifecycle"} & set(container)
        assert container["readinessProbe"]["exec"]["command"][:2] == ["s2itasks", "ready"]
    written = text(tmp_path / "full", FULL, no_web=True)
    assert not [word for word in ("httpGet", "requests come", "component: web") if word in written]
    serving = text(tmp_path / "full", FULL)
    assert "component: web" in serving


def test_a_job_has_another_name_for_another_image(tmp_path: Path) -> None:
    """And the same for the same; its template could not be changed."""

    def name(**options: Any) -> str:
        (found,) = [each for each in objects(tmp_path, SETS["django"], **options) if each.startswith("Job")]
        return found

    images = [f"registry.example.com/shop:{tag}" for tag in ("1", "2")] + [f"registry.example.com/shop@{DIGEST}"]
    assert len({name(image=image) for image in images}) == 3
    assert name(image=images[0]) == name(image=images[0], host="shop.example.com")


def test_the_builder_is_kept_from_migrating(tmp_path: Path) -> None:
    """Django's migrations are the builder's own otherwise, in every pod."""
    variables = pod(objects(tmp_path, SETS["django"]))["containers"][0]["env"]
    assert variables == [{"name": "DISABLE_MIGRATE", "value": "1"}]
    off: Files = {**SETS["django"], ".s2i/environment": "DISABLE_MIGRATE=1\n"}
    assert "env" not in pod(objects(tmp_path / "off", off))["containers"][0]


def test_a_start_without_ready_is_waited_for(tmp_path: Path) -> None:
    """No startupProbe keeps the liveness probe back, so it has the patience itself; nothing is alive without a hook."""
    container = pod(objects(tmp_path, SETS["alive"]))["containers"][0]
    probe = container["livenessProbe"]
    assert probe["failureThreshold"] * probe["periodSeconds"] == 300
    assert "startupProbe" not in container
    assert not [key for key in pod(objects(tmp_path / "no", {}))["containers"][0] if key.endswith("Probe")]
    assert "livenessProbe" not in pod(objects(tmp_path / "ready", SETS["curl"]))["containers"][0]


LOCAL = ("Host", "localhost")
SOCKET = "#!/bin/bash\nset -e\nexec 3<>/dev/tcp/127.0.0.1/8080\n{}read -r _ status _ <&3\n[[ $status == 200 ]]\n"
CURL_WITH = f"{BASH}curl -fsS {{}} http://127.0.0.1:8080/\n"


def http_get(path: str = "/", port: str | int = "http", *headers: tuple[str, str], **more: str) -> Object:
    """Return the handler of a probe, with the name that the hook gives the server."""
    named = [{"name": name, "value": value} for name, value in headers or (LOCAL,)]
    return {"path": path, "port": port, "httpHeaders": named, **more}


OFFERED: list[tuple[str, Object | None]] = [
    (CURL, http_get("/ready")),
    (f"{BASH}wget -qO- http://127.0.0.1:9001/\n", http_get("/", 9001, ("Host", "127.0.0.1"))),
    (f'{BASH}timeout 3 curl -sf "http://localhost:$PORT/x?a" >/dev/null\n', None),
    (f'{BASH}timeout 3 curl -skf "https://localhost:${{PORT:-8080}}" >/dev/null\n', http_get(scheme="HTTPS")),
    (f"{BASH}curl -f http://localhost:8080/\ncurl -f http://localhost:8080/db\n", None),
    (f"{BASH}curl -f http://database:8080/\n", None),
    (f"{BASH}curl -f http://localhost:8080/ && ./more\n", None),
    (f"{BASH}curl -fs http://localhost:8080/ || true\n", None),
    (f"{BASH}curl -fs http://localhost:8080/ || :\n", None),
    (f"{BASH}curl -fs http://localhost:8080/ || {{ echo none; }}\n", None),
    (f"{BASH}curl -fs http://localhost:8080/ || exit 0\n", None),
    (f"{BASH}curl -fs http://localhost:8080/ || exit 1\n", http_get()),
    (f"{BASH}curl -s http://localhost:8080/\n", None),
    (f"{BASH}curl -s --fail-early http://localhost:8080/\n", None),
    (f"{BASH}curl -s -o file http://localhost:8080/\n", None),
    (f"{BASH}curl -sofile http://localhost:8080/\n", None),
    (f"{BASH}curl --silent --fail-with-body http://localhost:8080/\n", http_get()),
    (f"{BASH}curl -sm2f http://localhost:8080/\n", None),
    ("#!/bin/bash\ncurl -fs http://localhost:8080/\necho done\n", None),
    ("#!/bin/bash\ncurl -fs http://localhost:8080/ | read -r line\n", None),
    (f"{BASH}if curl -fs http://localhost:8080/; then echo yes; fi\n", None),
    (f"{BASH}! curl -fs http://localhost:8080/\n", None),
    (f"{BASH}curl -fs http://localhost:8080/ &\n", None),
    (f"{BASH}exit 0\ncurl -fs http://localhost:8080/\n", None),
    ("#!/usr/bin/python3\ncurl -f http://localhost:8080/\n", None),
    (CURL_WITH.format("-H 'Host: x'"), http_get("/", "http", ("Host", "x"))),
    (
        CURL_WITH.format("-H 'X-Forwarded-Proto: https' --header \"X-From: a probe\""),
        http_get("/", "http", ("Host", "127.0.0.1"), ("X-Forwarded-Proto", "https"), ("X-From", "a probe")),
    ),
    (f"{BASH}wget -qO- --header='Host: {{{{x}}}}' http://localhost/\n", http_get("/", 80, ("Host", "{{x}}"))),
    *((CURL_WITH.format(option), None) for option in (
        "-H Host:", "-H @file", "-H 'X-Empty;'", '-H "Host: $HOST"', '-H "Host: $(hostname)"', "-H'Host: x'",
        "-sHHost:x", "-A probe", "-Aprobe", "-sAprobe", "--referer x", "-H 'X: 1' -H 'X: 2'", "-H 'A b: x'",
        "-H 'Authorization: Bearer hunter2hunter2'", "-H 'X-Api-Key: hunter2hunter2'", "-H",
    )),
    (
        SOCKET.format("printf 'GET /up HTTP/1.1\\r\\nhost: shop\\r\\nX-Forwarded-Proto: https\\r\\n\\r\\n' >&3\n"),
        http_get("/up", "http", ("host", "shop"), ("X-Forwarded-Proto", "https")),
    ),
    (SOCKET.format("printf $'GET / HTTP/1.0\\nHost: localhost\\n\\n' >&3\n"), http_get()),
    *((SOCKET.format(sent), None) for sent in (
        "printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3\n",
        "printf 'GET / HTTP/1.0\\r\\n' >&3\nprintf 'Host: x\\r\\n\\r\\n' >&3\n",
        "printf 'GET / HTTP/1.0\\r\\nHost: %s\\r\\n\\r\\n' \"$HOST\" >&3\n",
        'printf "GET / HTTP/1.0\\r\\nHost: $HOST\\r\\n\\r\\n" >&3\n',
        "printf 'GET / HTTP/1.0\\r\\nHost: \\x61\\r\\n\\r\\n' >&3\n",
    )),
]  # fmt: skip


def offered(written: str) -> Object | None:
    """Return the handler that a comment offers, read as somebody would who removes the number signs."""
    _, found, behind = written.partition("#   httpGet:\n")
    lines = (line.strip()[2:] for line in behind.splitlines())
    text = "\n".join(itertools.takewhile(lambda line: line.startswith("    "), lines))
    handler: Object | None = yaml.safe_load(text)
    return handler if found else None


@pytest.mark.parametrize(("hook", "handler"), OFFERED)
def test_a_hook_that_only_asks_for_a_page(tmp_path: Path, hook: str, handler: Object | None) -> None:
    """A probe of Kubernetes could do that without a process, so it is offered, with the same headers; else nothing is.

    Without Host, the kubelet would send the pod's address, which Django does not take.
    """
    written = text(tmp_path, {f"{HOOK}ready": hook})
    assert offered(written) == handler
    assert ("httpGet" in written, "hunter2" in written) == (handler is not None, False)
    if handler is not None:
        deployment = next(each for each in yaml.safe_load_all(written) if each["kind"] == "Deployment")
        probe = deployment["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]
        probe["httpGet"] = handler
        del probe["exec"]
        assert misfits(deployment) == []


def test_the_starter_hook_is_such_a_one(tmp_path: Path) -> None:
    """What init writes."""
    starter = (Path(manifesting.__file__).parent.parent / "init/hooks/any/ready").read_text()
    assert offered(text(tmp_path, {f"{HOOK}ready": starter})) == http_get()


def test_variables(tmp_path: Path) -> None:
    """A key of the Secret for each required one, none for what .s2i/environment has; nothing of a value anywhere."""
    variables = pod(objects(tmp_path, FULL))["containers"][0]["env"]
    keys = {each["name"]: each["valueFrom"]["secretKeyRef"] for each in variables}
    assert keys == {
        "DATABASE_URL": {"key": "DATABASE_URL", "name": "shop", "optional": True},
        "SECRET_KEY": {"key": "SECRET_KEY", "name": "shop"},
    }
    container = pod(objects(tmp_path, FULL, secret="other"))["containers"][0]  # noqa: S106 - its name
    assert {each["valueFrom"]["secretKeyRef"]["name"] for each in container["env"]} == {"other"}
    assert container["envFrom"] == [{"secretRef": {"name": "other"}}]


def test_what_a_variable_is_for(tmp_path: Path) -> None:
    """As it is written, but for what a terminal or Helm would take for more, and for secrets."""
    files: Files = {".s2i/required": "A# \x1b]0;x\x07 \u202e {{ .Values.a }}\nB  # postgresql://u:hunter2@db/x\n"}
    written = text(tmp_path, files)
    assert "            # \\x1b]0;x\\x07 \\u202e { { .Values.a }}\n" in written
    assert "hunter2" not in written
    assert "            # postgresql://" in written


def test_schedules(tmp_path: Path) -> None:
    """By name, or as the file says; a category with neither is warned of."""
    files: Files = {
        **{f"{JOBS}{name}/job": f"{BASH}make\n" for name in ("hourly", "import", "often")},
        f"{JOBS}often/schedule 644": "CRON_TZ=Asia/Tokyo # there\n*/10 8-18 * * 1-5 # while they work\n",
        f"{JOBS}daily/.keep": "",
    }
    write(tmp_path, files)
    done = run(tmp_path).succeeded()
    found = [each["spec"] for each in yaml.safe_load_all(done.out) if each and each["kind"] == "CronJob"]
    assert [(each["schedule"], each["timeZone"]) for each in found] == [
        ("0 * * * *", "Etc/UTC"),
        ("*/10 8-18 * * 1-5", "Asia/Tokyo"),
    ]
    assert done.err == (
        "s2itasks: warning: nothing says when the jobs of 'import' run, so they get no CronJob; "
        "write .s2i/jobs/import/schedule\n"
    )
    (tmp_path / ".s2i/jobs/often/schedule").write_text("\nat ten\n")
    done = run(tmp_path)
    assert (done.status, done.error.partition("; ")[0]) == (
        2,
        ".s2i/jobs/often/schedule:2: a schedule has five fields (minute hour day month weekday), and this has 2",
    )


def test_a_schedule_without_scripts(tmp_path: Path) -> None:
    """Is warned of, as nothing comes of it."""
    write(tmp_path, {f"{JOBS}nightly/schedule 644": "@daily\n", f"{JOBS}daily/.keep": ""})
    done = run(tmp_path).succeeded()
    assert "CronJob" not in done.out
    assert done.err == (
        "s2itasks: warning: the job category 'nightly' has a schedule and no jobs, so it gets no CronJob; "
        "put scripts into .s2i/jobs/nightly\n"
    )


def test_a_category_that_looks_like_an_option(tmp_path: Path) -> None:
    """The command of its CronJob runs it."""
    files: Files = {f"{JOBS}-x/job": f"{BASH}echo it ran\n", f"{JOBS}-x/schedule 644": "@daily\n"}
    (job,) = [each for each in objects(tmp_path, files).values() if each["kind"] == "CronJob"]
    command = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["command"]
    assert command == ["s2itasks", "jobs", "--", "-x"]
    places = {name: str(tmp_path) for name in ("S2I_SOURCE_PATH", "S2I_APPLICATION_PATH")}
    places["PATH"] = os.environ["PATH"]
    done = subprocess.run([S2ITASKS, *command[1:]], env=places, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"it ran\n"), done.stderr


def test_a_category_that_helm_would_evaluate(tmp_path: Path) -> None:
    """Is refused, with the reason."""
    write(tmp_path, {f"{JOBS}{{{{ x }}}}/job": f"{BASH}make\n", f"{JOBS}{{{{ x }}}}/schedule 644": "@daily\n"})
    done = run(tmp_path)
    assert (done.status, done.error) == (
        2,
        "Helm would evaluate the {{ in the name of the job category '{{ x }}'; give it another name",
    )


# Root reads everything, so somebody else has to look; only root can become one.
@pytest.mark.skipif(random_user.interpreter() is None, reason="needs root and a Python that anybody can start")
@pytest.mark.parametrize("directory", [".s2i/action_hooks", ".s2i"])
def test_hooks_that_cannot_be_read(tmp_path: Path, directory: str) -> None:
    """Nobody knows which there are, so nothing is made of them."""
    write(tmp_path, SETS["alive"])
    random_user.open_to(tmp_path)
    (tmp_path / directory).chmod(0)
    words = ["manifests", str(tmp_path), "--name", "shop", "--image", "registry.example.com/shop:1"]
    called = [*random_user.prefix(), *random_user.command(random_user.interpreter() or ""), *words]
    done = subprocess.run(called, cwd="/", env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (126, "")
    assert done.stderr.startswith(f"s2itasks: error: {directory} cannot be read: Permission denied")


@pytest.mark.parametrize("stream", [">&-", ">/dev/full"])
def test_a_stdout_that_takes_nothing(tmp_path: Path, stream: str) -> None:
    """Is a failure: who asked for the objects has none."""
    write(tmp_path, {".s2i/environment": ""})
    called = f'"$0" manifests "$1" --name shop --image registry.example.com/shop:1 {stream}'
    done = subprocess.run(["bash", "-c", called, S2ITASKS, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("s2itasks: error: ")


def test_a_file_for_a_directory(tmp_path: Path) -> None:
    """Is refused before anything is written."""
    write(tmp_path, {".s2i/environment": "", "deploy.yaml": "a: 1\n"})
    done = run(tmp_path, output="deploy.yaml")
    assert (done.status, done.error) == (2, f"{tmp_path}/deploy.yaml is a file; give a directory")


def test_no_token_in_pods(tmp_path: Path) -> None:
    """No hook asks the cluster's API; who does adds it."""
    for each in objects(tmp_path, FULL, with_=["setup"]).values():
        for found in pods(each):
            assert found["spec"]["automountServiceAccountToken"] is False


def test_a_directory(tmp_path: Path) -> None:
    """A file for each object and their list; again over its own files, never over somebody else's."""
    write(tmp_path, FULL)
    first = run(tmp_path, output="deploy").succeeded()
    files = sorted(path.name for path in (tmp_path / "deploy").iterdir())
    assert sorted(first.out.split()) == [str(tmp_path / "deploy" / name) for name in files]
    listed = yaml.safe_load((tmp_path / "deploy/kustomization.yaml").read_text())["resources"]
    assert sorted([*listed, "kustomization.yaml"]) == files
    assert {"deployment.yaml", "service.yaml", "job-migrate.yaml", "cronjob-nightly.yaml"} < set(listed)
    shutil.rmtree(tmp_path / ".s2i/jobs/nightly")
    again = run(tmp_path, "registry.example.com/shop:2", "deploy").succeeded()
    assert (
        again.err
        == f"s2itasks: warning: {tmp_path}/deploy/cronjob-nightly.yaml is not among them any more; remove it\n"
    )
    assert "shop:2" in (tmp_path / "deploy/job-migrate.yaml").read_text()
    (tmp_path / "deploy/service.yaml").write_text("kind: Service\n")
    refused = run(tmp_path, "registry.example.com/shop:3", "deploy")
    said = "deploy/service.yaml is there, and not made by s2itasks manifests; move it away, or choose another directory"
    assert (refused.status, refused.error) == (2, f"{tmp_path}/{said}")
    assert "shop:3" not in (tmp_path / "deploy/job-migrate.yaml").read_text()


def test_the_order_by_hand(tmp_path: Path) -> None:
    """The Job before, the rest, the roll-out, the Jobs behind it; each command names what there is."""
    written = text(tmp_path, FULL, with_=["setup"])
    lines = [line[4:] for line in written.splitlines() if line.startswith("#   kubectl")]
    names = {
        each.partition(" ")[2].rpartition("-")[0]: each.partition(" ")[2]
        for each in objects(tmp_path, FULL, with_=["setup"])
    }
    assert lines == [
        "kubectl create secret generic shop --from-literal=SECRET_KEY=...",
        "kubectl apply -f FILE -l app.kubernetes.io/component=migrate",
        f"kubectl wait --for=condition=complete --timeout=1800s job/{names['shop-migrate']}",
        "kubectl apply -f FILE -l 'app.kubernetes.io/component notin (migrate,setup,post-deploy)'",
        "kubectl rollout status --timeout=600s deployment/shop",
        "kubectl apply -f FILE -l app.kubernetes.io/component=setup",
        f"kubectl wait --for=condition=complete --timeout=600s job/{names['shop-setup']}",
        "kubectl apply -f FILE -l app.kubernetes.io/component=post-deploy",
        f"kubectl wait --for=condition=complete --timeout=600s job/{names['shop-post-deploy']}",
    ]


def test_what_a_wait_does_not_see(tmp_path: Path) -> None:
    """The text says what to look at beside it, with the tool of the platform, where there is something to wait for."""
    said = " ".join(line[2:] for line in text(tmp_path, FULL).partition("---")[0].splitlines())
    assert "wait ends when a Job has succeeded, and not when it has failed" in said
    assert "kubectl wait --for=condition=failed" in said
    assert "condition=failed" not in text(tmp_path / "no", SETS["curl"])
    asked = {"for_": "openshift", "image": "quay.io/team/shop:1"}
    assert "oc wait --for=condition=failed" in " ".join(text(tmp_path, FULL, **asked).replace("#", "").split())


def test_nothing_of_a_repository_is_run(tmp_path: Path) -> None:
    """Nor does a link lead out of it."""
    trap = f"{BASH}touch {tmp_path}/run\n"
    write(tmp_path / "source", {f"{HOOK}{name}": trap for name in ("ready", "deploy_env", "migrate")})
    (tmp_path / "secret").write_text("0 0 * * *\n")
    (tmp_path / "source/.s2i/required").symlink_to(tmp_path / "secret")
    done = run(tmp_path / "source")
    assert (done.status, "is a link that leads out of the source" in done.error) == (126, True)
    (tmp_path / "source/.s2i/required").unlink()
    run(tmp_path / "source").succeeded()
    assert not (tmp_path / "run").exists()
