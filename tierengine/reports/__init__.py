"""The same steps, in words for people."""
