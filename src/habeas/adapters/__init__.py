"""How bytes reach a disk, an engine or a network; never what they mean."""
