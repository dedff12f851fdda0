"""tierengine."""
