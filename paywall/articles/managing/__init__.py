"""Articles as those see them who run the paper: finding them, and who may read them."""
