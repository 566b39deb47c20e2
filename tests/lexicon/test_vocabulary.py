"""Terms in ten languages: their syntax, and that every topic has words of all of them."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import pytest

from lnmbench.lexicon.normal_form import fold
from lnmbench.lexicon.vocabulary import find_topics, has_role, read_topics

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "zh", "ja", "ko")
TIMES = ("outcome", "specimen", "open", "before", "baseline")


def read_terms(name: str) -> dict[str, Any]:
    path = files("lnmbench.lexicon").joinpath("terms", f"{name}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def keys(name: str) -> set[str]:
    return {topic.key for topic in find_topics(name, *TIMES)}


@pytest.mark.parametrize("file", [*TIMES, "roles"])
def test_topics_have_terms_of_known_languages(file: str) -> None:
    for key, table in read_terms(file).items():
        languages = {name for name, value in table.items() if isinstance(value, list)}
        assert languages <= set(LANGUAGES), key
        assert all(fold(term.strip("=*")) for name in languages for term in table[name])


@pytest.mark.parametrize(
    "key", ["death", "recurrence", "follow_up", "postoperative", "nodes", "invasion", "surgery"]
)
def test_what_leaks_most_has_terms_in_every_language(key: str) -> None:
    tables = {**read_terms("outcome"), **read_terms("specimen")}
    assert [language for language in LANGUAGES if not tables[key].get(language)] == []


def test_a_term_inside_a_longer_one_does_not_count() -> None:
    assert "adjuvant" not in keys("Neoadjuvante Therapie")
    assert "adjuvant" not in keys("新辅助化疗")
    assert "adjuvant" in keys("adjuvante Therapie")
    assert "nodal_class" not in keys("淋巴细胞计数")


def test_latin_words_are_whole_words_and_cjk_ones_are_parts() -> None:
    assert "death" not in keys("deathless-x".replace("deathless", "adeathly"))
    assert "recurrence" in keys("术后是否复发")


def test_acronyms_need_capitals_a_whole_name_or_snake_case() -> None:
    assert "death" in keys("OS")
    assert "death" in keys("os")
    assert "death" in keys("time_os_x")
    assert "death" not in keys("todos os pacientes")


def test_umlauts_match_in_both_spellings() -> None:
    assert keys("Größe") == keys("Groesse") == {"size"}


@pytest.mark.parametrize(
    ("name", "role"),
    [("住院号", "id"), ("Prontuário", "id"), ("患者番号", "id"), ("Nachname", "name")],
)
def test_roles(name: str, role: str) -> None:
    assert has_role(name, role)


def test_topics_are_compiled_once() -> None:
    assert read_topics("outcome") is read_topics("outcome")
