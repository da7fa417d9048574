"""Custody agreements between states, on one register: the map of the packages.

    cli                              how a person is asked and told
    service | adapters               use cases          | what touches disk
    fees | space                     the views of custody
    custody                          events to intervals: THE definition of held
    transfer                         the workflow: one table of what may follow what
    screening | register             judge a case       | record an event
    docket | law                     the cases          | what the law says
    units | errors | terms           money and area, errors, controlled words

Top may import below; names joined by ``|`` do not know each other.
"""
