"""Live recognition: reads the frames of cameras, answers the newest of each, and stores none."""
