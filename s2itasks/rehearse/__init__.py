"""A whole application on a laptop: built, verified and run without an image or a cluster."""
