"""The way of an image: API functions, worker and what they share."""
