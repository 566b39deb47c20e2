"""Images of a network with an image control."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.records import (
    Choice,
    EncoderGrid,
    NetworkMethod,
    Preprocessing,
    Protocol,
    Weights,
)
from lnmbench.stages.run.network_images import (
    exchange_patients,
    image_positions,
    read_images,
    read_volume,
    refuse_unmasked,
)
from lnmbench.store.cohort_file import read_cohort, read_masks, read_slices
from tests.stages.conftest import IngestMade


def make_method(control: str, seed: int = 0) -> NetworkMethod:
    parameters = {"control": control, "control_seed": seed}
    return NetworkMethod(
        label="net",
        encoder=Choice(name="made", parameters=parameters),
        level="slice",
        weights=Weights(source="none"),
    )


def test_images_change_where_the_control_says(ingest_made: IngestMade) -> None:
    path = ingest_made()
    cohort = read_cohort(path)
    total = int(cohort.offsets[-1])
    plain, inside = read_slices(path, 0, total), read_masks(path, 0, total) > 0
    assert 0 < inside.mean() < 1

    def read(control: str, seed: int = 0) -> np.ndarray:
        return read_images(make_method(control, seed), cohort, path, 0, total)

    np.testing.assert_array_equal(read("none"), plain)
    np.testing.assert_array_equal(read("other_patient"), plain)
    for control, where in (("shuffled_roi", inside), ("shuffled_background", ~inside)):
        changed = read(control)
        np.testing.assert_array_equal(changed[~where], plain[~where])
        assert (changed[where] != plain[where]).mean() > 0.5
        for before, after in zip(plain, changed, strict=True):
            np.testing.assert_array_equal(np.sort(before, axis=None), np.sort(after, axis=None))
        part = read_images(make_method(control), cohort, path, 2, 5)
        np.testing.assert_array_equal(part, changed[2:5])
        assert not np.array_equal(read(control, seed=1), changed)
    noise = read("noise")
    assert set(np.unique(noise)) <= set(np.unique(plain))
    assert abs(noise.mean() - plain.mean()) < 5 * plain.std() / noise.size**0.5


@pytest.mark.parametrize("seed", range(5))
def test_each_case_has_the_images_of_another_patient(seed: int) -> None:
    patients = ["a", "b", "b", "b", "c", "c", "d"]
    exchanged = exchange_patients(patients, seed)
    partners = [patients[case] for case in exchanged]
    assert all(other != patient for patient, other in zip(patients, partners, strict=True))
    of_patient = {(patient, other) for patient, other in zip(patients, partners, strict=True)}
    assert len(of_patient) == 4, "the cases of a patient have the images of one patient"
    assert {other for _, other in of_patient} == set(patients)


def test_other_patients_depend_on_the_seed_and_not_on_the_cases_of_a_network(
    ingest_made: IngestMade,
) -> None:
    cohort = read_cohort(ingest_made(n=30))
    everyone = np.arange(30)
    exchanged = image_positions(make_method("other_patient"), cohort, everyone, Protocol())
    assert sorted(exchanged) == everyone.tolist()
    some = np.array([7, 3, 20])
    np.testing.assert_array_equal(
        image_positions(make_method("other_patient"), cohort, some, Protocol()), exchanged[some]
    )
    other = image_positions(make_method("other_patient", 1), cohort, everyone, Protocol())
    assert not np.array_equal(other, exchanged)
    assert image_positions(make_method("noise"), cohort, some, Protocol()) is some


def test_excluded_cases_exchange_no_images(ingest_made: IngestMade) -> None:
    cohort = read_cohort(ingest_made(n=30))
    lacking = np.arange(30) % 3 == 0
    counts = np.where(lacking, 0, np.diff(cohort.offsets))
    some = replace(cohort, offsets=np.concatenate([[0], np.cumsum(counts)]))
    usable, method = np.flatnonzero(~lacking), make_method("other_patient")
    masked = image_positions(method, some, usable, Protocol(missing_images="mask"))
    assert lacking[masked].any()
    exchanged = image_positions(method, some, usable, Protocol(missing_images="exclude"))
    assert sorted(exchanged) == usable.tolist()
    assert (exchanged != usable).all()


def test_empty_masks_are_refused_for_the_controls_that_need_them(ingest_made: IngestMade) -> None:
    path = ingest_made()
    cohort = read_cohort(path)
    refuse_unmasked([make_method("shuffled_roi")], cohort, path)
    empty = copy_without_masks(path)
    for control in ("none", "other_patient", "noise"):
        refuse_unmasked([make_method(control)], cohort, empty)
    refuse_unmasked([replace(make_method("shuffled_roi"), level="none")], cohort, empty)
    with pytest.raises(UserError, match="no tumor masks for control=shuffled_background"):
        refuse_unmasked([make_method("shuffled_background")], cohort, empty)


def copy_without_masks(path: Path) -> Path:
    """Return a cohort file with the slices of another one and empty masks."""
    from lnmbench.store.cohort_writer import writing_cohort

    cohort, empty = read_cohort(path), path.with_name("empty.h5")
    total = int(cohort.offsets[-1])
    with writing_cohort(empty, cohort.preprocessing, slices=total) as writer:
        for start, stop in zip(cohort.offsets[:-1], cohort.offsets[1:], strict=True):
            slices = read_slices(path, int(start), int(stop))
            writer.append(slices, np.zeros(slices.shape, np.uint8))
        writer.finish(
            dataset=cohort.name,
            ids=cohort.ids,
            columns=cohort.columns,
            values={name: values.tolist() for name, values in cohort.values.items()},
            card=cohort.card,
            software="test",
        )
    with h5py.File(empty) as file:
        assert not file["masks"][:].any()
    return empty


def test_volumes_of_an_own_grid_change_where_the_control_says(ingest_made: IngestMade) -> None:
    native = Preprocessing(spacing_mm=(1.0, 1.0, 1.0), patch=16, native_mm=5.0)
    path = ingest_made(preprocessing=native)
    cohort = read_cohort(path)
    grid = EncoderGrid(
        spacing_mm=(0.5, 0.5, 2.0), size=(15, 15, 5), window_hu=(-2000, 2000), orientation="RAS"
    )

    def read(control: str, case: int = 2) -> np.ndarray:
        return read_volume(make_method(control), grid, cohort, path, case)

    plain, changed = read("none"), read("shuffled_roi")
    assert plain.shape == (15, 15, 5)
    np.testing.assert_array_equal(read("other_patient"), plain)
    # the tumor is 4 × 4 × 3 voxels around the center; the grid lies half a voxel beside them
    moved = np.argwhere(changed != plain)
    assert len(moved) > 20
    assert (moved.min(axis=0) >= [5, 5, 1]).all()
    assert (moved.max(axis=0) <= [9, 9, 3]).all()
    kept = read("shuffled_background")
    assert (kept[6:9, 6:9, 1:4] == plain[6:9, 6:9, 1:4]).all()
    assert (kept != plain).mean() > 0.8
    noise = read("noise")
    assert not np.array_equal(noise, read("noise", case=1))
    np.testing.assert_array_equal(noise, read("noise"))
