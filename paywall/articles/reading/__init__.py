"""Reading articles out of files: Markdown, HTML pages, feeds. Everything here takes bytes and fetches nothing."""
