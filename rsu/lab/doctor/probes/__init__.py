"""The rows of the doctor, a module for each group."""
