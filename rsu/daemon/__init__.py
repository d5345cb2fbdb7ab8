"""The daemon's processes: forked from one image, judged by their progress, started again."""
