"""The pinned runtime in an image: installing it, and what starts in it."""
