#!/bin/bash
# What the builder's run script starts, because it is called app.sh and is executable (`git update-index --chmod=+x`).
# `exec` makes uvicorn the process that a pod's SIGTERM reaches; without it, bash would, and uvicorn would be killed.
set -e

options=(
    --host 0.0.0.0 --port "$PORT"
    # The router is the only one that reaches a pod, and it says who asked, and whether by https.
    --proxy-headers --forwarded-allow-ips '*'
    # Seconds for requests under way; a pod is killed 30 s after SIGTERM.
    --timeout-graceful-shutdown 20
)
exec uvicorn countdown.main:app "${options[@]}"
