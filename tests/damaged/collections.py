"""Damaged or invalid downloads of public collections: lyDATA, NSCLC Radiogenomics, Lung1, TCGA."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lnmbench_cbioportal.cbioportal import Cbioportal
from lnmbench_lung3.lung3 import Lung3
from lnmbench_lydata.lydata import Lydata
from lnmbench_nsclc_radiomics.nsclc_radiomics import NsclcRadiomics
from lnmbench_radiogenomics.columns import COLUMNS
from lnmbench_radiogenomics.radiogenomics import Radiogenomics
from lnmbench_tcga.tcga import Tcga

LYDATA = """\
patient,patient,patient,tumor,tumor,tumor,pathology,pathology
core,core,core,core,core,core,ipsi,contra
id,institution,age,location,t_stage_prefix,t_stage,II,II
A,H,61,larynx,p,2,True,
B,H,70,oropharynx,c,3,False,False
"""
LUNG1 = """\
PatientID,age,clinical.T.Stage,Clinical.N.Stage,Histology,gender
LUNG1-001,78.7,2,3,large cell,male
LUNG1-002,83.8,2,0,adenocarcinoma,female
"""
LUNG3 = """\
sample.name;source.location;characteristics.tag.gender;characteristics.tag.histology;\
characteristics.tag.tumor.size.maximumdiameter;characteristics.tag.stage.primary.tumor;\
characteristics.tag.stage.nodes
LUNG3-01;Left Lower Lobe;M;Squamous Cell Carcinoma, NOS;4;pT2;pN0
LUNG3-02;Right Upper Lobe;F;Adenocarcinoma, NOS;1.3;pT1;pN1
"""
BIOTAB = """\
bcr_patient_barcode\tajcc_nodes_pathologic_pn\tajcc_tumor_pathologic_pt\tgender
bcr_patient_barcode\tajcc_nodes_pathologic_pn\tajcc_tumor_pathologic_pt\tgender
CDE_ID:1\tCDE_ID:2\tCDE_ID:3\tCDE_ID:4
TCGA-05-0001\tN0\tT1\tMALE
TCGA-05-0002\tN1\tT2\tFEMALE
"""


CBIOPORTAL = """\
#Patient Identifier\tDiagnosis Age\tSex\tNodes\tTumor
#Identifier\tAge\tSex\tN\tT
#STRING\tNUMBER\tSTRING\tSTRING\tSTRING
#1\t1\t1\t1\t1
PATIENT_ID\tAGE\tSEX\tPATH_N_STAGE\tPATH_T_STAGE
TCGA-05-0001\t61\tMale\tN0 (I-)\tT2A
TCGA-05-0002\t70\tFemale\tN1MI\tT4D
"""
SAMPLES = """\
PATIENT_ID\tSAMPLE_ID\tSAMPLE_TYPE
TCGA-05-0001\tTCGA-05-0001-01\tPrimary
TCGA-05-0002\tTCGA-05-0002-01\tPrimary
"""


def cbioportal(
    old: str, new: str, samples: str = SAMPLES, **parameters: object
) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        text = CBIOPORTAL.replace(old, new, 1)
        (folder / "data_clinical_patient.txt").write_text(text, encoding="utf-8")
        (folder / "data_clinical_sample.txt").write_text(samples, encoding="utf-8")
        return Cbioportal(folder, **parameters)

    return read


def lydata(old: str, new: str, **parameters: object) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        cohort = folder / "2023-made"
        cohort.mkdir()
        (cohort / "data.csv").write_text(LYDATA.replace(old, new, 1), encoding="utf-8")
        return Lydata(folder, **parameters)

    return read


def lung1(old: str, new: str, **parameters: object) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        (folder / "clinical.csv").write_text(LUNG1.replace(old, new, 1), encoding="utf-8")
        return NsclcRadiomics(folder, **parameters)

    return read


def lung3(old: str, new: str) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        (folder / "Lung3.metadata.csv").write_text(LUNG3.replace(old, new, 1), encoding="latin-1")
        return Lung3(folder)

    return read


def tcga(old: str, new: str, **parameters: object) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        name = "nationwidechildrens.org_clinical_patient_luad.txt"
        (folder / name).write_text(BIOTAB.replace(old, new, 1), encoding="latin-1")
        return Tcga(folder, **{"cancer": "luad", **parameters})

    return read


def radiogenomics(*names: str, **parameters: object) -> Callable[[Path], object]:
    """Write a table of one patient without known values under each of these names."""

    def read(folder: Path) -> object:
        columns = [column.name for column in COLUMNS]
        table = [",".join(["Case ID", *columns]), ",".join(["R01-001", *["N/A"] * len(columns)])]
        for name in names:
            (folder / name).write_text("\n".join(table) + "\n", encoding="utf-8")
        return Radiogenomics(folder, **parameters)

    return read


def images_that_are_not_there(folder: Path) -> object:
    case = next(iter(_with_a_stranger(folder).cases()))
    assert case.volume is not None
    return case.volume()


def _with_a_stranger(folder: Path) -> Radiogenomics:
    """Write a table of two patients, of whom the second has a localizer."""
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

    radiogenomics("clinical.csv")(folder)
    table = folder / "clinical.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join([*lines, lines[1].replace("001", "002")]) + "\n", encoding="utf-8")
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.TransferSyntaxUID = CTImageStorage, ExplicitVRLittleEndian
    header = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    header.SOPClassUID, header.Modality, header.PatientID = CTImageStorage, "CT", "R01-002"
    header.SOPInstanceUID = meta.MediaStorageSOPInstanceUID = "1.2.3.1"
    header.StudyInstanceUID, header.SeriesInstanceUID, header.SeriesNumber = "1.2", "1.2.3", 1
    header.save_as(folder / "1-1.dcm", enforce_file_format=True)
    return Radiogenomics(folder)


def only_a_localizer(folder: Path) -> object:
    case = list(_with_a_stranger(folder).cases())[1]
    assert case.volume is not None
    return case.volume()


KINDS: dict[str, Callable[[Path], object]] = {
    "lyDATA: a folder without its table": lambda folder: Lydata(folder),
    "lyDATA: one of the three header rows was deleted": lydata(
        "core,core,core,core,core,core,ipsi,contra\n", ""
    ),
    "lyDATA: a row lacks a cell": lydata("B,H,70,", "B,H,"),
    "lyDATA: a level says yes instead of True": lydata("True", "yes"),
    "lyDATA: a T stage with a prefix other than c or p": lydata(",p,2,", ",yp,2,"),
    "lyDATA: two patients with one id": lydata("B,H", "A,H"),
    "lyDATA: two columns with one header": lydata("ipsi,contra", "ipsi,ipsi"),
    "lyDATA: an unknown cohort": lydata("", "", cohort="2023-mad"),
    "lyDATA: CT for planning, which is not known before surgery": lydata("", "", imaging="CT+pCT"),
    "NSCLC Radiogenomics: a folder without its table": lambda folder: Radiogenomics(folder),
    "NSCLC Radiogenomics: two tables in one folder": radiogenomics("a.csv", "b.csv"),
    "NSCLC Radiogenomics: images required, but none present": radiogenomics("a.csv", images="yes"),
    "NSCLC Radiogenomics: a patient without any DICOM file": images_that_are_not_there,
    "NSCLC Radiogenomics: a patient without a segmentation": only_a_localizer,
    "Lung1: another table than the clinical one": lung1("Clinical.N.Stage", "stage"),
    "Lung1: an N category that is not a number": lung1(",2,3,", ",2,cN3,"),
    "Lung1: an age that is not a number": lung1("78.7", "elderly"),
    "Lung3: a stage after neoadjuvant therapy": lung3("pN1", "ypN1"),
    "Lung3: a size with its unit": lung3(";1.3;", ";13 mm;"),
    "Lung3: cells that moved by one column": lung3("Left Lower Lobe;", ""),
    "cBioPortal: a folder without a study": lambda folder: Cbioportal(folder),
    "cBioPortal: columns shifted by a cell that was deleted": cbioportal("61\t", ""),
    "cBioPortal: columns shifted within a row": cbioportal("61\tMale", "Male\t61"),
    "cBioPortal: three of the four rows of #": cbioportal("#1\t1\t1\t1\t1\n", ""),
    "cBioPortal: the N category is under another name": cbioportal("PATH_N_STAGE", "N_STAGE"),
    "cBioPortal: a stage after neoadjuvant therapy": cbioportal("N1MI", "ypN1mi"),
    "cBioPortal: a cell that is no N category": cbioportal("N1MI", "positive"),
    "cBioPortal: patients and samples of two studies": cbioportal(
        "", "", SAMPLES.replace("TCGA-05", "MSK-07")
    ),
    "cBioPortal: samples of metastases alone": cbioportal(
        "", "", SAMPLES.replace("Primary", "Metastasis")
    ),
    "TCGA: an unknown cancer": tcga("", "", cancer="luda"),
    "TCGA: a cancer without pathological N": tcga("ajcc_nodes_pathologic_pn", "masaoka_stage"),
    "TCGA: an invalid N category": tcga("\tN1\t", "\tM1\t"),
    "TCGA: a table truncated in the middle of a row": tcga("T2\tFEMALE\n", ""),
}
