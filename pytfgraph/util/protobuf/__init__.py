"""What tests of protocol buffer messages need."""
