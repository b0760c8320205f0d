"""The script tag in a real Chromium: a publisher's own site on one origin, the product on another."""
