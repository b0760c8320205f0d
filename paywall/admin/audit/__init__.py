"""The audit, to be read: who did what to whom, when and from where, what was before and after."""
