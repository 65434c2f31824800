"""The form, and what is added on the customer's page."""
