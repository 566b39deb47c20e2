from __future__ import annotations

import subprocess
import sys


def test_offering_timm_imports_neither_torch_nor_timm() -> None:
    code = (
        "import sys, lnmbench_timm as p; p.register_encoders();"
        "assert not {'torch', 'timm'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
