"""A Flask application, made by a factory."""

from flask import Flask

from . import health, pages


def create_app():
    """Make the application; its settings are the variables that begin with FLASK_."""
    app = Flask(__name__)
    app.config.from_mapping(GREETING="Hello")
    app.config.from_prefixed_env()
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(health.blueprint)
    return app
