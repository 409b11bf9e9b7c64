"""The pages."""

from flask import Blueprint, current_app

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
@blueprint.get("/<name>")
def greet(name="world"):
    """Greet somebody, as text: nothing of it is HTML."""
    return f"{current_app.config['GREETING']}, {name}!\n", {"Content-Type": "text/plain; charset=utf-8"}
