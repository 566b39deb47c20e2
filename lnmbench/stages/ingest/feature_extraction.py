"""Features that extractors compute from the CT and the tumor mask of each case."""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from lnmbench.contracts import FeatureExtractor
from lnmbench.errors import PluginError, UserError
from lnmbench.records import Choice, Volume
from lnmbench.registry import BLOCK, PLUGINS, Registry, fault_log
from lnmbench.stages.ingest.extractors import SelectedExtractor
from lnmbench.stages.ingest.ingest_log import one_line
from lnmbench.store.atomic import make_private_folder, replacing
from lnmbench.store.file_errors import writing
from lnmbench.worker_processes import WorkerProcesses

FOLDER = "extracted_features"
"""The folder of extracted features below the folder of cohorts."""
_FEWEST_PIXELS = 5
"""Smallest side, in pixels, of a rectangle that cannot be an outlined tumor."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExtractedFeatures:
    """The values of all extractors for one case, NaN if missing, and what went wrong."""

    values: NDArray[np.float64]
    warnings: tuple[str, ...] = ()


class Extraction:
    """Extraction of the features of cases, in worker processes, with a cache on disk.

    Parameters
    ----------
    extractors
        The extractors.
    registry
        The plugins, which worker processes load as well.
    folder
        The folder of the cache, None for no cache.
    pool
        The worker processes, None to extract in this process.
    """

    def __init__(
        self,
        extractors: Sequence[SelectedExtractor],
        registry: Registry,
        folder: Path | None,
        pool: WorkerProcesses | None,
    ) -> None:
        self._extractors, self._folder, self._pool = extractors, folder, pool
        self._plugins = registry.extra
        self._sources = registry.sources([each.plugin[0] for each in extractors])

    def extract(self, volume: Volume, *, where: str) -> ExtractedFeatures:
        """Return the features of a case.

        An extractor that fails leaves its values missing, with a warning.

        Parameters
        ----------
        volume
            The images of the case.
        where
            The case, for messages.

        Raises
        ------
        UserError
            If nobody outlined the tumor, a plugin changed, or a worker process ended.
        """
        _refuse_unoutlined(volume, self._extractors[0].choice.name, where)
        mask = volume.mask != 0
        hash_of_case = _hash_images(volume.image, mask)
        values: list[float] = []
        warnings: list[str] = []
        for each in self._extractors:
            features: Mapping[str, float] = {}
            try:
                features = self._extract_once(each, volume.image, mask, hash_of_case)
            except PluginError as fault:  # costs the case's features alone
                fault_log.record_from_worker(fault)
                warnings.append(f"{each.choice.name} has no features ({one_line(str(fault))})")
            columns = each.extractor.columns
            values += [features.get(column.name, np.nan) for column in columns]
        return ExtractedFeatures(values=np.array(values), warnings=tuple(warnings))

    def stop(self) -> None:
        """End the worker processes at once, whatever they compute."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _extract_once(
        self, selected: SelectedExtractor, image: sitk.Image, mask: sitk.Image, hash_of_case: str
    ) -> Mapping[str, float]:
        key = hashlib.sha256(json.dumps([*selected.key, hash_of_case]).encode()).hexdigest()
        path = None if self._folder is None else self._folder / f"{key}.json"
        stored = None if path is None else _read_features(path)
        if stored is None:
            stored = self._compute(selected.choice, image, mask)
            if path is not None:
                _write_features(path, stored)
        return stored

    def _compute(self, choice: Choice, image: sitk.Image, mask: sitk.Image) -> Mapping[str, float]:
        parameters = tuple(sorted(choice.parameters.items()))
        arguments = (self._plugins, self._sources, choice.name, parameters, image, mask)
        if self._pool is None:
            return _extract(*arguments)
        try:
            return self._pool.submit(_extract, *arguments).result()
        except BrokenExecutor as error:
            raise UserError(
                f"a worker process of {choice.name} ended, possibly without memory",
                then="rerun the same command, with fewer --workers",
            ) from error


