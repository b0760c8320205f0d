"""People whom a publisher's server or page names: by a reader token, a signed pass, or an id of its own."""
