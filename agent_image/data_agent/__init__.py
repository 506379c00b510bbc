"""The AI data agent: upload CSV files, ask questions, get answers from one DuckDB file."""
