"""The command ``doctor``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from s2itasks import __version__, colour, console
from s2itasks.columns import Piece
from s2itasks.errors import Failure, UsageError
from s2itasks.layout import Layout
from s2itasks.masking.text import masked_text
from s2itasks.process import limits
from s2itasks.session import NoApplicationRoot, Session

from . import assembled, surroundings, usable
from .symptom import Symptom, Verdict

FORMATS = ("text", "json")
STYLES = dict(zip(Verdict, (colour.GREEN, colour.YELLOW, colour.RED)))
COLUMN = max(len(verdict.value) for verdict in Verdict) + 1
TOPICS = 12  # columns


class Ill(Failure):
    """Something fails here, or would."""

    def __init__(self, number: int) -> None:
        things = "one thing fails" if number == 1 else f"{number} things fail"
        super().__init__(f"{things} here, or would", cure="see the lines that begin with 'fails'", status=1)


def doctor(session: Session, format: str = "text", probe_timeout: str = "1") -> None:  # noqa: A002 - the option's name
    """Look at what keeps an application from starting and answering, in a pod, an image or a rehearsal.

    Which s2itasks assembled the image, when and from which commit; whether hooks or .s2i/environment have changed
    since; which commands are compiled, and if not, why; user, writable places, what PATH finds; whether hooks and jobs
    can run, deploy_env can be sourced and required variables are set; and how long the probes take, which it runs. The
    status is 1 if something fails.
    """
    if format not in FORMATS:
        raise UsageError(f"doctor has no format {format!r}", cure=f"choose one of: {', '.join(FORMATS)}")
    limit = limits.parse(probe_timeout, "--probe-timeout")
    if limit is None:
        raise UsageError("--probe-timeout has to be more than 0", cure="give the timeoutSeconds of your probes")
    session.layout = Layout.from_environment(session.environ)
    if not session.layout.has_root:
        raise NoApplicationRoot(session.layout.application, None)
    session.do(
        "doctor", "look at the image, the container and the hooks", lambda: _diagnose(session, format, limit.seconds)
    )


def _diagnose(session: Session, format: str, seconds: float) -> None:  # noqa: A002 - as above
    if format == "json":
        seen = list(_seen(session, seconds))
        for line in json.dumps(_described(seen), indent=1).splitlines():
            console.show(line, secrets=True)  # they are masked already
    else:
        seen = []
        for symptom in _seen(session, seconds):  # as soon as it is known: a probe may take its time
            seen.append(symptom)
            mark = Piece(symptom.verdict.value.ljust(COLUMN), STYLES[symptom.verdict])
            console.show([mark, Piece(f"{symptom.topic.ljust(TOPICS)} {symptom.text}")])
    failing = sum(symptom.verdict is Verdict.FAILS for symptom in seen)
    if failing:
        raise Ill(failing)


def _seen(session: Session, seconds: float) -> Iterator[Symptom]:
    yield from assembled.symptoms(session.layout)
    yield from usable.environment(session)
    application = session.application if session.is_evaluated else session.environ
    yield from surroundings.symptoms(session.layout, session.environ, application)
    yield from usable.hooks(session)
    yield from usable.probes(session, seconds)


def _described(seen: Sequence[Symptom]) -> dict[str, object]:
    return {
        "s2itasks": __version__,
        "symptoms": [
            {
                "topic": symptom.topic,
                "verdict": symptom.verdict.value,
                "seen": masked_text(symptom.seen),
                "cure": masked_text(symptom.cure),
            }
            for symptom in seen
        ],
    }
