"""The Pages and profiles: connecting them, how they are, what they may cost, when they are posted on."""
