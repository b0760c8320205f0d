"""The long stop: what no event told us is found and put right, without anybody's doing.

Every five minutes events that never reached us are fetched (`sweeping`); every night, and after a long outage at once,
everything is compared with Stripe both ways (`comparing`).
"""
