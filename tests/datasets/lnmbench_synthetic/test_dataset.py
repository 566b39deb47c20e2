"""The data set as the core meets it: columns, cases, phantoms in HU."""

from __future__ import annotations

import pickle
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import SimpleITK as sitk
from lnmbench_synthetic.dataset import Synthetic
from lnmbench_synthetic.phantom import Phantom
from lnmbench_synthetic.tumor import Traits
from scipy.ndimage import binary_dilation

from lnmbench import Volume
from lnmbench.contracts import Dataset
from lnmbench.imaging.geometry import to_patches
from lnmbench.records import Preprocessing

SPHERE = np.pi / 6


def _phantom(index: int = 0, lobe: int = 2, **traits: float) -> Phantom:
    known = {"size_mm": 30.0, "lobulation": 0.2, "spiculation": 0.1, "solid": 0.9} | traits
    return Phantom(seed=5, index=index, lobe=lobe, traits=Traits(**known))


def _arrays(volume: Volume) -> tuple[np.ndarray, np.ndarray]:
    mask = sitk.GetArrayFromImage(volume.mask).astype(bool)
    return sitk.GetArrayFromImage(volume.image), mask


@pytest.fixture(scope="module")
def volumes() -> list[Volume]:
    return [case.volume() for case in Synthetic(n=6, seed=2).cases() if case.volume]


def test_it_is_a_dataset_whose_cells_its_columns_can_read() -> None:
    dataset = Synthetic(n=50, images=False)
    assert isinstance(dataset, Dataset)
    assert dataset.card.synthetic
    cases = list(dataset.cases())
    assert len({case.id for case in cases}) == 50
    for column in dataset.columns:
        encoded = [column.encode(case.values[column.name]) for case in cases]
        assert np.isfinite(encoded).any()
    assert all(case.volume is None for case in cases)


def test_labels_are_known_after_surgery_and_the_truth_is_in_no_column() -> None:
    dataset = Synthetic(n=3, images=False)
    labeled = {c.label: c for c in dataset.columns if c.label}
    assert set(labeled) == {"pn", "pt"}
    assert {c.known for c in labeled.values()} == {"after"}
    assert (labeled["pn"].role, labeled["pt"].role) == ("target", "aux")
    named = {c.name for c in dataset.columns}
    assert all(set(case.values) == named for case in dataset.cases())
    assert not named & {"invasiveness", "risk", "score", "solid"}


def test_cells_are_missing_as_often_as_said_and_never_in_labels() -> None:
    cases = list(Synthetic(n=3000, images=False).cases())
    gaps = {
        name: np.mean([case.values[name] is None for case in cases]) for name in cases[0].values
    }
    assert gaps["cea"] == pytest.approx(0.15, abs=0.03)
    assert gaps["histology"] == pytest.approx(0.20, abs=0.03)
    assert gaps["lobulation"] == pytest.approx(0.06, abs=0.02)
    assert gaps["pn"] == gaps["pt"] == gaps["age"] == 0


def test_the_same_seed_gives_the_same_cohort_and_the_first_of_a_larger_one() -> None:
    small, again, large = (list(Synthetic(n=n, seed=9).cases()) for n in (12, 12, 30))
    assert small == again
    assert small == large[:12]
    other = list(Synthetic(n=12, seed=10).cases())
    assert [case.values for case in other] != [case.values for case in small]


def test_a_phantom_renders_the_same_in_threads_and_after_pickling(volumes: list[Volume]) -> None:
    phantoms = [case.volume for case in Synthetic(n=6, seed=2).cases()]
    with ThreadPoolExecutor(3) as pool:
        again = list(pool.map(lambda phantom: pickle.loads(pickle.dumps(phantom))(), phantoms))
    for one, other in zip(volumes, again, strict=True):
        for a, b in zip(_arrays(one), _arrays(other), strict=True):
            np.testing.assert_array_equal(a, b)
        assert one.image.GetOrigin() == other.image.GetOrigin()


def test_a_phantom_renders_the_same_in_another_process() -> None:
    code = (
        "import zlib, SimpleITK as sitk\n"
        "from lnmbench_synthetic.dataset import Synthetic\n"
        "case = next(Synthetic(n=1, seed=6).cases())\n"
        "print(zlib.crc32(sitk.GetArrayFromImage(case.volume().image).tobytes()))\n"
    )
    command = [sys.executable, "-c", code]
    elsewhere = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    (case,) = Synthetic(n=1, seed=6).cases()
    assert case.volume is not None
    assert int(elsewhere) == zlib.crc32(sitk.GetArrayFromImage(case.volume().image).tobytes())


