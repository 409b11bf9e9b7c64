"""Renders Markdown to HTML: whatever is put into $DATA_DIR/inbox ends up in $DATA_DIR/done.

The builder's run script starts it, because it is called app.py.
"""

import logging
import os
import signal
import sys
import time
from pathlib import Path

import markdown

DATA = Path(os.environ["DATA_DIR"])
HEARTBEAT = Path(os.environ["HEARTBEAT"])
PAUSE = 0.5  # seconds between two looks into the inbox; so long may a worker without work take to end, too

log = logging.getLogger("worker")
stopping = False


def main():
    """Work until SIGTERM, which ends a pod, or Ctrl-C. The file at hand is finished first."""
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "INFO").upper(), stream=sys.stdout, format="%(message)s")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    log.info("waiting for files in %s", DATA / "inbox")
    while not stopping:
        beat()
        work()
        time.sleep(PAUSE)
    log.info("stopped")


def stop(number, frame):
    """Have the loop end. A process without this, as PID 1 of a container, would not hear of SIGTERM at all."""
    global stopping
    stopping = True


def beat():
    """Write the time of this round, for the probes; a file of its own first, so that nobody reads half of it."""
    fresh = HEARTBEAT.with_suffix(".new")
    fresh.write_text(f"{time.time():.0f}\n")
    fresh.replace(HEARTBEAT)


def work():
    """Render what is in the inbox, oldest first. Put files in under another name (.part), and rename them there."""
    for source in sorted((DATA / "inbox").glob("*.md"), key=lambda path: path.stat().st_mtime):
        if stopping:
            return
        try:
            render(source)
        except Exception:
            log.exception("%s: failed", source.name)
            source.replace(source.with_suffix(".failed"))  # out of the way: the next round would fail of it, too
        beat()


def render(source):
    """Render one file. Whoever waits for the result finds nothing, or all of it."""
    fresh = DATA / "done" / f"{source.stem}.part"
    fresh.write_text(markdown.markdown(source.read_text(encoding="utf-8")), encoding="utf-8")
    fresh.replace(fresh.with_suffix(".html"))
    source.unlink()
    log.info("%s: rendered", source.name)


if __name__ == "__main__":
    main()
