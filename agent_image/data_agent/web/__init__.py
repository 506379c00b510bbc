"""The web process: pages and JSON API. It never imports duckdb; data_agent.engine talks to it."""
