"""Parts that several pages have, or that are a matter of their own on one."""
