"""What users corrected: where they disagree with the models, and the photos that they share."""
