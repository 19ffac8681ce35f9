"""What the tests stand on: a real instance, the scripted provider, and clients that can behave badly."""
