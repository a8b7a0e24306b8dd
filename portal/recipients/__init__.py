"""People entitled: identity, entitlements, representatives, payment methods; roster import."""
