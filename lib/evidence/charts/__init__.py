"""How a result looks: results come in as small frozen dataclasses, a `Figure` or a `Table` comes out.

Each figure has a module of its own (`forest`, `funnel`, ...). Nothing here computes a result or knows the
tables.
"""
