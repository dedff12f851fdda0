"""Where law and facts meet: admission, findings, placement, assessment."""
