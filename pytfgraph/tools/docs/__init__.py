"""What programs tell tools that write documentation."""
