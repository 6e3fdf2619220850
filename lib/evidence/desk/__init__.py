"""The editor's desk: adding evidence, starting chapters, tracing numbers, and telling what a change does."""
