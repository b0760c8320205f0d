"""A storm on the webhook: shuffled, tripled deliveries while every worker is killed again and again."""
