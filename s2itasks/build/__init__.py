"""What the phases of a build do."""
