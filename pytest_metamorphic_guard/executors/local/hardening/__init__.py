"""What the kernel can take away from a process before it reads candidate code."""
