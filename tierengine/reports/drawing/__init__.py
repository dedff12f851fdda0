"""The way from evidence to tier as a picture: what it shows, where each part stands, and its SVG and text twin."""
