"""How one request is answered, as steps: whoever takes them may serve WSGI or ASGI, and ask a check near or far."""
