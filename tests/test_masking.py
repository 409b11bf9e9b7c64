"""What looks like a secret, and that no message of any command holds one."""

from __future__ import annotations

import string
import time

import pytest
from application import Application, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from s2itasks import console
from s2itasks.masking.text import (
    is_secret,
    looks_like,
    masked,
    masked_command,
    masked_name,
    masked_text,
)

SECRET = "hunter2Zq9"  # noqa: S105 - of nothing
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA0123\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    "name",
    [
        *("DB_PWD", "DB_PW", "PW", "SMTP_PASS", "DBPASS", "GITHUB_PAT", "PATS", "TOKENS", "X.Token", "secrets"),
        *("SECRETKEY",),
        *("KEY", "KEYS", "API_KEY", "APIKEY", "apiKey", "accessKey", "X-Api-Key", "AUTH", "OAUTH2_X", "proxy.auth"),
        *("CREDENTIALS", "MY_JWT", "JWTS", "SENTRY_DSN", "COOKIES", "SESSION_ID", "PHPSESSID", "SIGNATURES", "dbPwd"),
        *("PASSWORDS", "PGPASSWORD", "MYSQL_ROOT_PASSWORD", "PASSPHRASE", "PASSCODE", "PRIVATE_X", "SALT"),
        *("DBPassword",),
        *("PASSWORD2", "S3KEY", "export DB_PASS", "pwd", "AUTHORIZATION", "PUBLIC_KEY_PASSWORD", "db-pass", "Pat"),
    ],
)
def test_names_of_secrets(name: str) -> None:
    """By a word of the name, wherever it begins and ends."""
    assert is_secret(name)
    assert masked(name, SECRET) == "***"


