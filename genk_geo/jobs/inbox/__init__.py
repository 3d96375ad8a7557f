"""New files: recognised, archived under the day of their arrival, or put aside with the reason."""
