"""What the tests notice: deliberate faults in s2itasks, one at a time; the everyday tests have to catch each."""
