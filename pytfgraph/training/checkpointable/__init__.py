"""Objects that tell what of them is to be saved."""
