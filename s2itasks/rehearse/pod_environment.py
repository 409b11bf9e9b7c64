"""The environment of a rehearsal: a pod's, and not that of the shell it is started in."""

from __future__ import annotations

import fnmatch
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from s2itasks.environment import environment_file
from s2itasks.errors import UsageError, did_you_mean

from . import home
from .machine_pythons import Interpreter

# What a container has from its cluster rather than from its image, and a shell from its user.
PASSED = (
    *("LANG", "LANGUAGE", "LC_*", "TZ", "TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR"),
    *("http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy"),
    *("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"),
)
# What says where pip finds packages and may have them from; the rest of PIP_ says where they go.
OF_PIP = (
    *("PIP_CACHE_DIR", "PIP_CONFIG_FILE", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX"),
    *("PIP_TRUSTED_HOST", "PIP_CERT", "PIP_CLIENT_CERT", "PIP_PROXY", "PIP_KEYRING_PROVIDER", "PIP_CONSTRAINT"),
    *("PIP_TIMEOUT", "PIP_DEFAULT_TIMEOUT", "PIP_RETRIES", "NETRC"),
)
FILES_OF_PIP = ("PIP_CONFIG_FILE", "PIP_CERT", "PIP_CLIENT_CERT", "NETRC")
# With --inherit, what would make the rehearsal find another application, interpreter or builder than its own.
NOT_INHERITED = ("APP_ROOT", "PYTHONHOME", "PYTHONPATH", "STI_SCRIPTS_PATH", "S2ITASKS_*", "S2I_*", "VIRTUAL_ENV")
# With --inherit and a container, what names places of this machine.
OF_PLACES = (
    *("PATH", "HOME", "PWD", "OLDPWD", "TMPDIR", "TEMP", "TMP", "XDG_*", "SHELL", "SHLVL", "USER", "LOGNAME"),
    *("HOSTNAME", "_", "BASH_ENV", "ENV", "PROMPT_COMMAND", "LD_*", "PIP_*", "NETRC", "CONTAINER*", "DOCKER_*"),
)
CERTIFICATES = tuple(name for name in PASSED if "_CA_" in name or name.startswith("SSL_CERT"))
SHOWN = "/run/s2itasks"  # where containers have files of this machine
SYSTEM = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def given(environ: Mapping[str, str], env: Iterable[str], env_files: Iterable[Path]) -> dict[str, str]:
    """Return the variables that a rehearsal is asked to have; of two with one name, the later counts.

    :param environ: the shell's, for a name without a value.
    :param env: each ``NAME`` or ``NAME=VALUE``, as docker takes them; they win over those of files.
    :param env_files: files as `s2itasks env --format dotenv` writes them, and python-dotenv reads.
    :raises UsageError: for a name that the shell does not have, or a file that nobody can read.
    """
    variables: dict[str, str] = {}
    for file in env_files:
        try:
            content = file.read_bytes()
        except OSError as problem:
            raise UsageError(f"--env-file {file} cannot be read: {problem.strerror}", cure="correct its name") from None
        variables.update(environment_file.variables(content.decode("utf-8", "surrogateescape")))
    for each in env:
        name, separator, value = each.partition("=")
        if not name:
            raise UsageError(f"--env {each!r} has no name", cure="give it NAME or NAME=VALUE")
        if not separator and name not in environ:
            cure = did_you_mean(name, list(environ)) or f"give it a value: --env {name}=VALUE"
            raise UsageError(f"--env {name}: this shell has no such variable", cure=cure)
        variables[name] = value if separator else environ[name]
    return variables


def passed(environ: Mapping[str, str], *, inherit: bool) -> dict[str, str]:
    """Return what a rehearsal has of the shell's variables.

    :param inherit: all but those that are about something else than the rehearsal.
    """
    wanted, unwanted = (("*",), NOT_INHERITED) if inherit else (PASSED, ())
    return {name: value for name, value in environ.items() if _is_one(name, wanted) and not _is_one(name, unwanted)}


def of_pod(
    image: Mapping[str, str],
    file: Mapping[str, str],
    environ: Mapping[str, str],
    own: Mapping[str, str],
    *,
    inherit: bool,
) -> dict[str, str]:
    """Return the environment of a container: the shell's share, the image's, ``.s2i/environment``, what is asked for.

    :param image: what `of_image` returns.
    :param file: what `of_file` returns.
    :param environ: the shell's.
    :param own: what `given` returns.
    :param inherit: see `passed`.
    """
    path = f"{image['PATH']}:{environ['PATH']}" if inherit and "PATH" in environ else image["PATH"]
    own_places = {name: value for name, value in image.items() if name.startswith("S2I_") or name == "PORT"}
    return {**passed(environ, inherit=inherit), **image, "PATH": path, **file, **own, **own_places}


def of_container(
    environ: Mapping[str, str], own: Mapping[str, str], *, inherit: bool
) -> tuple[dict[str, str], dict[str, Path]]:
    """Return what a container gets beside what its image sets, and the certificates that are to be `shown` in it.

    :param environ: the shell's.
    :param own: what `given` returns.
    :param inherit: see `passed`; what is about this machine's places is left out.
    """
    of_shell = {name: value for name, value in passed(environ, inherit=inherit).items() if not _is_one(name, OF_PLACES)}
    rest, files = shown({name: value for name, value in of_shell.items() if name not in own}, CERTIFICATES)
    return {**rest, **own}, files


def shown(variables: Mapping[str, str], naming: Iterable[str]) -> tuple[dict[str, str], dict[str, Path]]:
    """Return the variables as a container has them, in which files are elsewhere, and these files by their variables.

    :param naming: the variables that name files; they are left out where there is no such file.
    """
    files = {name: Path(variables[name]) for name in naming if Path(variables.get(name) or "/").is_file()}
    rest = {name: value for name, value in variables.items() if name not in naming}
    return {**rest, **{name: f"{SHOWN}/{name}" for name in files}}, files


def of_image(application: Path, upload: Path, scripts: Path, port: int, python: Interpreter) -> dict[str, str]:
    """Return what a Python builder image sets, and OpenShift for a container of it.

    PATH has the directory of the interpreter and the system's behind the image's.

    :param python: that of the virtual environment in the application root.
    """
    source, activate = application / "src", str(application / "bin" / "activate")
    path = (application / "bin", source / ".local" / "bin", source / "bin", python.executable.parent)
    return {
        "APP_ROOT": str(application),
        "HOME": str(source),
        "HOSTNAME": "rehearsal-0",
        "STI_SCRIPTS_PATH": str(scripts),
        "STI_SCRIPTS_URL": f"image://{scripts}",
        "PYTHON_VERSION": python.minor,
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "UTF-8",
        "BASH_ENV": activate,
        "ENV": activate,
        "PROMPT_COMMAND": f". {activate}",
        "PATH": f"{':'.join(map(str, path))}:{SYSTEM}",
        "S2I_APPLICATION_PATH": str(application),
        "S2I_SOURCE_PATH": str(source),
        "S2I_UPLOAD_PATH": str(upload),
        "S2I_SCRIPTS_PATH": str(scripts),
        "PORT": str(port),
    }


def of_file(path: Path) -> dict[str, str]:
    """Return the variables of ``.s2i/environment``, which S2I puts into an image as it reads them."""
    if not path.is_file():
        return {}
    assignments = environment_file.as_s2i(environment_file.text(path, ".s2i/environment"))
    return {
        each.name: each.value for each in assignments if each.name and each.value is not None and "\0" not in each.value
    }


def of_pip(environ: Mapping[str, str]) -> dict[str, str]:
    """Return where pip finds the developer's cache, configuration and credentials, whose HOME is another one.

    It is for the build alone.

    :raises CacheOfOther: see `home.cache`.
    """
    variables = {name: environ[name] for name in OF_PIP if name in environ}
    own = home.of_user(environ)
    configuration = environ.get("XDG_CONFIG_HOME") or (str(own / ".config") if own else "")
    caches = own / "Library" / "Caches" if own and sys.platform == "darwin" else home.cache(environ)
    found = {
        "PIP_CONFIG_FILE": [Path(configuration) / "pip" / "pip.conf"] if configuration else [],
        "NETRC": [],
    }
    if own:
        found["PIP_CONFIG_FILE"].append(own / ".pip" / "pip.conf")
        found["NETRC"].append(own / ".netrc")
    for name, files in found.items():
        file = next(filter(Path.is_file, files), None)
        if file:
            variables.setdefault(name, str(file))
    return {"PIP_CACHE_DIR": str(caches / "pip"), "PIP_DISABLE_PIP_VERSION_CHECK": "1", **variables}


def _is_one(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
