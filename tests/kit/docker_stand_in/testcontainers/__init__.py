"""Stand-in for ``testcontainers`` on machines without Docker: runs the image's command here.

It has the names and signatures of testcontainers 4.15 that ``docs/how-to/run-a-container.md`` uses.
"""
