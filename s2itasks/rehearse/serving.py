"""The application of a rehearsal while it runs: started, asked whether it is ready, followed, stopped."""

from __future__ import annotations

import contextlib
import http.client
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from s2itasks.console import detail, event, say
from s2itasks.errors import SEE_OUTPUT, SIGNALLED, Failure, Stopped, ended
from s2itasks.process.errors import HookFailed

from . import containment, logged_warnings, readiness
from .long_wait import LongWait
from .progress import Follower, Progress, pause, show_end_of
from .root import Root
from .venue import Venue

OF_CLOSING = 0.3  # seconds in which a forwarder finds out that nobody listens behind it
LOOKS = 10  # at an application that has not answered, until it is taken to go on
OF_PROBE = 10.0  # seconds that a ready hook may take; whether Kubernetes gives it as long is for `--probes`


class NotReady(Failure):
    """The application did not get as far as answering."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the application did not become ready: {why}", cure=SEE_OUTPUT, status=1)


class Serving:
    """An application that runs as in a pod.

    :param port: the one that it is told to listen on.
    :param environ: a pod's.
    :param progress: shows what it says while it is waited for; where nothing is drawn, all of that goes to stdout.
    """

    def __init__(self, root: Root, venue: Venue, port: int, environ: Mapping[str, str], progress: Progress) -> None:
        self.log = root.log("run")
        self.probe_log = root.log("ready")
        self.port = port
        self.is_first = venue.is_first
        self._root = root
        self._venue = venue
        self._environ = venue.environ(environ)
        self._progress = progress
        for log in (self.log, self.probe_log):
            log.write_bytes(b"")
        self._follower = Follower(self.log)
        self._status_of_probe: int | None = None
        self._process = self._started()

    @property
    def runs(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    @property
    def address(self) -> str:
        """Where its first page is."""
        return f"http://127.0.0.1:{self.port}/"

    def start(self, *command: str, log: int) -> subprocess.Popen[bytes]:
        """Start a command of s2itasks in its container.

        :param log: a descriptor for its output.
        """
        argv = self._venue.inside(self._venue.s2itasks, *command)
        return subprocess.Popen(  # noqa: S603 - the application's own
            argv,
            env=self._environ,
            cwd=self._root.application / "src",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )

    def wait_until_ready(self, seconds: float) -> None:
        """Wait until the ready hook says so, or where there is none, until the port answers.

        :raises NotReady: when it ends before, does not get so far in time, or answers with a server error.
        """
        asked = "the ready hook" if self._root.has_hook("ready") else f"port {self.port}"
        if not self._progress.is_drawn:
            event("rehearse", f"waiting for {asked}")
        long_wait = LongWait(self.log)
        try:
            with self._progress.timed("ready") as began:
                self._wait(asked, began, seconds, long_wait)
                while (answer := self.status_of_first_page()) is None and not self._stays_ready():
                    self._wait(asked, began, seconds, long_wait)
            self._require_served(answer)
        except NotReady:
            self._show_why()
            raise
        self._follow()
        said = f"{self.address} answers {answer}" if answer else f"port {self.port} is {self._port_is()}"
        event("rehearse", f"ready: {said}")
        readiness.show_remark(answer)

    def stay(self, meanwhile: Callable[[], None]) -> None:
        """Follow it until Ctrl-C, which is how a rehearsal ends well.

        :param meanwhile: is called again and again.
        """
        try:
            detail("Ctrl-C ends it")  # from now on, however soon it comes
            while self.runs:
                self._follower.copy()
                meanwhile()
                pause()
        except Stopped as stopped:
            if stopped.status != SIGNALLED + signal.SIGINT:
                raise
            return
        finally:
            self._follower.copy(all_of_it=True)
        raise HookFailed("s2itasks run", containment.status(self._process) or 1)

    def stop(self, grace: float = containment.GRACE) -> tuple[int, float]:
        """Stop it as a container is; return its status, as a shell's, and how many seconds that took.

        :param grace: seconds that it has before it is killed.
        """
        began = time.monotonic()
        containment.end(self._process, grace)
        return containment.status(self._process), time.monotonic() - began

    def status_of_first_page(self) -> int | None:
        """Return the HTTP status of its first page; None where what answers is not HTTP, or nothing does."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def warnings(self) -> Sequence[str]:
        """Return the lines of its log that warn, each once."""
        return logged_warnings.of(self.log.read_text(encoding="utf-8", errors="replace"))

    def _started(self) -> subprocess.Popen[bytes]:
        argv = self._venue.container(self._venue.s2itasks, "run", main=True)
        with self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - what the user asked to rehearse
                argv,
                env=self._environ,
                cwd=self._root.application / "src",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wait(self, asked: str, began: float, seconds: float, long_wait: LongWait) -> None:
        while not self._is_ready() or not self.runs:
            self._progress.draw(f"waiting for {asked}", began, self.log)
            self._follow()
            if said := long_wait.look():
                self._progress.erase()
                event("rehearse", said)
            if not self.runs:
                raise NotReady(f"s2itasks run {ended(containment.status(self._process))}")
            if time.monotonic() - began > seconds:
                did_not, said = readiness.why_not(self._status_of_probe, self.probe_log)
                raise NotReady(f"{asked} {did_not} within {seconds:g} s{said}")
            pause()

    def _require_served(self, answer: int | None) -> None:
        if answer is not None and answer >= http.client.INTERNAL_SERVER_ERROR:
            raise NotReady(f"{self.address} answers {answer}")

    def _is_ready(self) -> bool:
        if not self._root.has_hook("ready"):
            return self._port_is() == "open"
        with self.probe_log.open("wb") as log:
            probe = self.start("ready", "--timeout", f"{OF_PROBE:g}", log=log.fileno())
            try:
                probe.wait(OF_PROBE * 2)
                self._status_of_probe = containment.status(probe)
            except subprocess.TimeoutExpired:
                self._status_of_probe = None
            finally:
                probe.kill()
                probe.wait()
        return self._status_of_probe == 0

    def _stays_ready(self) -> bool:
        """Whether it goes on without an answer; gunicorn listens, and ends when its workers cannot import a module."""
        has_hook = self._root.has_hook("ready")
        for _ in range(LOOKS):
            if not self.runs or not (has_hook or self._port_is() == "open"):
                return False
            pause()
        return True

    def _port_is(self) -> str:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
            return "closed" if self._venue.answers_early and _is_closed(connection) else "open"
        return "closed"

    def _follow(self) -> None:
        if not self._progress.is_drawn:
            self._follower.copy(again=False)

    def _show_why(self) -> None:
        """Show what may tell why: the end of what the application said, and what the ready hook said last."""
        if self._progress.is_drawn:
            show_end_of(self.log)
        else:
            self._follower.copy(all_of_it=True, again=False)
        readiness.show_output(self.probe_log)
        # Not an event, which a terminal's width cuts: this is there to be copied.
        say(f"---> rehearse: to look for the reason: {shlex.quote(str(self._root.script))} doctor")


def _is_closed(connection: socket.socket) -> bool:
    """Whether the other side closes a connection as soon as it has taken it."""
    connection.settimeout(OF_CLOSING)
    try:
        return connection.recv(1) == b""
    except socket.timeout:
        return False


@contextlib.contextmanager
def serving(root: Root, venue: Venue, port: int, environ: Mapping[str, str], progress: Progress) -> Iterator[Serving]:
    """Run the application, and stop it as a container is stopped."""
    application = Serving(root, venue, port, environ, progress)
    try:
        yield application
    finally:
        application.stop()
        venue.end()
