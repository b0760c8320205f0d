"""Asking a site for everything by which a text may slip out: as whom, where, and how politely."""
