"""Keys for programs: each belongs to one institution and says what a program may ask there, and how much."""
