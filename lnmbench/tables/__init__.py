"""Text tables: search by file name or header, encodings, rows, checks of cells."""

from lnmbench.tables.bounds import MOST_BYTES, check_size, read_content
from lnmbench.tables.checks import encode_cells, require_cells, require_unique_ids
from lnmbench.tables.encoding import SAVE, STATE_OR_SAVE, decode_text
from lnmbench.tables.rows import Cells, Rows, first_rows, read_rows
from lnmbench.tables.search import collect_files, files_by_depth, find_table, select_files
from lnmbench.tables.separated import clean_cell, split_cells

__all__ = [
    "MOST_BYTES",
    "SAVE",
    "STATE_OR_SAVE",
    "Cells",
    "Rows",
    "check_size",
    "clean_cell",
    "collect_files",
    "decode_text",
    "encode_cells",
    "files_by_depth",
    "find_table",
    "first_rows",
    "read_content",
    "read_rows",
    "require_cells",
    "require_unique_ids",
    "select_files",
    "split_cells",
]
