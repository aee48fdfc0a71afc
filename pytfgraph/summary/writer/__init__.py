"""What writes event files."""
