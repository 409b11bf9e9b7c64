"""Converting what exists: hooks for powershift-image, OpenShift V2 and warpdrive become those of s2itasks."""
