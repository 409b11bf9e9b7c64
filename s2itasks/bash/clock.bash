# shellcheck shell=bash disable=SC2034 # those that source it use it
# A clock that no change of the time of day touches.

s2itasks_clock() { # in hundredths of a second
    \builtin read -r S2ITASKS_NOW _ </proc/uptime
    S2ITASKS_NOW=$((10#${S2ITASKS_NOW/./}))
}
