"""Random streams: one generator for each seed and purpose, independent of all others."""

from __future__ import annotations

import hashlib

import torch


def seeded_generator(seed: int, purpose: str) -> torch.Generator:
    """Return the random stream that belongs to a seed and a purpose, on the CPU."""
    digest = hashlib.blake2b(f"{seed}:{purpose}".encode(), digest_size=8).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest, "big") >> 1)
