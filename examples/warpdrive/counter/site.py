"""Counts its visitors in a file of the data directory."""

import os

DATA = os.path.join(os.environ["WARPDRIVE_APP_ROOT"], "data")


def application(environ, start_response):
    with open(os.path.join(DATA, "visitors"), "r+") as opened:
        count = int(opened.read()) + 1
        opened.seek(0)
        opened.write(str(count))
    with open(os.path.join(os.environ["COUNTER_CONFIG"])) as opened:
        greeting = opened.read().strip()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{greeting} {count}\n".encode()]
