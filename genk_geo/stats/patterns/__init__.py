"""Whether points lie closer together than chance puts them: one number or curve for all of them."""
