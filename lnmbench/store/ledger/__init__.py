"""The ledger: one SQLite file that holds a run directory's plan, units and predictions.

Any SQLite tool reads it. One process at a time writes it. The rows of a unit appear in one
transaction, so that the ledger holds either all of them or none.
"""

from lnmbench.store.ledger.reader import LedgerReader
from lnmbench.store.ledger.schema import FILE
from lnmbench.store.ledger.writer import LedgerWriter

__all__ = ["FILE", "LedgerReader", "LedgerWriter"]
