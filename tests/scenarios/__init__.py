"""Business cases as data, run against the public services.

``python -m tests.scenarios PATH... [--json FILE]`` runs files or folders of YAML.  A case has an ``id``, a ``kind``,
the facts ``given`` and what is expected of one or more of: the facts as they are (``expect``), ``variants``, ``cases``,
``queries`` and ``steps``.  One adapter per kind knows the names of its kind; a name it does not know, or a name it
never looked at, makes the case *not covered*, never *passed*.

A new kind is a module here with a function marked ``@adapter("kind")``; it is found by itself.
"""
