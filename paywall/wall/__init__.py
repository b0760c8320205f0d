"""The layer around a web application: it asks a `check`, and lets out no more than the Decision allows."""
