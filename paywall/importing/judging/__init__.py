"""What a record says, or what is wrong with it: each cell by its own rule, each problem by line and column."""
