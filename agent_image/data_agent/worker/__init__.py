"""The worker process, `python -m data_agent.worker`: the only place that imports duckdb."""
