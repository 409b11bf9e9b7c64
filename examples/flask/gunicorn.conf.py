"""How gunicorn serves the application. Because `wsgi_app` is here, the builder's run script starts gunicorn with it."""

import os

from gunicorn.glogging import Logger

wsgi_app = "hello:create_app()"
bind = f"0.0.0.0:{os.environ.get('PORT', '8080')}"  # gunicorn's own default is 127.0.0.1, which no route reaches

# WEB_CONCURRENCY, which gunicorn reads by itself, is the number of workers; deploy_env has a default.
threads = 4
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # a disk that is busy makes workers look dead
graceful_timeout = 20  # seconds for requests under way; a pod is killed 30 s after SIGTERM

control_socket_disable = True  # of gunicorn 25.1 and later: nobody asks it, and $HOME may be read-only

accesslog = "-"
forwarded_allow_ips = "*"  # the router is the only one that reaches a pod, and it says who asked, and whether by https


class QuietAboutProbes(Logger):
    """An access log without probes, which would be most of its lines."""

    def access(self, resp, req, environ, request_time):
        """Log a request, unless it is a probe's and went well."""
        if environ["PATH_INFO"] not in ("/healthz", "/readyz") or resp.status_code != 200:
            super().access(resp, req, environ, request_time)


logger_class = QuietAboutProbes
