"""Inner search: which settings a method tries, and which of them an outer fold takes."""
