"""Make a version of an upload: unpack it, check its files, imports and requirements.

``plugin_archive`` unpacks, ``requirements`` and ``unmet_requirements`` compare what a version
needs with ``installed_packages``, ``versions`` keeps the loaded versions. All rooms that run or
show plugins may import this one.
"""
