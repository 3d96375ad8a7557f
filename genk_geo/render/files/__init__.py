"""What is written into the folder of a week: pages, the data files beside them, prints."""
