"""Stand-ins that keep the ports' contracts, shared by the tests of several packages."""
