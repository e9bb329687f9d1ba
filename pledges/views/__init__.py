"""What answers each address: one file per first word of the URL."""
