"""Download of a file of pretrained weights into a cache, in limited time."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

from lnmbench.errors import UserError
from lnmbench.web import TransientError, request_file

SECONDS_TO_DOWNLOAD = 60.0
_BLOCK = 1 << 20


def download_weights(
    url: str, path: Path, *, sha256: str = "", seconds: float = SECONDS_TO_DOWNLOAD
) -> None:
    """Download a file; it appears at `path` complete or not at all.

    Parameters
    ----------
    url
        Address of the file.
    path
        File to create.
    sha256
        Beginning of its checksum, which is verified.
    seconds
        Limit of time. A connection that stops sending is given up earlier.

    Raises
    ------
    OSError
        If the server cannot be reached or refuses, the content has another checksum, the time is
        over, or the file cannot be written.
    """
    deadline = time.monotonic() + seconds
    temporary_path = path.with_name(f".{path.name}.{os.getpid()}.part")
    checksum = hashlib.sha256()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        temporary_path.unlink(missing_ok=True)
        with request_file(url, 0, then="") as reply, temporary_path.open("xb") as stream:
            while block := reply.read(_BLOCK):
                if time.monotonic() > deadline:
                    raise OSError(f"not complete within {seconds:.0f} s")
                checksum.update(block)
                stream.write(block)
            if reply.total not in (None, stream.tell()):
                raise OSError(f"the connection ended after {stream.tell()} of {reply.total} bytes")
        if not checksum.hexdigest().startswith(sha256):
            raise OSError("its checksum does not match")
        temporary_path.replace(path)
    except (UserError, TransientError) as error:
        raise OSError(str(error)) from error
    finally:
        temporary_path.unlink(missing_ok=True)
