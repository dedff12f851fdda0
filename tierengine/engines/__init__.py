"""The intermediate form of a rulebook and its readings."""
