"""The hosted newspaper: front page, sections, articles, feeds; and the frame every page stands in."""
