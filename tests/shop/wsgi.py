"""The application that README and docs begin with."""

from flask import Flask

application = Flask(__name__)


@application.get("/")
def home():
    return "Hello from the shop\n"
