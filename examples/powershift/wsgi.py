"""A page that shows what the hooks have left behind; the builder's run script finds it by this very name, ./wsgi.py."""

import os
from pathlib import Path


def application(environ, start_response):
    """Answer every request with the same page."""
    etc = Path(os.environ["SITE_ETC"])  # set by deploy_env
    version, started = ((etc / name).read_text().strip() for name in ("version", "started"))
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [f"version {version}, started {started}\n".encode()]
