"""What a guitar can play, and how it is heard, written down and saved."""
