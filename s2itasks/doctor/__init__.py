"""The command ``doctor``: what keeps an application from starting, answering or being as it was built."""