@contextmanager
def open_extraction(
    extractors: Sequence[SelectedExtractor],
    registry: Registry,
    *,
    folder: Path | None,
    workers: int,
) -> Iterator[Extraction | None]:
    """Yield the extraction, None without extractors; its worker processes end with the block.

    Parameters
    ----------
    extractors, registry
        As in `Extraction`.
    folder
        The folder of cohorts, None for no cache.
    workers
        The number of processes; with 1, features are extracted in this process.
    """
    if not extractors:
        yield None
        return
    cache = None if folder is None else folder / FOLDER
    if workers == 1:
        yield Extraction(extractors, registry, cache, None)
        return
    pool = WorkerProcesses(workers)
    extraction = Extraction(extractors, registry, cache, pool)
    try:
        yield extraction
    except Exception:
        pool.shutdown()  # what they compute takes seconds, and killed processes leave semaphores
        raise
    except BaseException:
        extraction.stop()
        raise
    pool.shutdown()


def _extract(
    plugins: tuple[str, ...],
    sources: Mapping[str, str],
    name: str,
    parameters: tuple[tuple[str, object], ...],
    image: sitk.Image,
    mask: sitk.Image,
) -> Mapping[str, float]:
    named_by_environment = tuple(os.environ.get(name, "") for name in (PLUGINS, BLOCK))
    registry, extractor = _build_extractor(plugins, named_by_environment, name, parameters)
    registry.require_sources(sources)
    features = extractor.extract(image, mask)
    registry.require_sources(sources)
    return features


@functools.lru_cache(maxsize=8)
def _build_extractor(
    plugins: tuple[str, ...],
    named_by_environment: tuple[str, ...],
    name: str,
    parameters: tuple[tuple[str, object], ...],
) -> tuple[Registry, FeatureExtractor]:
    """Return the extractor of a process, which all its cases share."""
    registry = Registry(plugins)
    choice = Choice(name=name, parameters=dict(parameters))
    return registry, registry.feature_extractors.build(choice)


def _refuse_unoutlined(volume: Volume, name: str, where: str) -> None:
    inside = sitk.GetArrayViewFromImage(volume.mask) != 0
    got = ""
    if not inside.any():
        got = "no tumor mask"
    elif not volume.outlined:
        got = "a tumor given by coordinates"
    elif _is_box(inside):
        got = "a mask that is a box"
    if got:
        raise UserError(
            f"{name} needs an outlined tumor",
            where=where,
            expected="a tumor mask",
            got=got,
            then="leave out --extract, or give masks",
        )


def _is_box(inside: NDArray[np.bool_]) -> bool:
    """Return whether a mask (z, y, x) is exactly a box that is not tiny."""
    sides = [
        np.flatnonzero(inside.any(axis=tuple({0, 1, 2} - {axis}))) for axis in range(inside.ndim)
    ]
    lengths = [int(side[-1] - side[0]) + 1 for side in sides]
    return min(lengths[1:]) >= _FEWEST_PIXELS and int(inside.sum()) == int(np.prod(lengths))


def _hash_images(image: sitk.Image, mask: sitk.Image) -> str:
    content = hashlib.sha256()
    for each in (image, mask):
        grid = (each.GetSize(), each.GetSpacing(), each.GetDirection(), each.GetOrigin())
        content.update(repr((*grid, each.GetPixelIDValue())).encode())
        content.update(np.ascontiguousarray(sitk.GetArrayViewFromImage(each)).data)
    return content.hexdigest()


def _read_features(path: Path) -> Mapping[str, float] | None:
    """Return the features in a file of the cache, None if it is absent or damaged."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        digest, _, text = path.read_text(encoding="utf-8").partition("\n")
        if hashlib.sha256(text.encode()).hexdigest() == digest:
            return {str(name): float(value) for name, value in json.loads(text).items()}
    return None


def _write_features(path: Path, features: Mapping[str, float]) -> None:
    text = json.dumps(dict(features))
    with writing(path.parent):
        make_private_folder(path.parent)
    with replacing(path, private=True, sweep=False) as temporary_path:
        digest = hashlib.sha256(text.encode()).hexdigest()
        temporary_path.write_text(f"{digest}\n{text}", encoding="utf-8")
