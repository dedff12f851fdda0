"""Questions about one dossier: what would settle it, what would move it up, and what it rests on."""