@pytest.mark.parametrize(
    "name",
    [
        *("PWD", "OLDPWD", "NSS_WRAPPER_PASSWD", "NSS_WRAPPER_GROUP", "PATH", "PYTHONPATH", "LD_LIBRARY_PATH"),
        *("PATTERN",),
        *("KEYBOARD", "MONKEY", "MONKEYS", "AUTHOR", "AUTHORS", "AUTHORITY", "PASSENGER", "COMPASS", "BYPASS"),
        *("PASSIVE",),
        *("PATCH", "DISPATCH", "HOME", "TURKEY", "SECRETARY", "TOKENIZERS_PARALLELISM", "POSSESSION", "KEYCLOAK_URL"),
        *("SSH_PUBLIC_KEY", "JWT_PUBLIC_KEY", "STRIPE_PUBLISHABLE_KEY", "publicKey", "SSH_PUBKEY", "DSNX"),
        *("SALTY", "A", ""),
    ],
)
def test_names_of_something_else(name: str) -> None:
    """Words that only begin or end like those."""
    assert not is_secret(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("PWD", "/opt/app-root/src"), ("OLDPWD", "/"), ("NSS_WRAPPER_PASSWD", "/etc/passwd")),
        *(("PATH", "/usr/bin:/bin"),),
        *(("SESSION_COOKIE_SECURE", "true"), ("TOKEN", "False"), ("PASSWORD", ""), ("SESSION_COOKIE_AGE", "1209600")),
        *(("PASSWORD_FILE", "/run/secrets/db"), ("PASSWORD_MIN_LENGTH", "12"), ("TOKEN_TTL", "300")),
        *(("URL", "https://host:8080/path?x=1"), ("URL", "http://127.0.0.1:8080/")),
        *(("URL", "ssh://git@github.com/a/b"),),
        *(("URL", "postgres://me@host/db"), ("REPOSITORY", "git@github.com:me/it.git")),
        *(("IMAGE", "app:v1@sha256:0123abc"),),
        *(("KEY_TEXT", ""), ("SSH_PUBLIC_KEY", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ me@host")),
        *(("X", "it's 5:30, or 6"),),
        *(("PUBLIC_KEY", "-----BEGIN PUBLIC KEY-----\nMIIBIjAN\n-----END PUBLIC KEY-----"),),
        *(("OPTS", "-Xmx512m -Da.b=c"), ("STAMP", "date -u +%H:%M"), ("SAID", "KeyError: 'SECRET_KEY'")),
        *(("S", "sk_testing"), ("D", "the keys: all of them"), ("A", "us-east-1:a")),
    ],
)
def test_values_that_are_shown(name: str, value: str) -> None:
    """Paths by name, what is surely no secret, URLs without any."""
    assert masked(name, value) == value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Bearer hunter2Zq9", "Bearer ***"),
        ("Basic aHVudGVyMlpxOQ", "Basic ***"),
        ("a Bearer hunter2Zq9 b", "a Bearer *** b"),
        ("Authorization: Digest hunter2Zq9", "Authorization: ***"),
        ("postgres://me:hunter2Zq9@host/db", "postgres://me:***@host/db"),
        ("postgres://me:p@hunter2Zq9/x@host/db?a=1", "postgres://me:***@host/db?a=1"),
        ("postgres://me:p%40hunter2Zq9@host/db", "postgres://me:***@host/db"),
        ("postgres://me:a hunter2Zq9@host/db", "postgres://me:***@host/db"),
        ("x=amqp://u:hunter2Zq9@h1,amqp://u:hunter2Zq9@h2/", "x=amqp://u:***@h1,amqp://u:***@h2/"),
        ("redis://:hunter2Zq9@host:6379/0", "redis://:***@host:6379/0"),
        ("https://a/?next=https%3A%2F%2Fme%3Ahunter2Zq9%40host", "https://a/?next=https%3A%2F%2Fme%3A***%40host"),
        ("https%253A%252F%252Fme%253Ahunter2Zq9%2540host", "https%253A%252F%252Fme%253A***%2540host"),
        (r"https:\/\/me:hunter2Zq9@host", r"https:\/\/me:***@host"),
        ("https://hunter2Zq9@github.com/x", "https://***@github.com/x"),
        ("https://hunter2Zq9@github.com/x tcp://HOST:PORT x", "https://***@github.com/x tcp://HOST:PORT x"),
        (
            "postgresql://USER:PASSWORD@HOST/hunter2 TOKEN=hunter2Zq9",
            "postgresql://USER:PASSWORD@HOST/hunter2 TOKEN=***",
        ),
        ("https://0123456789abcdef0123:x-oauth-basic@github.com/", "https://***:***@github.com/"),
        ("me:hunter2Zq9@tcp(host:3306)/db", "me:***@tcp(host:3306)/db"),
        ("https://hooks.slack.com/services/T00/B00/hunter2Zq9", "https://hooks.slack.com/***"),
        ("https://discord.com/api/webhooks/1/hunter2Zq9", "https://discord.com/***"),
        ("https://x.webhook.office.com/webhookb2/hunter2Zq9/y", "https://x.webhook.office.com/***"),
        ("https://outlook.office.com/webhook/hunter2Zq9", "https://outlook.office.com/***"),
        ("https%3A%2F%2Fhooks.slack.com%2Fservices%2Fhunter2Zq9", "https%3A%2F%2Fhooks.slack.com%2F***"),
        ("https://mattermost.example.com/hooks/hunter2Zq9", "https://mattermost.example.com/***"),
        (f"a {PEM} b", "a *** b"),
        (PEM.replace("\n", r"\n"), "***"),
        ("Server=x;Uid=sa;Pwd=hunter2Zq9;Database=y", "Server=x;Uid=sa;Pwd=***;Database=y"),
        ("Server=x;Password=my hunter2Zq9;Database=y", "Server=x;Password=***;Database=y"),
        ("Driver={ODBC};UID=sa;PWD={a}};hunter2Zq9};X=y", "Driver={ODBC};UID=sa;PWD=***;X=y"),
        ("Driver={ODBC};PWD='a;hunter2Zq9';X=y", "Driver={ODBC};PWD='***';X=y"),
        ("jdbc:postgresql://h/d?user=a&password=hunter2Zq9&ssl=1", "jdbc:postgresql://h/d?user=a&password=***&ssl=1"),
        ("host=h password='a hunter2Zq9' dbname=x", "host=h password='***' dbname=x"),
        ("redis:6379,password=hunter2Zq9,ssl=True", "redis:6379,password=***,ssl=True"),
        ("https://a.net/c?sv=1&sig=hunter2Zq9%3D&se=2", "https://a.net/c?sv=1&sig=***&se=2"),
        ("https://a.net/c?X-Amz-Signature=hunter2Zq9&a=2", "https://a.net/c?X-Amz-Signature=***&a=2"),
        ("https%3A%2F%2Fa%3Fsig%3Dhunter2Zq9", "https%3A%2F%2Fa%3Fsig%3D***"),
        ("AccountName=x;AccountKey=hunter2Zq9==;EndpointSuffix=y", "AccountName=x;AccountKey=***;EndpointSuffix=y"),
        ("-Ddb.password=hunter2Zq9 -Xmx1g", "-Ddb.password=*** -Xmx1g"),
        ('{"password": "hunter2Zq9", "x": 1}', '{"password": "***", "x": 1}'),
        ("{'dbPassword': 'hunter2Zq9'}", "{'dbPassword': '***'}"),
        ("password: hunter2Zq9", "password: ***"),
        ("--token hunter2Zq9 x", "--token *** x"),
        ("export A=1 DB_PASS='a '\"'\"'hunter2Zq9' B=2", "export A=1 DB_PASS='***' B=2"),
        ("${DB_PASSWORD:-hunter2Zq9}", "${DB_PASSWORD:***}"),
        ("mysql -h db -phunter2Zq9 x", "mysql -h db -p*** x"),
        ("curl -u me:hunter2Zq9 http://x/", "curl -u me:*** http://x/"),
        ("() {  export TOKEN=hunter2Zq9;\n true\n}", "() {  export TOKEN=***;\n true\n}"),
        ("KeyError: 'HUNTER2'", "KeyError: '***'"),
        ("KeyError: 'hunter2_zq9'", "KeyError: '***'"),
        ("near unexpected token `hunter2Zq9'", "near unexpected token `***'"),
    ],
)
def test_secrets_inside_of_a_value(value: str, shown: str) -> None:
    """Under a name that says nothing; a second time changes nothing, and console looks at all of them."""
    assert masked("X", value) == shown
    assert masked_text(masked_text(value)) == masked_text(value)
    assert any(mark in value.lower() for mark in console.PERHAPS_SECRET)
    assert SECRET not in masked_text(f"s2itasks: error: 'x' is {value!r}, which is not so; do it")


