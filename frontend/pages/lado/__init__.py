"""Pages about allegations against adults who work with children."""
