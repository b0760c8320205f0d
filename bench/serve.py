"""Serves what is measured, by the product's own server: `python -m bench.serve TARGET PORT WORKERS`."""

import sys

from paywall.serving import serve

if __name__ == "__main__":
    serve(sys.argv[1], "127.0.0.1", int(sys.argv[2]), int(sys.argv[3]))
