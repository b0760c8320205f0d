"""What the figures say of a period: read from the sums, whatever the number of readers."""
