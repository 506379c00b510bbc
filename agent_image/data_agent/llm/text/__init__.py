"""Pure: what a model is told, and what is read from its answer. Text in, text and values out."""
