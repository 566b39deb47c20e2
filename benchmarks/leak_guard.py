"""Proposals of dictionaries: leaks that pass, honest columns that are left out, reversed classes.

    python benchmarks/leak_guard.py [FOLDER]

writes tables of hospitals in ten languages (`hospital_tables.toml`), with and without columns that
are known only after surgery, and counts how the proposed dictionary treats each column. Then it
draws 1,000 binary columns from the words of the lexicon. With a folder of public tables
(`real_tables.toml` names them) it counts the same on those.
"""

from __future__ import annotations

import argparse
import csv
import random
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

from lnmbench_table.guesses import guess_column
from lnmbench_table.table import Table

from lnmbench.lexicon.timing import judge_name
from lnmbench.text import plural

HERE = Path(__file__).parent
GROUPS = ("honest", "leaks", "open", "other")
CASES = 90


def read_columns() -> dict[str, dict[str, dict[str, str]]]:
    """Return the columns of each language's table: header and kind of values, by group."""
    text = (HERE / "hospital_tables.toml").read_text(encoding="utf-8")
    languages: dict[str, dict[str, dict[str, str]]] = tomllib.loads(text)
    return languages


def make_cells(kind: str, positive: Sequence[bool], draw: random.Random) -> list[str]:
    """Return the cells of a column; `positive` is the nodal status of each case."""
    name, _, words = kind.partition(" ")
    if name == "int":
        low, high = map(int, words.split())
        return [str(draw.randint(low, high)) for _ in positive]
    if name == "decimal":
        return [f"{draw.uniform(*map(float, words.split())):.2f}" for _ in positive]
    if name == "text":
        return [draw.choice(words.split("|")) for _ in positive]
    if name == "sign":
        negative_word, positive_word = words.split("|")
        signs = {True: positive_word, False: negative_word}
        return [signs[is_n1 and draw.random() < 0.6] for is_n1 in positive]
    if name == "count":
        return [str(draw.randint(1, 9) if is_n1 else 0) for is_n1 in positive]
    if name == "date":
        return [f"20{draw.randint(10, 23)}-{draw.randint(1, 12):02d}-03" for _ in positive]
    if name == "id":
        return [str(100_000 + 7 * number) for number in range(len(positive))]
    return [f"{words} {number}" for number in range(len(positive))]


def write_table(path: Path, groups: dict[str, dict[str, str]], *, leaks: bool, seed: int) -> None:
    """Write a table with 90 cases, a third of them with nodal metastases."""
    draw = random.Random(seed)
    positive = [draw.random() < 1 / 3 for _ in range(CASES)]
    columns = {}
    for group in GROUPS:
        if group != "leaks" or leaks:
            for header, kind in groups.get(group, {}).items():
                columns[header] = make_cells(kind, positive, draw)
                if kind.startswith("text") and "N0|" in kind and group == "other":
                    classes = kind.partition(" ")[2].split("|")
                    columns[header] = [
                        draw.choice(classes[1:]) if is_n1 else classes[0] for is_n1 in positive
                    ]
    headers = list(columns)
    draw.shuffle(headers)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headers, *zip(*(columns[h] for h in headers), strict=True)])


def read_states(path: Path) -> dict[str, str]:
    """Return how the proposal treats each column: feature, other role, in comments, or left out."""
    text = Table.propose(path)
    used = tomllib.loads(text).get("columns", {})
    states = {
        name: "feature" if section["role"] == "feature" else "other role"
        for name, section in used.items()
    }
    for line in text.splitlines():
        if line.startswith("# [columns."):
            inner = line.removeprefix("# ")
            header, _, reason = inner.partition("]")
            (name,) = tomllib.loads(f"{header}]")["columns"]
            states[name] = "commented out" if reason.startswith("  # ") else "left out"
    return states


def measure_hospitals(*, leaks: bool) -> Iterator[tuple[str, bool, str, str, str]]:
    """Yield (language, with leaks, group, header, state) for each column of each table."""
    with tempfile.TemporaryDirectory() as folder:
        for number, (language, groups) in enumerate(read_columns().items()):
            path = Path(folder) / f"{language}.csv"
            write_table(path, groups, leaks=leaks, seed=number)
            states = read_states(path)
            for group in GROUPS:
                for header in groups.get(group, {}) if group != "leaks" or leaks else ():
                    yield language, leaks, group, header, states.get(header, "without a word")


