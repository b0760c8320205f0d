"""The mails that billing owes a reader, each at most once for its cause.

A letter is due by what is stored of a subscription and by the time: `posting` asks the rules of each module here and
puts what is due into the outbox, in the transaction that stored it. `templates/mail/KIND.letter` holds the words.
"""
