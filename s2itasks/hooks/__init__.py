"""An application's hooks, jobs and tasks."""