@pytest.mark.parametrize(
    "value",
    [
        *("AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", "ghp_" + "a1" * 18, "gho_" + "a1" * 18, "ghs_" + "a1" * 18),
        *("ghu_" + "a1" * 18, "ghr_" + "a1" * 18, "github_pat_11ABCDEFG0_abcdefghijk", "glpat-abcdefghij0123456789"),
        *("xoxb-1234567890-abcdef", "xoxp-1234567890-abcdef", "sk_live_abcdef0123", "rk_live_abcdef0123"),
        *("sk_test_abcdef0123",),
        *("whsec_abcdef0123", JWT, "AIzaSyA-0123456789abcdefghijklmnopqrstu", "sha256~abcdefghijklmnopqrstuvwxyz0123"),
    ],
)
def test_shapes(value: str) -> None:
    """Wherever they are, and check names them."""
    assert masked("X", value) == "***"
    for text in (f"a {value} b", f"'{value}'", f"x={value}", f"?a%3D{value}"):
        assert value not in masked_text(text)
    assert looks_like(value).startswith(("a ", "an "))
    assert any(mark in value.lower() for mark in console.PERHAPS_SECRET)


def test_the_secret_beside_an_aws_key() -> None:
    """Forty characters, which alone could be anything."""
    beside = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    assert masked("X", f"AKIAIOSFODNN7EXAMPLE:{beside}") == "***:***"
    assert masked("COMMIT", "0123456789012345678901234567890123456789").isdigit()


def test_quotes_are_kept() -> None:
    """Also the one that has no other."""
    shown = [masked("PASS", value) for value in ("'a'", '"a"', "'a", "a'", "'")]
    assert shown == ["'***'", '"***"', "'***", "***", "'"]


