"""What a reader is told of a decision: the invitation where a preview ends, the quiet line above an open article."""
