"""Raw tables to checked tables: schema, sources, mappings, quarantine, contract logic, simulator.

May import `core` only.
"""
