"""What s2itasks costs: its commands beside the same thing in bash, in powershift-image and in plain invoke."""
