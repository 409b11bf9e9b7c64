"""What a rehearsal is asked for, and what of that does not go together."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from s2itasks.errors import UsageError, did_you_mean


@dataclass(frozen=True)
class Wishes:
    """What a rehearsal is asked for.

    :param root: where to do it; a place in the user's cache that is the same each time where it is None.
    :param fresh: begin with an empty root.
    :param check: end when the application is ready instead of staying until Ctrl-C.
    :param wait: seconds that it has to become ready in.
    :param namespace: use one where that can be had.
    :param container: use containers and an image instead of this machine's directories.
    :param image: the builder image for that; None for the default.
    :param read_only: with a read-only root file system.
    :param probes: ask its probes as Kubernetes does.
    :param stop_test: stop it in ``deploy``, too, and say how that went.
    :param command: to run when it is ready, which is then the end.
    :param services: to run for it, of those in `rehearsal.SERVICES`.
    :param env: variables for it, ``NAME`` or ``NAME=VALUE``; likewise ``env_files``, files of such variables.
    :param inherit: let it have all variables of the shell.
    :param python: the Python for it, a version or a path; None for what its files want.
    """

    root: Path | None = None
    fresh: bool = False
    check: bool = False
    wait: float = 120.0
    namespace: bool = True
    container: bool = False
    image: str | None = None
    read_only: bool = False
    probes: bool = False
    stop_test: bool = False
    command: Sequence[str] = ()
    services: Sequence[str] = ()
    env: Sequence[str] = ()
    env_files: Sequence[Path] = ()
    inherit: bool = False
    python: str | None = None

    def require_consistent(self) -> None:
        """Refuse what does not go together.

        :raises UsageError: says what.
        """
        if not self.container:
            if self.image is not None:
                raise UsageError("--image is the builder image of --container", cure="give --container, too")
            return
        if self.image is not None and (not self.image or self.image.startswith("-")):
            raise UsageError(f"--image {self.image!r} is not the name of an image", cure="give it one, or leave it out")
        if not self.namespace:
            raise UsageError("--no-namespace and --container exclude each other", cure="leave one of them out")
        if self.python is not None:
            cure = "leave --python out, or give the --image of another version"
            raise UsageError("--python: with --container, the Python is that of the builder image", cure=cure)
        if self.services and sys.platform != "linux":
            raise UsageError(
                f"--with {self.services[0]} runs on this machine, which containers of its virtual machine do not reach",
                cure="do it without --container",
            )

    def require_services(self, known: Mapping[str, str], own: Collection[str]) -> None:
        """Refuse services that there are none of, or that --env names another one for.

        :param known: the variables that name each service.
        :param own: the variables that are given.
        :raises UsageError: says which.
        """
        for each in self.services:
            if each not in known:
                cure = did_you_mean(each, known) or f"choose one of: {', '.join(known)}"
                raise UsageError(f"--with {each}: there is no such service", cure=cure)
            if known[each] in own:
                raise UsageError(f"--with {each} sets {known[each]}, and so does --env", cure="leave one of them out")
