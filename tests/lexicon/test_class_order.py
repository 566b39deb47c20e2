"""Order of two classes, whichever comes first; unknown pairs have none."""

from __future__ import annotations

import pytest

from lnmbench.lexicon.class_order import order_classes

PAIRS = """
nein/ja|no/yes|non/oui|no/sí|no/sì|não/sim|nee/ja|否/是|无/有|無/有|阴性/阳性|いいえ/はい
陰性/陽性|아니오/예|음성/양성|-/+|N0/N+|pN0/pN+|No LNM/LNM|not involved/involved
non-metastatic/metastatic|nonmetastatic/metastatic|absent/present|0/1|negative/positive
wild type/mutant|alive/dead|keine Metastase/Metastase|无转移/有转移|未转移/转移|neg./pos.
F/T|n/y|N/J|N/S|N/O|sans métastase/avec métastase|sin metástasis/con metástasis
senza metastasi/metastasi|sem metástase/com metástase|geen metastase/metastase
ohne LK-Befall/mit LK-Befall|転移なし/転移あり|전이 없음/전이 있음|N0/N1|N0/N1-3
0:LIVING/1:DECEASED|0=nein/1=ja|no (0)/yes (1)|LN-/LN+|No evidence of metastasis/metastasis
tumor free/with tumor|node negative/node positive|転移を認めず/転移を認める
no positive nodes/positive nodes|pas d'envahissement/envahissement|niet aangedaan/aangedaan
未见转移/可见转移|N0/N1+|0/≥1|N0/N1+N2|pN-/pN+|不存在/存在|阴性(-)/阳性(+)|转移无/转移有
undetected/detected|No mets/Mets|not identified/present|tumorfrei/Metastase|schoon/tumorpositief
absents/présents|ausentes/presentes|assenti/presenti|sains/envahis|not seen/seen
転移(-)/転移(+)|전이(-)/전이(+)|转移（-）/转移（+）|転移を認めない/転移を認める
"""
UNKNOWN = "1/2|left/right|m/f|T1/T2|0=yes/1=no|男/女|lobectomy/wedge|positive/present|N1/N2|s/f|A/B"


def pairs(text: str) -> list[list[str]]:
    return [pair.split("/") for line in text.strip().splitlines() for pair in line.split("|")]


@pytest.mark.parametrize(("negative", "positive"), pairs(PAIRS))
def test_negative_comes_first(negative: str, positive: str) -> None:
    for change in (str, str.upper, str.title, lambda text: f" {text} "):
        classes = [change(negative), change(positive)]
        assert order_classes(classes) == tuple(classes)
        assert order_classes(classes[::-1]) == tuple(classes)


@pytest.mark.parametrize("classes", pairs(UNKNOWN))
def test_other_pairs_have_no_order(classes: list[str]) -> None:
    assert order_classes(classes) is None
    assert order_classes(classes[::-1]) is None
