"""What a relation is made of: equivalence of outputs and expectations between them."""