def test_renders_and_grids_differ_from_case_to_case(volumes: list[Volume]) -> None:
    spacings = {volume.image.GetSpacing() for volume in volumes}
    assert len(spacings) == len(volumes)
    for x, y, z in spacings:
        assert x == y
        assert 0.6 <= x <= 0.85
        assert 2.5 <= z <= 5.0
    middles = {_arrays(volume)[0][3].tobytes() for volume in volumes}
    assert len(middles) == len(volumes)


def test_image_and_mask_share_a_grid_of_512_and_a_margin(volumes: list[Volume]) -> None:
    for volume in volumes:
        image, mask = volume.image, volume.mask
        assert image.GetSize()[:2] == (512, 512)
        assert image.GetOrigin() == mask.GetOrigin()
        assert image.GetSpacing() == mask.GetSpacing()
        marked = np.flatnonzero(_arrays(volume)[1].any(axis=(1, 2)))
        assert marked[0] >= 2
        assert marked[-1] <= image.GetSize()[2] - 3


def test_tissues_have_their_hu(volumes: list[Volume]) -> None:
    for volume in volumes:
        hu, mask = _arrays(volume)
        assert hu.dtype == np.int16
        assert hu.min() >= -1024
        assert 400 < hu.max() < 900
        shares = {
            "air": (hu < -950).mean(),
            "lung": ((hu > -930) & (hu < -700)).mean(),
            "fat": ((hu > -150) & (hu < -50)).mean(),
            "soft tissue": ((hu > 0) & (hu < 180)).mean(),
            "bone": (hu > 300).mean(),
        }
        least = {"air": 0.10, "lung": 0.08, "fat": 0.04, "soft tissue": 0.08, "bone": 0.004}
        assert all(shares[tissue] > least[tissue] for tissue in least), shares
        assert hu[mask].mean() > -600


@pytest.mark.parametrize("lobe", range(5))
def test_the_tumor_lies_in_the_lung(lobe: int) -> None:
    hu, mask = _arrays(_phantom(lobe=lobe, spiculation=0.0)())
    plane = int(mask.sum(axis=(1, 2)).argmax())
    wide, near = (binary_dilation(mask[plane], iterations=k) for k in (8, 3))
    around = wide & ~near
    assert np.median(hu[plane][around]) < -750
    assert np.percentile(hu[plane][around], 80) < -600


@pytest.mark.parametrize("size_mm", [9.0, 24.0, 70.0])
def test_the_mask_has_the_size_asked_for(size_mm: float) -> None:
    volume = _phantom(size_mm=size_mm)()
    _, mask = _arrays(volume)
    spacing = np.array(volume.mask.GetSpacing())
    extent = [np.ptp(at) + 1 for at in np.nonzero(mask)][::-1] * spacing
    assert extent.max() <= size_mm + spacing[2]
    assert extent.max() >= 0.75 * size_mm
    share = mask.sum() * spacing.prod() / (SPHERE * size_mm**3)
    assert 0.3 < share < 1.05


def test_the_solid_share_shows_in_the_tumor() -> None:
    solid, glass = (_arrays(_phantom(solid=share)()) for share in (1.0, 0.2))
    assert (solid[0][solid[1]] > -200).mean() > 0.85
    assert (glass[0][glass[1]] > -200).mean() < 0.45
    assert solid[0][solid[1]].mean() > glass[0][glass[1]].mean() + 250


def test_spiculation_reaches_into_the_lung_around() -> None:
    smooth, rough = (_arrays(_phantom(spiculation=share)()) for share in (0.0, 1.0))
    density = []
    for hu, mask in (smooth, rough):
        plane = int(mask.sum(axis=(1, 2)).argmax())
        wide, near = (binary_dilation(mask[plane], iterations=k) for k in (12, 3))
        density.append(hu[plane][wide & ~near].mean())
    assert density[1] > density[0] + 60


def test_lobulation_makes_the_outline_less_round() -> None:
    fill = []
    for lobulation in (0.0, 1.0):
        shares = []
        for index in range(4):
            volume = _phantom(index=index, lobulation=lobulation)()
            mask = _arrays(volume)[1]
            shares.append(mask.sum() * np.prod(volume.mask.GetSpacing()) / (SPHERE * 30.0**3))
        fill.append(np.mean(shares))
    assert fill[1] < fill[0] - 0.1


def test_patches_of_the_default_cohort_are_few_and_full() -> None:
    cases = list(Synthetic(n=24).cases())
    slices = []
    for case in cases:
        assert case.volume is not None
        patches = to_patches(case.volume(), Preprocessing())
        assert patches.slices.shape[1:] == (224, 224)
        assert (patches.slices == -1024).mean() < 0.5
        slices.append(len(patches.slices))
    assert 3.5 < np.mean(slices) < 6.0
