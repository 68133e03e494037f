"""What is shipped: zips, folders, layers and images, read without running or extracting anything."""
