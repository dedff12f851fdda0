"""The same steps, told for people."""
