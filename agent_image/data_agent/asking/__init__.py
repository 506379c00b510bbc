"""Questions in words become a typed plan, then SQL, a sentence and a chart. Pure."""
