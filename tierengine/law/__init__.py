"""The law as encoded: entries, conditions, reader, rulebook in force on a date, linter."""
