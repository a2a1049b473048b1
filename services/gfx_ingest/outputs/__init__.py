"""What follows from facts and the clock: findings, hands that rested, notices of the tables."""
