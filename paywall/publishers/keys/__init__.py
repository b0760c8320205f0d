"""API keys: by which a publisher's servers and pages are known, and what each may do."""
