"""Tests as data: the examples of the criteria and the cases of a suite, what they cover, and those that are missing."""
