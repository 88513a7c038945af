"""The timeline of a world: requests, and the changes, events and runs that followed from them.

``requests`` joins the recorded requests with the stored transactions and runs; ``effects`` finds
the events and runs that followed; ``tree`` builds the tree of both, for the whole world or for one
run, asset or project (``topic``). See docs/internals/timeline.md.

Imported by: services.
"""