def test_the_words_of_a_command() -> None:
    """Each as a shell reads it; what an option or an assignment says is a secret, with all of its blanks."""
    words = [
        "env",
        "DB_PASS=a b",
        "X=a b",
        "mysql",
        "-pa b",
        "--token",
        "a b",
        "curl",
        "-u",
        "me:a b",
        "-H",
        "Cookie: a b",
    ]
    assert masked_command(words) == ("env DB_PASS=*** 'X=a b' mysql -p*** --token *** curl -u me:*** -H 'Cookie: ***'")


def test_a_line_of_a_key_is_no_name() -> None:
    """A line of Base64 may end with what makes it an assignment."""
    assert masked_name("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC") == "***"
    assert masked_name("DJANGO_SETTINGS_MODULE_FOR_TESTS_2") == "DJANGO_SETTINGS_MODULE_FOR_TESTS_2"


@given(st.text(alphabet=string.ascii_letters + string.digits + "!#$%*+,-./:;<=>?@[]^_{|}~", min_size=4, max_size=12))
def test_whatever_a_password_is(secret: str) -> None:
    """Alone in a shell's word, quoted, in a URL; nothing of it is shown but what closes a quotation."""
    secret = f"Zq9{secret}Zq8"
    for text in (
        f"A=1 PASSWORD={secret} b",
        f"'PASSWORD={secret}'",
        f'PASSWORD="a {secret}"',
        f"{{'pass': '{secret}'}}",
    ):
        assert "Zq" not in masked_text(text), text
    assert "Zq" not in masked_text(f"see postgres://me:{secret}@host/db")
    assert "Zq" not in masked("X_KEY", secret)


@given(st.text(alphabet="PASWORDpwd=:'\"{};&@/% \\\n*-kgx", max_size=60))
def test_masking_ends_and_changes_only_what_it_masks(text: str) -> None:
    """Whatever it is given, it fails over nothing."""
    shown = masked_text(text)
    assert shown == text or "***" in shown


