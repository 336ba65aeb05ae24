"""What the visits room does when another room's event happens: nothing yet.

A placement that starts, ends or is corrected counts the visit clocks again by itself.
"""
