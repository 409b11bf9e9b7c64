# shellcheck shell=bash disable=SC2154 # the command's program sets s2itasks_file
# Look at the first line of a script that is to be started: returns 1 where the kernel may not be able to.

\builtin read -r s2itasks_line <"$s2itasks_file"
[[ $s2itasks_line == '#!'*[!\ ]* && $s2itasks_line != *$'\r' && ${#s2itasks_line} -lt 256 ]] || \builtin return 1
s2itasks_line=${s2itasks_line:2}
s2itasks_line=${s2itasks_line#"${s2itasks_line%%[! $'\t']*}"}
s2itasks_interpreter=${s2itasks_line%%[ $'\t']*}
[[ -x $s2itasks_interpreter ]] || \builtin return 1
if [[ $s2itasks_file != /* ]]; then # bash's exec would have the script find an absolute path in its $0
    s2itasks_line=${s2itasks_line#"$s2itasks_interpreter"}
    s2itasks_line=${s2itasks_line#"${s2itasks_line%%[! $'\t']*}"}
    s2itasks_line=${s2itasks_line%"${s2itasks_line##*[! $'\t']}"}
    \builtin exec -- "$s2itasks_interpreter" ${s2itasks_line:+"$s2itasks_line"} "$s2itasks_file" "${@:6}"
fi
