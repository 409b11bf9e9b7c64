"""Shell scripts that are made up: any construct within any other."""

from __future__ import annotations

from hypothesis import strategies as st

PLAIN = (
    "a",
    "b.c",
    "-d",
    "e=f",
    "'g h'",
    '"i j"',
    "k\\ l",
    "$m",
    '"${n}"',
    "$'o\\'p'",
    "''",
    "*.q",
    "{r,s}",
    "t#u",
    "~/v",
)
# In these, C is a list of commands on one line, W a word.
WORDS = (
    "$( C)", '"$( C)"', "$( ( C); C )", "${a:-W}", '"${a:-W}"', "${a[W]}", "${a//W/W}", "$((1 + $( C)))",
    "$((b[1] << (2)))",
    "$[ $( C) + (1) ]", '"p${q:-W}r"', "WW", "x=W", "${a:$((1 + $( C)))}", '"$( C)$( C)"', "$(<W)",
)  # fmt: skip
COMMANDS = (
    "a W W", "a=W b W", "a=(W W) b+=W", "a[1]=W", "a >W 2>&1 <W", "( C)", "{ C; }", "! a W", "if C; then C; else C; fi",
    "if ( C) then { C; } fi", "while C; do C; done", "until C; do C; done <W", "for x in W W; do C; done",
    "for ((i = 0; i < $( C); i++)); do C; done", "for ((;;)) { C; }", "for x in W; { C; }", "select x in W; do C; done",
    "case W in W) C;; (a|W) C;& *) C; esac", "case W in W) ;; esac", "f() { C; }", "function f { C; } >W", "f() ( C)",
    "[[ -n W && ( W == W || ! W =~ ^(a|b)$ ) ]]", "((a + (b * $( C))))", "coproc N { C; }", "coproc { C; } >W",
    "time -p a W",
    "time { C; }", "declare -a a=(W W) b=W", "export A=W", "{ C; } | a W", "C && C", "C || C", "C | C", "a & C", "C; C",
    "a W |& b", ">W", "a <( C) x>( C)", "a < <( C)", "a <<<W", "C |\n C", "{\nC\n}", "a \\\n W", "a # W\nC",
    "a W;\nC", "( C\n)",
)  # fmt: skip
WITH_HERE_DOCUMENTS = (
    "a <<X\n$( C) ${b:-W}\nX\n", "a <<-'X' W\n$( C `\n\tX\n", "a $(b <<X\n$( C)\nX\n) W\n", "{ a <<X; C; }\n`b`\nX\n",
    "a <<X <<Y | b W\n$( C)\nX\nC\nY\n", "if a <<X; then\nc\nX\nC; fi\n",
)  # fmt: skip
MOST_FILLED = 40


@st.composite
def _scripts(draw: st.DrawFn) -> str:
    script = draw(st.sampled_from(COMMANDS + WITH_HERE_DOCUMENTS))
    for filled in range(MOST_FILLED):
        places = [place for place, character in enumerate(script) if character in "CW"]
        if not places:
            break
        place = draw(st.sampled_from(places))
        simple = filled > draw(st.integers(1, MOST_FILLED))
        if script[place] == "W":
            content = draw(st.sampled_from(PLAIN if simple else PLAIN + WORDS))
        else:
            content = draw(st.sampled_from(("a W", "b") if simple else COMMANDS))
        script = script[:place] + content + script[place + 1 :]
    return str(script).replace("C", "c").replace("W", "w")


GENERATED = _scripts()
