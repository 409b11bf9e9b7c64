# shellcheck shell=bash
# What the first process of a container does about signals: the kernel drops those that it has no handler for.

"$S2ITASKS_TRAPS"
