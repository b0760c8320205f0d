"""Views that somebody named and keeps."""