UNITS = (
    *("a", "a=", "=", "://", "http://u:p@h/", "http://u:p", "%3A", "%25", "PASSWORD=", 'PASSWORD="', "Pwd={"),
    *("password: ",),
    *("'", "\\", "-----BEGIN PRIVATE KEY-----", "eyJ", "eyJa.", "ghp_", "Bearer ", "--token ", "-u ", "mysql "),
    *("user:",),
    *("a@", "hooks/", "http://hooks/", "unexpected token `", ";", "&sig=", " ", "A", "public key"),
)


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_a_megabyte(unit: str) -> None:
    """Eight times as much takes no more than some eight times as long."""

    def seconds(size: int) -> float:
        text = (unit * (size // len(unit) + 1))[:size]
        started = time.process_time()
        masked("X", text)
        is_secret(text)
        return time.process_time() - started

    assert seconds(1_000_000) < 30 * seconds(125_000) + 1


# Everything that commands print.

PLANTED = {
    "DB_PASSWORD": "S3KRITone",
    "SMTP_PWD": "S3KRIT two'\"words",
    "DATABASE_URL": "postgres://me:S3KRIT@S3KRIT/three@db/x",
    "WEBHOOK": "https://hooks.slack.com/services/T/B/S3KRITfour",
    "HTTP_HEADER": "Bearer S3KRITfive",
    "ODBC": "Driver={x};Uid=sa;Pwd={S3KRIT;six};Db=y",
    "STORAGE": "https://a.blob.core.windows.net/c?sv=1&sig=S3KRITseven&se=1",
    "CERTIFICATE": "-----BEGIN PRIVATE KEY-----\nS3KRITeight\n-----END PRIVATE KEY-----",
    "CI": f"x {JWT}S3KRIT",
    "BASH_FUNC_f%%": "() {  export TOKEN='S3KRIT nine'\n}",
}
FILE = """\
API_TOKEN="S3KRITten"
  # OLD_PASSWORD=S3KRITeleven
export AUTH='S3KRIT twelve' # S3 comment
SECRET_KEY=S3KRITthirteen # S3KRITthirteen
URL=https://S3KRITfourteen@github.com/ # x
PASSWORD = S3KRITfifteen
X.PASSWORD=S3KRITsixteen
'COOKIE'=S3KRITseventeen
SALT="S3KRITeighteen
PEM=-----BEGIN PRIVATE KEY-----
S3KRITMIIEvQIBADANBgkqhkiG9w0BAQE/aSC=
S3KRITMIIEvQIBADANBgkqhkiG9w0BAQEFaSC=
-----END PRIVATE KEY-----
DB_PASSWORD=S3KRITnineteen
DB_PASSWORD=S3KRITtwenty
"""
COMMAND = (
    *("env", "PASSWORD=S3KRIT a b", "X_URL=https://me:S3KRIT@h/", "curl", "-u", "me:S3KRIT x", "--token", "S3KRIT b"),
    *("--password=S3KRIT c", "-H", "Authorization: Basic S3KRIT=", "mysql", "-pS3KRIT", "bash", "-c"),
    *("TOKEN='S3KRIT d' x",),
)
LINE = "env PASSWORD='S3KRIT a' curl -u me:S3KRIT --token \"S3KRIT b\" https://me:S3KRIT@h/ -H 'Cookie: S3KRIT; d'"
FLAWED = f"""\
powershift image exec {LINE}
set -x {LINE}
s2itask PASSWORD=S3KRIT
env | PASSWORD=S3KRIT sort
eval "$(( TOKEN=S3KRIT"
"""


def assert_nothing_planted(done: Result) -> None:
    """And there is something in which it could be."""
    assert done.out + done.err
    assert "S3KRIT" not in done.out + done.err
    assert "Traceback" not in done.err


@pytest.fixture
def leaky(application: Application) -> Application:
    """Give an application with secrets wherever it can have some."""
    application.write(application.source / ".s2i/environment", FILE)
    application.hook("deploy", FLAWED)
    application.hook("run", f"exec {LINE}")
    application.hook("ready", f"#!/no/such/PASSWORD=S3KRIT\n{LINE}\n")
    application.hook("build", f"#!/usr/bin/env bash PASSWORD=S3KRIT\n{LINE}\n")
    application.hook("alive", "case x in\na b PASSWORD=S3KRIT S3KRIT\nesac")
    application.write(application.source / ".s2i/jobs/hourly/it", f"#!/bin/bash\n{LINE}\nexit 3\n", 0o644)
    application.write(application.source / ".s2i/bin/run", "#!/bin/bash\nexec s2itasks run\n", 0o755)
    application.builder("assemble", "exit 3")
    return application


@pytest.mark.many_cases
@pytest.mark.parametrize(
    "words",
    [
        ("check", "--format", "json"),
        *(("--dry", "exec", "--", *COMMAND), ("--dry", "run"), ("--dry", "assemble"), ("--dry", "jobs", "hourly")),
        *(("--dry", "ready"), ("--dry", "env"), ("--dry", "alive"), ("env",), ("env", "--build"), ("env", "--changed")),
        *(("check",), ("check", "--format", "github"), ("check", "--fix")),
        *(("check", "--fix", "--format", "json"), ("check", "--fix", "--format", "github"), ("--list",)),
        *(("--list", "-F", "json"), ("--list", "-F", "nested"), ("--help", "ready"), ("assemble",), ("jobs",)),
        *(("jobs", "hourly"), ("ready",), ("run", "PASSWORD=S3KRIT x"), ("exec", "PASSWORD=S3KRIT a")),
        *(("TOKEN=S3KRIT",),),
        *(("exec", "https://me:S3KRIT@h/x"), ("verify", "--token=S3KRIT"), ("check", "--format", "PASSWORD=S3KRIT a")),
        *(("verify", "--timeout", "TOKEN=S3KRIT"), ("env", "PASSWORD=S3KRIT"), ("rehearse", "/no/TOKEN=S3KRIT")),
    ],
    ids=lambda words: " ".join(words)[:40],
)
def test_no_message_holds_a_secret(leaky: Application, words: tuple[str, ...]) -> None:
    """Of the file, the process, the command line or a script; in none of the formats, and in no error."""
    leaky.run("git", "init", "-q").succeeded()
    assert_nothing_planted(leaky.s2itasks(*words, env=PLANTED))


@pytest.mark.many_cases
@pytest.mark.parametrize(
    "text",
    [
        f"echo '{COMMAND[1]}' 'https://me:S3KRIT@h/x' >&2; false",
        "echo $'---\\nline 7: DB_PASSWORD=S3KRIT: no such thing' >&2; exit 3",
        f"PASSWORD=S3KRIT nothing_{SECRET}_of_that_name",
        "f() { return 3; }\nf PASSWORD=S3KRIT",
        "echo curl: --token S3KRIT >&2; false",
        "if PASSWORD='S3KRIT x' )",
        "set -x; TOKEN='S3KRIT y'; false",
        'echo {\\"password\\": \\"S3KRIT z\\"} >&2; kill -9 $$',
    ],
)
def test_what_an_env_script_said_last(application: Application, text: str) -> None:
    """It is a part of our own message where a builder goes on without build_env."""
    application.upload.joinpath(".s2i").mkdir()
    application.hook("build_env", f"{text}\n", uploaded=True)
    application.builder("assemble", "exit 3")
    done = application.s2itasks("assemble")
    ours = [line for line in done.err.splitlines() if line.startswith(("s2itasks:", "---> "))]
    assert any("without build_env" in line for line in ours)
    assert not [line for line in ours if "S3KRIT" in line]


def test_what_a_task_file_raises(application: Application) -> None:
    """The last line of its traceback is our message."""
    text = "raise OSError('cannot reach https://me:S3KRIT@h/ with PASSWORD=S3KRIT')\n@task\ndef it(c): pass\n"
    application.write(application.source / ".s2i/tasks.py", f"from invoke import task\n{text}")
    done = application.s2itasks("app.it")
    assert "cannot reach https://me:***@h/ with PASSWORD=***" in done.error


@pytest.mark.slow
def test_what_is_exempt(leaky: Application) -> None:
    """What is for machines, what was asked for, and what a hook prints."""
    leaky.hook("verify", "echo PASSWORD=S3KRIT")
    assert "S3KRITone" in leaky.s2itasks("env", "--show-secrets", env=PLANTED).out
    for style in ("json", "export", "dotenv"):
        assert "S3KRITone" in leaky.s2itasks("env", "--format", style, "DB_PASSWORD", env=PLANTED).out
    assert "PASSWORD=S3KRIT" in leaky.s2itasks("verify", env=PLANTED).out


NAMES = st.sampled_from(
    ["DB_PASSWORD", "apiKey", "X_TOKEN", "SMTP_PWD", "GITHUB_PAT", "SIGNATURES", "MY_SESSION", "AUTHS"]
)
VALUES = st.text(alphabet=string.ascii_letters + " !#$%&()*+,-./:;<=>?@[]^_{|}~'\"\\", min_size=1, max_size=12)


@pytest.mark.slow
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(NAMES, VALUES, VALUES), min_size=8, max_size=16))
def test_whatever_is_planted(application: Application, planted: list[tuple[str, str, str]]) -> None:
    """Many at once, in the file, the process and a command line."""
    secrets = [(f"{name}_{number}", f"{before}S3KRIT{behind}") for number, (name, before, behind) in enumerate(planted)]
    lines = [f"{' ' * (number % 2)}{name}={value}" for number, (name, value) in enumerate(secrets)]
    application.write(application.source / ".s2i/environment", "\n".join(lines))
    words = [each for name, value in secrets for each in (f"{name}={value}", f"--{name.lower()}", f"x{value}")]
    for command in (
        ("--dry", "exec", "--", "env", *words),
        ("env",),
        ("check",),
        ("--dry", "ready"),
        ("check", "--fix"),
    ):
        assert_nothing_planted(application.s2itasks(*command, env={f"P_{name}": value for name, value in secrets}))
