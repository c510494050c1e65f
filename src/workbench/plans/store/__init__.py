"""Plans and what comes of them in a database that a team shares: versions are only ever added.

`open.open_store(place)` -> `store.Store`; `records` lists what is kept, `merge` tells what two
people changed, `migrations` holds the schema, `exchange` leads to files and back. May import `plan`
and what stands below it.
"""
