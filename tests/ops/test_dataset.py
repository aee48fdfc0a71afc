from family import make_tests

test_row = make_tests("dataset")
