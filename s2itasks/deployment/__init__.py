"""What the phases of a deployment and the commands of a container do."""