def measure_tables(folder: Path) -> Iterator[tuple[str, str, str, str]]:
    """Yield (table, group, header, state) for each labeled column of the public tables."""
    tables = tomllib.loads((HERE / "real_tables.toml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        for name, table in tables["tables"].items():
            path = Path(scratch) / f"table{table.get('suffix', '.txt')}"
            lines = (folder / name).read_text(encoding="utf-8", errors="replace").splitlines(True)
            dropped = table.get("drop_rows", [])
            path.write_text(
                "".join(line for number, line in enumerate(lines, 1) if number not in dropped),
                encoding="utf-8",
            )
            states = read_states(path)
            for header, state in states.items():
                for group in ("before", "after"):
                    if header in tables[group]:
                        yield name, group, header, state


def measure_headers() -> dict[str, Counter[str]]:
    """Return the times that the lexicon gives to names of public registries, by their true time."""
    text = (HERE / "real_tables.toml").read_text(encoding="utf-8")
    headers: dict[str, list[str]] = tomllib.loads(text)["headers"]
    return {
        group: Counter(judge_name(name).time for name in names) for group, names in headers.items()
    }


def draw_pairs(count: int, seed: int) -> Iterator[tuple[str, str, list[str]]]:
    """Yield (negative, positive, cells) of binary columns drawn from the words of the lexicon."""
    draw = random.Random(seed)
    path = files("lnmbench.lexicon").joinpath("terms", "classes.toml")
    words = tomllib.loads(path.read_text(encoding="utf-8"))
    nouns = [noun.replace("*", "sis") for noun in words["findings"]]
    latin = [noun for noun in nouns if noun.isascii()]
    cjk = [noun for noun in nouns if not noun.isascii() and ord(noun[0]) > 0x2FFF]
    for _ in range(count):
        shape = draw.randrange(5)
        noun = draw.choice(latin)
        if shape == 0:
            pair = draw.choice(words["negative"]), draw.choice(words["positive"])
        elif shape == 1:
            affirmed = draw.choice([noun, f"{draw.choice(words['affirmers'])} {noun}"])
            pair = f"{draw.choice(words['negators'])} {noun}", affirmed
        elif shape == 2:
            noun = draw.choice(cjk)
            affirmed = draw.choice([noun, draw.choice(words["cjk_affirmers"][3:]) + noun])
            pair = draw.choice(["无", "無", "未", "没有"]) + noun, affirmed
        elif shape == 3:
            pair = draw.choice(
                [("N0", "N+"), ("pN0", "pN1"), ("0", "1"), ("-", "+"), ("N0", "N1-3")]
            )
        else:
            pair = f"{noun} negative", f"{noun} positive"
        change = draw.choice([str, str.upper, str.lower, str.title])
        negative, positive = map(change, pair)
        if draw.random() < 0.2:
            negative, positive = f"0: {negative}", f"1: {positive}"
        blank = draw.choice(["", " "])
        cells = [
            f"{blank}{positive if draw.random() < 0.3 else negative}".strip() for _ in range(40)
        ]
        cells += [negative, positive, *draw.choice([[], [""], ["NA"], ["unbekannt"]])]
        draw.shuffle(cells)
        yield negative, positive, cells


def measure_orders(count: int, seed: int) -> Counter[str]:
    """Return how many drawn columns are ordered right, reversed, and left to the user."""
    outcomes: Counter[str] = Counter()
    for negative, positive, cells in draw_pairs(count, seed):
        guess = guess_column("n1", cells)
        if guess.kind != "binary" or not guess.is_ordered:
            outcomes["left to the user"] += 1
        elif guess.categories == (negative.strip(), positive.strip()):
            outcomes["right"] += 1
        else:
            outcomes["reversed"] += 1
    return outcomes


def describe(title: str, states: Sequence[str]) -> str:
    """Return a line with the number of columns in each state."""
    counts = Counter(states)
    parts = [f"{counts[state]} {state}" for state in sorted(counts)]
    return f"{title}: {plural(len(states), 'column')}; {', '.join(parts)}"


def main() -> None:
    """Print all counts."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("folder", nargs="?", type=Path, help="folder of the public tables")
    folder = parser.parse_args().folder
    rows = [row for leaks in (True, False) for row in measure_hospitals(leaks=leaks)]
    for leaks in (True, False):
        for group in GROUPS:
            states = [row[4] for row in rows if row[1] is leaks and row[2] == group]
            if states:
                print(describe(f"{'with' if leaks else 'without'} leaks, {group}", states))
    for row in rows:
        if (row[2] == "leaks" and row[4] == "feature") or (
            row[2] == "honest" and row[4] != "feature"
        ):
            print(f"  {row[0]}: {row[2]} column {row[3]!r} is {row[4]}")
    for group, times in measure_headers().items():
        print(f"public headers, {group} surgery: {dict(times)}")
    print(f"1,000 binary columns: {dict(measure_orders(1000, seed=0))}")
    if folder is None:
        return
    labeled = list(measure_tables(folder))
    for name in dict.fromkeys(row[0] for row in labeled):
        for group in ("before", "after"):
            states = [row[3] for row in labeled if row[0] == name and row[1] == group]
            if states:
                print(describe(f"{name}, {group}", states))
    for name, group, header, state in labeled:
        if group == "after" if state == "feature" else group == "before":
            print(f"  {name}: column {header!r} ({group} surgery) is {state}")


if __name__ == "__main__":
    main()
