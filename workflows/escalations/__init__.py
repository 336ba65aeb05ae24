"""Professional challenge between agencies, carried up until somebody answers."""
