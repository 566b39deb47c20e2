"""Words of clinical tables in ten languages: times, classes, missing values, roles."""
