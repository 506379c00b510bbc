"""Updates under load, waking, many tenants asleep, and a controller killed again and again."""
