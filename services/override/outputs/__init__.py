"""What leaves the service besides facts: objects of people, and the decoder of their pictures."""
