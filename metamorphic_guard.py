"""The stable import paths of the Metamorphic Guard contracts, where no other distribution owns them."""
