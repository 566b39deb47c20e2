"""Signs of the primary lesion and of the pleura, and its density."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Read = Callable[..., dict[str, object]]


@pytest.mark.parametrize(
    ("text", "sign", "value"),
    [
        (
            "RUL mass with calcification. No calcification of the LLL nodule.",
            "calcification",
            "yes",
        ),
        ("RUL mass of 3 cm. Calcified subcarinal node.", "calcification", None),
        ("RUL mass of 3 cm. Calcified LLL nodule of 1 cm.", "calcification", None),
        ("Small right effusion.", "effusion", "yes"),
    ],
)
def test_a_sign_counts_only_for_the_primary_lesion_or_the_pleura(
    read: Read, text: str, sign: str, value: str | None
) -> None:
    assert read(text).get(sign) == value


@pytest.mark.parametrize(
    ("text", "density"),
    [
        ("Pure ground-glass nodule in the RUL.", "pure"),
        ("Ground-glass nodule in the RUL with a solid component.", "part-solid"),
        ("Part-solid nodule in the RUL.", "part-solid"),
        ("Solid nodule in the RUL.", "none"),
        ("Nodule in the RUL.", None),
        ("右肺上叶纯磨玻璃结节。", "pure"),
    ],
)
def test_the_density_is_read(read: Read, text: str, density: str | None) -> None:
    assert read(text).get("ground glass") == density
