"""Many cases at once: a corpus in Parquet or as a folder of dossiers, and whether like cases are placed alike."""
