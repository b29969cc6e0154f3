"""What every wing may use; it knows no music file and no model."""
