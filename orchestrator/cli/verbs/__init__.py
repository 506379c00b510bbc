"""One module per verb, each with `run(arguments, session) -> exit code`."""
