"""Acts on a reader."""
