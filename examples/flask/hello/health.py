"""What the probes ask."""

from flask import Blueprint, current_app

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive():
    """Answer. A worker that cannot is worth a restart; a database that is away is not, so nothing is asked here."""
    return {"status": "alive"}


@blueprint.get("/readyz")
def ready():
    """Tell whether a page could be served now: ask here whatever pages need, such as a database."""
    if not current_app.config["GREETING"]:
        return {"status": "there is no greeting; set FLASK_GREETING"}, 503
    return {"status": "ready"}
