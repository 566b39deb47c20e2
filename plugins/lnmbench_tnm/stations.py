"""Metastasis in each lymph node station as the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from lnmbench import Cohort, UserError
from lnmbench.records import mark_positive
from lnmbench.text import plural
from lnmbench_tnm.station import PREFIX, Station, list_stations

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Stations:
    """Metastasis in each lymph node station, from the columns labeled `station_NAME`.

    The outcomes are the stations, each with a probability of its own. A station that was not
    examined in a case is unknown there, not negative.

    Parameters
    ----------
    names
        Stations joined by `+`, such as `ipsi_II+ipsi_III`; by default all that the cohort has.
    """

    title = "metastasis by lymph node station"
    kind: Literal["multilabel"] = "multilabel"

    def __init__(self, *, names: str = "all") -> None:
        parts = (name.strip().removeprefix(PREFIX) for name in names.split("+"))
        self.names = tuple(dict.fromkeys(name for name in parts if name))
        if not self.names:
            raise UserError(
                "target stations has no station",
                expected="names joined by +, such as ipsi_II+ipsi_III, or all",
                got=names[:40],
            )

    def labels(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return (n,): 1 if any station is involved, 0 if none is, NaN without examination."""
        import numpy as np

        return mark_positive(np.stack(list(self.outcomes(cohort).values()), axis=1))

    def outcomes(self, cohort: Cohort) -> Mapping[str, NDArray[np.float64]]:
        """Return the labels of each station, (n,): 1 involved, 0 not involved, NaN not examined.

        Raises `UserError` if the cohort has no such station or a column is not binary.
        """
        return {name: Station(name).labels(cohort) for name in self._names(cohort)}

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return a sentence on the stations and the share of examined ones."""
        import numpy as np

        values = np.stack(list(self.outcomes(cohort).values()), axis=1)
        examined = float((~np.isnan(values)).any(axis=1).sum())
        known = int((~np.isnan(values)).sum())
        mean = known / examined if examined else 0.0
        return (
            f"target stations: {plural(values.shape[1], 'station')}; {examined:.0f} of"
            f" {len(values)} cases with any examined, {mean:.1f} stations each; a station that was"
            " not examined is unknown",
        )

    def _names(self, cohort: Cohort) -> list[str]:
        known = list_stations(cohort)
        if not known:
            raise UserError(
                f"cohort {cohort.name!r} has no lymph node stations",
                expected=f"columns labeled {PREFIX}NAME",
                then="choose another --target",
            )
        return known if self.names == ("all",) else list(self.names)
