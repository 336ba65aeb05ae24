"""What happens after a deadline slipped: a ladder of people, until somebody acts."""
