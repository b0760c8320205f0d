"""Seven receivers of webhooks built the wrong way, put in the place of ours while tests run: each must be caught."""
