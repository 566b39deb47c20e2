"""Vocabularies: both spellings of English words, and one set of names in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lnmbench_ctreports.vocabulary import CHINESE, ENGLISH

Read = Callable[..., dict[str, object]]


@pytest.mark.parametrize(
    ("american", "british"),
    [
        ("A tumor of 3 cm in the right lower lobe.", "A tumour of 3 cm in the right lower lobe."),
        ("LUL mass, 3.2 centimeters.", "LUL mass, 3.2 centimetres."),
        ("LUL nodule, 8 millimeter.", "LUL nodule, 8 millimetre."),
        ("Paraesophageal node of 9 mm.", "Para-oesophageal node of 9 mm."),
        ("Esophageal wall 6 mm. RUL mass, 21 mm.", "Oesophageal wall 6 mm. RUL mass, 21 mm."),
        ("Tumor: RML, 12 mm.", "Tumour: RML, 12 mm."),
        ("RUL mass. Cavitation is not visualized.", "RUL mass. Cavitation is not visualised."),
    ],
)
def test_american_and_british_spellings_are_read_alike(
    read: Read, american: str, british: str
) -> None:
    assert read(american)
    assert read(british) == read(american)


def test_both_languages_name_the_same_lobes_stations_signs_and_densities() -> None:
    for table in ("lobes", "stations", "signs", "ground_glass"):
        assert set(getattr(ENGLISH, table)) == set(getattr(CHINESE, table))


@pytest.mark.parametrize(
    ("text", "lobe"), [("spiculated mass in the lingula", "lingula"), ("RML nodule", "RML")]
)
def test_a_lobe_is_matched_by_its_own_expression(text: str, lobe: str) -> None:
    matches = {name for name, pattern in ENGLISH.lobes.items() if pattern.search(text.lower())}
    assert matches == {lobe}
