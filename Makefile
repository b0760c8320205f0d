sync:
	.venv/bin/uv sync -q
