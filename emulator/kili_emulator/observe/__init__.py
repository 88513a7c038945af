"""What a test observes or arranges around the requests of a world.

Plain records that know no world, its tables or HTTP. ``requests`` keeps the latest requests of one
world; ``timeline`` has the tree that ``domain/timeline`` builds, and its text. ``fault_rule`` reads
the rule of a fault, ``faults`` keeps the faults of one world and decides which of them a request
meets, ``fault_presets`` has sets of faults.

Imported by: cli, client, domain, http, plugins, services, testing.
"""
