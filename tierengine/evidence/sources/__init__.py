"""The formats of source documents: one file each, what they have in common, anchors, and the guard."""
