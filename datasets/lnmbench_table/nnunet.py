"""The data set `nnunet`: a raw data set of nnU-Net, joined with a clinical table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from lnmbench import Case, Column
from lnmbench_table.table import Table


class Nnunet:
    """CT and tumor masks of a raw data set of nnU-Net, joined with a clinical table by case.

    The channel that `dataset.json` calls CT is read; other modalities are refused. Data sets of
    nnU-Net's first version and of the Medical Segmentation Decathlon are read, too.

    Parameters
    ----------
    root
        Folder with `dataset.json`, `imagesTr` and `labelsTr`.
    table
        The clinical table, as for the data set `table`; its id column has the names of the cases:
        those of the files in `labelsTr` without their ending.
    columns
        TOML dictionary of the table.
    region_name
        Name or number of the tumor's label in `dataset.json`; by default the only label, or the
        only one that is named as a tumor.

    Raises
    ------
    UserError
        If the data set, the table or the dictionary is invalid, if no channel is CT, if the label
        of the tumor is not clear, or if images and table have no case in common.
    """

    def __init__(self, root: Path, table: Path, columns: Path, region_name: str = "") -> None:
        # imported here, because listing the data set must not load the image readers
        from lnmbench_table.image_cohort import ImageCohort
        from lnmbench_table.nnunet_folder import LABELS, find_index, list_cases
        from lnmbench_table.nnunet_index import read_nnunet_index

        index = read_nnunet_index(find_index(Path(root).expanduser()))
        label, note = index.find_label(str(region_name))
        self._cohort = ImageCohort(
            list_cases(index, label),
            index.path,
            Table(table, columns),
            Path(table),
            noun=f"folder {LABELS}",
        )
        self.columns: Sequence[Column] = self._cohort.columns
        self.card = self._cohort.card
        self.sources: Sequence[Path] = self._cohort.sources
        self.notes: Sequence[str] = (note, *self._cohort.notes)

    def cases(self) -> Iterator[Case]:
        """Yield the cases of `labelsTr` by name, then further cases of the table."""
        yield from self._cohort.cases()
