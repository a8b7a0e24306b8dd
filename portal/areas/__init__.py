"""Provinces, communes, villages, payout points and providers."""
