"""The embedded builder: what the Python S2I image does with an application, where no such image is there.

``bin/assemble`` and ``bin/run`` stand in for a builder image's own scripts. They work on any Python from 3.9 on,
whether s2itasks is installed there or not, so this package uses the standard library and itself, and of what lies
beside it `errors` and `build.merge`, which use nothing else.
"""
