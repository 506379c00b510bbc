"""JSON API under /api/v1, as design.md section 6 states it."""
