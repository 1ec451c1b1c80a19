"""Write the table of theorems into README.md: python docs/theorem_table.py"""

from pathlib import Path

from lintransfer.theorems import THEOREMS

README = Path(__file__).parent.parent / "README.md"
START, END = "<!-- theorems: made by `python docs/theorem_table.py` -->\n", "<!-- end of theorems -->"


def table():
    lines = ["| theorem | kind | statement | claim | source | derivation |", "|---|---|---|---|---|---|"]
    for row in THEOREMS:
        path = None if row.derivation is None else row.derivation.replace(".", "/") + ".py"
        proof = "missing" if path is None else f"[yes]({path})"
        proof += f", covers {row.covers}" if row.covers else ""
        statement, source = (text.replace("|", "\\|") for text in (row.statement, row.source))
        lines.append(f"| `{row.name}` | {row.kind} | {statement} | {row.claim} | {source} | {proof} |")
    return "\n".join(lines) + "\n"


def with_table(text):
    before, rest = text.split(START)
    return before + START + table() + END + rest.split(END)[1]


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
