"""Networks: the frozen encoder's pass, and the trainer that fits many small networks at once."""
