"""`dataset.json` of nnU-Net: both versions, the CT channel, the label of the tumor."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lnmbench_table.nnunet_index import NnunetIndex, read_nnunet_index

from lnmbench import UserError

V2 = {
    "channel_names": {"0": "CT", "1": "PET"},
    "labels": {"background": 0, "lung": 1, "Tumor": 2, "ignore": 3},
    "numTraining": 2,
    "file_ending": ".nii.gz",
}
V1 = {"modality": {"0": "CT"}, "labels": {"0": "background", "1": "cancer"}, "training": []}


def read(folder: Path, content: object) -> NnunetIndex:
    path = folder / "dataset.json"
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")
    return read_nnunet_index(path)


def test_both_versions_are_read(tmp_path: Path) -> None:
    second = read(tmp_path, V2)
    assert (second.find_ct(), second.training) == (0, 2)
    assert second.labels == {"lung": (1,), "Tumor": (2,)}
    first = read(tmp_path, V1)
    assert (first.find_ct(), first.labels) == (0, {"cancer": (1,)})
    assert (first.training, first.ending) == (None, ".nii.gz")


@pytest.mark.parametrize(
    ("labels", "name", "value"),
    [
        ({"lung": 1, "Tumor": 2}, "", 2),
        ({"lung": 1, "Tumor": 2}, "lung", 1),
        ({"lung": 1, "Tumor": 2}, "2", 2),
        ({"anything": 7}, "", 7),
        ({"GTVp": 1, "GTVn": 2}, "", 1),
        ({"kidney": 1, "tumor": 2, "cyst": 3}, "", 2),
        ({"lung cancer": 1, "lymph node": 2}, "", 1),
    ],
)
def test_the_tumor_is_the_only_label_that_can_be_it(
    tmp_path: Path, labels: dict[str, int], name: str, value: int
) -> None:
    index = read(tmp_path, {**V2, "labels": {"background": 0, **labels}})
    label, note = index.find_label(name)
    assert label == value
    assert note.startswith(f"tumor: label {value} (")


@pytest.mark.parametrize(
    ("labels", "name", "message"),
    [
        ({"a": 1, "b": 2}, "", "label of the tumor is not clear.*got 'a' 1, 'b' 2; choose one wi"),
        ({"tumor": 1, "GTV": 2}, "", "not clear"),
        ({"lesion": 1, "nodule": 2}, "", "not clear"),
        ({"tumor": 1, "b": 2}, "tumr", "no label 'tumr'.*did you mean tumor"),
        ({"tumor": [1, 2], "core": 2}, "", "'tumor' is a region of several labels.*values 1.2"),
    ],
)
def test_a_label_that_is_not_clear_is_asked_for(
    tmp_path: Path, labels: dict[str, object], name: str, message: str
) -> None:
    index = read(tmp_path, {**V2, "labels": {"background": 0, **labels}})
    with pytest.raises(UserError, match=message):
        index.find_label(name)


@pytest.mark.parametrize(
    ("channels", "message"),
    [
        ({"0": "MRI"}, "declares no CT channel .*got 0: 'MRI'"),
        ({"0": "CT", "1": "ct"}, "declares 2 CT channels"),
        ({}, "got no channel_names"),
    ],
)
def test_other_modalities_are_refused(
    tmp_path: Path, channels: dict[str, str], message: str
) -> None:
    index = read(tmp_path, {**V2, "channel_names": channels})
    with pytest.raises(UserError, match=message):
        index.find_ct()


def test_the_channel_of_ct_may_be_another_than_the_first(tmp_path: Path) -> None:
    assert read(tmp_path, {**V2, "channel_names": {"0": "PET", "1": "CT"}}).find_ct() == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is no JSON: got Expecting property name"),
        ("[" * 100000, "is no JSON"),
        ("[1]", "is no index of nnU-Net"),
        ('{"labels": {"tumor": 1, "tumor": 2}}', "key 'tumor' occurs more than once"),
        ({"labels": 3}, "is no index of nnU-Net .key 'labels'"),
        ({}, "is no index of nnU-Net .key 'labels'.: got no such key; export"),
        ({**V2, "labels": {"background": 0}}, "no label but the background"),
        ({**V2, "labels": {"tumor": "one"}}, "label 'tumor' has no number"),
        ({**V2, "channel_names": {"first": "CT"}}, "channel 'first' has no number"),
        ({**V2, "file_ending": ".png"}, r"declares files '\.png'.*expected \.nii"),
    ],
)
def test_a_broken_index_is_refused(tmp_path: Path, content: object, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read(tmp_path, content)
