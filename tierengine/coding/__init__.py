"""From sentences to records that a person accepts, changes or refuses."""
