"""What pictures show: read from the figures themselves."""
