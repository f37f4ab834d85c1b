"""What operators do when a region is lost, and when it is back."""
