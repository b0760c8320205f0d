"""The words of every mail: ours, and a publisher's own, in one format with blanks."""
