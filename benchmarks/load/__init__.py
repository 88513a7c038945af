"""Load: many SDK clients at the same time, each in a process of its own (``make load``).

``client`` is the program of one client, ``scenarios`` starts servers and clients, ``checks`` looks
for lost and doubled labels, ``report`` prints figures.
"""
