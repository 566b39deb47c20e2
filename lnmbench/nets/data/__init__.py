"""Batches of cases, packed for the device; augmentation and cached views."""
