"""When in the week: uncertain times spread over its hours, and the hours that stand out."""
