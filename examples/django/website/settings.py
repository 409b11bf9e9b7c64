"""Settings of the example: nothing here differs between a laptop and a cluster, the environment says it all.

SECRET_KEY            required; `.s2i/action_hooks/deploy_env` finds or makes one
DATABASE_URL          e.g. postgres://user:password@host/name (default: db.sqlite3 beside manage.py)
ALLOWED_HOSTS         comma-separated host names of the route, besides localhost
CSRF_TRUSTED_ORIGINS  comma-separated origins, only where a proxy changes the Host header
DEBUG                 1 on a laptop, never in a cluster
"""

import os
from pathlib import Path

import dj_database_url


def listed(name: str) -> list[str]:
    """Split a comma-separated environment variable, absent or empty meaning no items."""
    return [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()]


BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = os.environ.get("DEBUG", "") == "1"

# No default: Django refuses to sign anything with an empty key, which beats a key that everyone can read here.
SECRET_KEY = os.environ.get("SECRET_KEY", "")

# localhost is who the probes ask for; no route ever sends that name on from outside.
ALLOWED_HOSTS = [*listed("ALLOWED_HOSTS"), "localhost", "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = listed("CSRF_TRUSTED_ORIGINS")

# TLS ends at the OpenShift route, which always overwrites this header. Trust it only behind such a proxy.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SILENCED_SYSTEM_CHECKS = [
    "security.W004",  # HSTS is the route's: annotation haproxy.router.openshift.io/hsts_header
    "security.W008",  # so is the redirect to https: --insecure-policy=Redirect; probes speak plain HTTP
]

INSTALLED_APPS = [
    "guestbook",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "website.urls"
WSGI_APPLICATION = "wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}",
        conn_max_age=60,
        conn_health_checks=True,
    ),
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # A database that is gone must cost a worker two seconds, not the two minutes of TCP's patience.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 2)

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"  # filled by the build hook, read-only ever after
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}

# Django's own default mails errors to ADMINS when DEBUG is off; in a pod, the container's log is where to look.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django": {"handlers": ["console"], "level": "INFO", "propagate": False}},
}
