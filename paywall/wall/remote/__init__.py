"""The check by way of the service: for a site that has only this client, one call for each page of a visitor."""
