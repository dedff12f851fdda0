"""Source documents and their formats, evidence records, the dossier."""
