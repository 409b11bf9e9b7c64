"""The secrets of the application, which are made once and kept in the data directory."""

import json
import random
import string


def read(path):
    with open(path) as opened:
        return json.load(opened)


def made():
    chance = random.SystemRandom()
    return {"secret_key": "".join(chance.choice(string.ascii_letters + string.digits) for _ in range(50))}


if __name__ == "__main__":
    print(json.dumps(made()))
