"""The customer's side: complain, follow, answer, say content."""
