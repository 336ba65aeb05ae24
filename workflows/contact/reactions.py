"""What the contact room does when another room's event happens: nothing yet.

A child who is home again owes no contact: the clock reads that from the placements.
"""
