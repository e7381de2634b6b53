"""The page on which a person sees the channels, is one of the sample people and sends commands."""
