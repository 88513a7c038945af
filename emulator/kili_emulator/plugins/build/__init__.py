"""Make a version from an upload: unpack it, check its files, imports and requirements.

``plugin_archive`` unpacks an upload. ``requirements`` and ``unmet_requirements`` compare the
requirements of a version with ``installed_packages``. ``versions`` keeps the loaded versions,
``version_sources`` shows their code, ``packages`` lists the packages that plugins can import. The
rooms ``dispatch``, ``links``, ``inline`` and ``process`` and the layers above ``plugins`` may
import this room.
"""
