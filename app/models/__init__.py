"""Tables and the rules of one record: no session, no Qt, no clock."""
