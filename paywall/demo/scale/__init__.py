"""A big publication, made up from a seed: readers, subscriptions and all that hangs on them, views of three months."""
