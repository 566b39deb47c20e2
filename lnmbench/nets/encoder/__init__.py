"""Image encoders: frozen stages, fine-tuned stages and weight files."""
