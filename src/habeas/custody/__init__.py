"""Events to intervals, and every count of held persons out of them."""
