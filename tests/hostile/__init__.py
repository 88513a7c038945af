"""Text from others that is made to hold the interpreter: none may."""
