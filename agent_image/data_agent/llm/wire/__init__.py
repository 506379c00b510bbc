"""The way to a model and back: HTTP, its streams, its errors."""
