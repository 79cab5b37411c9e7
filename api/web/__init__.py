"""The web pages: rendered on the server, usable without JavaScript, better with a little of it."""
