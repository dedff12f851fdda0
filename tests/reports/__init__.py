"""Tests of what is told for people."""
