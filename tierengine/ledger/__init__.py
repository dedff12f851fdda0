"""The record: what was said, when, by whom and on what, sealed so that a change shows."""
