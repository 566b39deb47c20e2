"""Random streams: one generator for each seed and purpose, independent of all others."""

from __future__ import annotations

import hashlib

import torch


def seeded_generator(seed: int, purpose: str) -> torch.Generator:
    """Return the random stream that belongs to a seed and a purpose, on the CPU."""
    return torch.Generator().manual_seed(stream_key(seed, purpose))


def stream_key(seed: int, purpose: str) -> int:
    """Return the number below 2⁶³ that belongs to a seed and a purpose."""
    digest = hashlib.blake2b(f"{seed}:{purpose}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
