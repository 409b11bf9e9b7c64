"""The Django example in real containers: an S2I-like builder image made from scratch, S2I's way of using it, pods."""
