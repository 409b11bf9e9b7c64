"""Names of variables that look like those of secrets, and what of a value they hide."""

from __future__ import annotations

import re

MASK = "***"

# Case and what is not a letter part their words: DB_PASS, dbPass, db-pass, DB.PASS.
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
WHOLE = r"(?:PAT|SALT|CRED|BEARER|AUTHORIZATION|SESSIONID|PHPSESSID)S?|PASSES"
END = r"(?:PASS|PWD|PW|KEY|AUTH|JWT|DSN|SESSION|SIGNATURE)S?"  # of a word, as in DBPASS and OAUTH
OTHER_WORD = re.compile(
    r"(?:\w*COM|BY|TRES|SUR|UNDER|OVER)PASS|(?:MON|DON|TUR|HOC|JOC|WHIS|LAC|HOT)KEYS?|(?:OB|POS)SESSIONS?"
)
PART = r"PASSWORD|PASSWD|PASSPHRASE|PASSCODE|SECRET(?!AR)|TOKEN(?!I[SZ])|CREDENTIAL|PRIVATE|API_?KEY|COOKIE(?!CUTTER)"
SECRET_WORD = re.compile(rf"(?:{WHOLE}|\w*{END})")
SECRET_PART = re.compile(PART)
PERHAPS = re.compile(f"{WHOLE}|{END}|{PART}")  # few names are looked at any closer
PUBLIC_KEY = re.compile(r"(?:public|publishable|pub)[^a-z]?keys?", re.IGNORECASE)
PATHS = ("PWD", "OLDPWD", "NSS_WRAPPER_PASSWD")
OF_A_PATH = ("FILE", "PATH", "DIR")
# What Python says of a variable or a setting that is not there: the name is what has to be read.
MISSING = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
OF_A_NUMBER = ("AGE", "TTL", "LENGTH", "LIFETIME", "TIMEOUT", "SECONDS", "MINUTES", "HOURS", "DAYS")


def is_secret(name: str) -> bool:
    """Whether a variable's name looks like that of a secret."""
    if name in PATHS or not PERHAPS.search(name.upper()):
        return False
    public = list(PUBLIC_KEY.finditer(name))
    if public and public[-1].end() == len(name):
        return False
    rest = PUBLIC_KEY.sub(" ", name) if public else name
    return bool(SECRET_PART.search(rest.upper())) or any(_is_secret_word(word.upper()) for word in WORD.findall(rest))


def hides(name: str, value: str) -> bool:
    """Whether a value is hidden for its name: not what is no secret for sure, such as ``true``, or a path by name."""
    bare = value.strip(" \"'")
    if not bare or bare.lower() in ("true", "false") or (name == "KeyError" and MISSING.fullmatch(bare)):
        return False
    if name in PATHS:
        return not bare.startswith("/")
    if not is_secret(name):
        return False
    last = (WORD.findall(name) or [""])[-1].upper()
    known = (last in OF_A_PATH and re.fullmatch(r"/[\w./-]+", bare)) or (
        last in OF_A_NUMBER and re.fullmatch(r"\d{1,8}", bare)
    )
    return not known


def hidden(value: str) -> str:
    """Return the mask in the quotes that a value has."""
    if not value:
        return value
    quote = value[0] if value[0] in "\"'" else ""
    return f"{quote}{MASK}{quote if len(value) > 1 and value.endswith(quote) else ''}"


def _is_secret_word(word: str) -> bool:
    return bool(SECRET_WORD.fullmatch(word)) and not OTHER_WORD.fullmatch(word)
