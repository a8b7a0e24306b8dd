"""The portal: cashless social-assistance payments at the commune."""
