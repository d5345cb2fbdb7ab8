"""Another release on a box: its signatures (TUF), how it is unpacked, tried, kept or left; and a site's backup."""
