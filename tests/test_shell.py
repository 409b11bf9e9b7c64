"""shell: the tree of a script, and what is asked of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2itasks.shell import Command, Unread, parse


def commands(script: str) -> list[list[str]]:
    """Return the words of every command of a script."""
    return [command.argv for command in parse(script).commands()]


def only(script: str) -> Command:
    """Return the last command of a script."""
    return list(parse(script).commands())[-1]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("a b  'c d' \"e $f\" g\\ h # i", [["a", "b", "c d", "e $f", "g h"]]),
        ("a && b || c; d & e | f", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"]]),
        ("a \\\n  b\nc#d", [["a", "b"], ["c#d"]]),
        ("if a; then b; elif c; then d; else e; fi", [["a"], ["b"], ["c"], ["d"], ["e"]]),
        ("while a; do b; done <c; until d\ndo e\ndone", [["a"], ["b"], ["d"], ["e"]]),
        ("for x in a $(b); do c; done; for ((i=0; i<3; i++)); do d; done", [["b"], ["c"], ["d"]]),
        ("for x\ndo a\ndone; select y in b; do c; done", [["a"], ["c"]]),
        ("case $a in b|'c d') e;; (*) f ;& g) h; esac", [["e"], ["f"], ["h"]]),
        ("a() { b; }; function c { d; }; function e() ( f )", [["b"], ["d"], ["f"]]),
        ("ready() {\n  a\n}\nready", [["a"], ["ready"]]),
        ("{ a; } >b; (c; d) &", [["a"], ["c"], ["d"]]),
        ("[[ $a =~ ^(b|c)$ && -f d ]] || e", [["[[", "$a", "=~", "^(b|c)$", "&&", "-f", "d"], ["e"]]),
        ("(( a > 1 )) && b", [["((", "(( a > 1 ))"], ["b"]]),
        ('a $((1 + (2))) "$(b "$(c)")"', [["a", "$((1 + (2)))", '$(b "$(c)")'], ["b", "$(c)"], ["c"]]),
        ("a `b \\`c\\``", [["a", "`b \\`c\\``"], ["b", "`c`"], ["c"]]),
        ("$( (a); b )", [["$( (a); b )"], ["a"], ["b"]]),
        ("x=$(case $a in b) c;; esac)", [[], ["c"]]),
        ("cat <<A <<-'B' | c\n$(d)\nA\n\t$(e)\n\tB\nf", [["cat"], ["d"], ["c"], ["f"]]),
        ('a <<<"b c" 2>&1 >d &>e 3<>f {g}>h', [["a"]]),
        ("a=(b 'c d' $(e)\n f) b+=1 c", [["c"], ["e"]]),
        ("export A=(1 2) B=3", [["export", "A=(1 2)", "B=3"]]),
        ("diff <(a) >(b)", [["diff", "<(a)", ">(b)"], ["a"], ["b"]]),
        ("! time a; b $'it\\'s' ${c:-\"}\"} ${#d} $", [["a"], ["b", "it\\'s", '${c:-"}"}', "${#d}", "$"]]),
        ("for ((i = 0; i < 3; i++)) { a; }; b $[1<<2]", [["a"], ["b", "$[1<<2]"]]),
        ("time -p a; (( (b) + $(c) )); ((d); e )", [["a"], ["((", "(( (b) + $(c) ))"], ["c"], ["d"], ["e"]]),
        ("coproc a b; coproc N { c; }; coproc d", [["a", "b"], ["c"], ["d"]]),
        ("a $((1 + $(b))) c[$(d)] ${e[$(f)]}", [["a", "$((1 + $(b)))", "c[$(d)]", "${e[$(f)]}"], ["b"], ["d"], ["f"]]),
        ("[[ -n $a&&! b ]]", [["[[", "-n", "$a", "&&", "!", "b"]]),
        ("cat <<A\n$(b)\\\nA\nA\nc", [["cat"], ["b"], ["c"]]),
        ("if\nthen_ x; then :; fi", [["then_", "x"], [":"]]),
        ("", []),
    ],
)  # fmt: skip
def test_the_commands_of_a_script(script: str, expected: list[list[str]]) -> None:
    """All of them, those in substitutions and functions, too."""
    assert commands(script) == expected


@pytest.mark.parametrize(
    ("script", "line", "problem", "read"),
    [
        ("if a", 1, "'if' is never closed", []),
        ("a\nb $(c", 2, "'$(' is never closed", ["a"]),
        ("a 'b\nc", 1, "\"'\" is never closed", []),
        ('a\n"b\nc', 2, "'\"' is never closed", ["a"]),
        ("case a in", 1, "'case' is never closed", []),
        ("a ${b", 1, "'${' is never closed", []),
        ("a\nfi\nb", 2, "'fi' is not expected here", ["a", "b"]),
        ("a )", 1, "')' is not expected here", ["a"]),
        ("((a)", 1, "'((' is never closed", []),
        ("f() {", 1, "'{' is never closed", []),
        ("a && `b`\n`c", 2, "'`' is never closed", ["a", "$()", "b"]),
        ("a >\nb", 1, "the line ends early", ["b"]),
        ("if a; then\n  b) c\n  d\nfi\ne", 2, "')' is not expected here", ["e"]),
        ("a `if`\nb", 1, "'if' is never closed", ["a", "b"]),
        ("cat <<A\n$(b\nA\nc", 2, "'$(' is never closed", ["cat", "c"]),
        ("(a <<A) b\nif\nA\nc", 1, "'b' is not expected here", ["a", "c"]),
    ],
)  # fmt: skip
def test_what_it_cannot_read(script: str, line: int, problem: str, read: list[str]) -> None:
    """It says where and why, and reads on where a command begins in the first column."""
    tree = parse(script)
    assert tree.unread[0] == Unread(line, problem)
    names = [command.name for command in tree.commands()]
    assert [name.replace("`b`", "$()") for name in names] == read


@given(st.text(alphabet="ab =$\"'`\\\n;&|()<>{}[]#!-:if then fi do done case esac", max_size=60))
def test_no_script_is_too_odd(script: str) -> None:
    """It is read, or something is said about it."""
    tree = parse(script)
    assert tree.unread or any(tree.nodes_within()) or not re.sub(r"#.*|\\\n|\s", "", script)


@pytest.mark.many_cases
@pytest.mark.parametrize(
    "repeated",
    ["(", "((", "( ", "$(", "$((", "${a:-", "$[", '"$(', "`", "\\`", "<(", "{ ", "if ", "case a in b) ", "f() ", "[[ ",
     "a=(", "a[", "@(",
     "coproc ", "! ", "time ", "cat <<A\n", "$(cat <<A\n", "'", '"', "a\\\n", "#", "a|", ")\n", "((a) \n"],
)  # fmt: skip
def test_it_does_not_take_long(repeated: str) -> None:
    """Nor does it go too deep, however often something is opened: that is said, and no exception."""
    script = repeated * 10_000
    tree = parse(script)
    assert tree.unread or any(tree.nodes_within()) or repeated == "#"
    assert max((len(unread.problem) for unread in tree.unread), default=0) < 50


def test_brackets_are_not_read_again_and_again() -> None:
    """Each of these opens arithmetic until its end is seen, and only there turns out to open commands."""
    nested = "$((a " * 60 + "b " * 2_000 + ") ) " * 60
    assert [unread.problem for unread in parse(nested).unread] == ["it is nested too deeply"]
    assert commands("((((((((a);b);c);d);e);f);g) )")[0] == ["a"]
    assert parse("((((((((a);b);c);d);e);f);g) )").unread == []


def test_lines() -> None:
    """Counted through continuations, here-documents and substitutions."""
    script = "#!/bin/bash\na \\\n  $(b\nc)\ncat <<!\nx\n!\n# d\n\ne 'f\ng'; h\n"
    assert [(each.name, each.line) for each in parse(script).commands()] == [
        ("a", 2), ("b", 3), ("c", 4), ("cat", 5), ("e", 10), ("h", 11),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("exec -a x timeout -k 5 10 nohup env -u B A=1 b c", ["b", "c"]),
        ("nice -n 5 stdbuf -oL python manage.py", ["python", "manage.py"]),
        ("command b -v", ["b", "-v"]),
        ("command -p b", ["b"]),
        ("command -v b", ["command", "-v", "b"]),
        ("exec command -p -V b", ["command", "-p", "-V", "b"]),
        ("command -pv b", ["command", "-pv", "b"]),
        ("exec 3>&1", ["exec"]),
        ("A=1", []),
    ],
)
def test_what_really_runs(script: str, expected: list[str]) -> None:
    """Behind whatever runs it."""
    assert only(script).invoked() == expected


def test_variables() -> None:
    """Which are read, and which of those have a default."""
    command = only("a $B \"${C}\" ${D:-$E} '$F' ${G+x} \\$H <<!\n$I\n!\n")
    assert [(each.name, each.guarded) for each in command.expansions()] == [
        ("B", False), ("C", False), ("D", True), ("E", False), ("G", True), ("I", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("script", "captured", "redirected", "subshell", "condition"),
    [
        ("x", False, False, False, False),
        ("A=$(x)", True, False, True, False),
        ("{ x; } >file", False, True, False, False),
        ("x >&2", False, True, False, False),
        ("x 2>file", False, False, False, False),
        ("f() { x; }; { y; } >file", False, False, False, False),
        ("(x)", False, False, True, False),
        ("if a | { ! x; }; then :; fi", False, False, True, True),
        ("coproc { x; }", False, True, True, False),
        ("a; x && b | c & d", False, False, True, False),
        ("a & x", False, False, False, False),
        ("{ x; } &", False, False, True, False),
    ],
)
def test_where_a_command_stands(script: str, captured: bool, redirected: bool, subshell: bool, condition: bool) -> None:  # noqa: FBT001
    """What becomes of its output, its assignments and its status."""
    (command,) = (each for each in parse(script).commands() if each.name == "x")
    assert (command.captured, command.stdout_redirected) == (captured, redirected)
    assert (command.in_subshell, command.in_condition) == (subshell, condition)


def test_an_empty_script_has_nothing() -> None:
    """Not even a statement."""
    script = parse("# nothing\n")
    assert (script.nodes, script.unread) == ([], [])
