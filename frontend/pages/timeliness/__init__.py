"""How timely visits and reviews are, against their due dates, and which reviews are at risk."""
