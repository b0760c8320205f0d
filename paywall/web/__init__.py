"""What every page stands on: the publisher of the request, its session, errors as pages, headers, safe addresses."""
