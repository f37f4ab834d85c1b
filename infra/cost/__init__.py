"""What a month of Spotter costs on AWS."""
