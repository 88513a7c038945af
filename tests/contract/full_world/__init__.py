"""A world that holds something of everything, each query and each mutation that works in it."""
