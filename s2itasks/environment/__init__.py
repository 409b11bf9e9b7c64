"""The environments of a build and of a deployment, layer upon layer."""
