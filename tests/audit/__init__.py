"""What `make audit` looks at: our code, the parts we ship, and what became of its releases."""
