"""The sample contact centre, made by a seed, and its start with the sandbox. Everybody and everything in it is made up."""
