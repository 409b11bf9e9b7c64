"""A FastAPI application."""
