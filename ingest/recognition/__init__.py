"""Reading what is only a picture: scanned pages and image files, through Tesseract."""
