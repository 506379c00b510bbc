"""Server-rendered pages. They work without JavaScript; the script only makes them nicer."""
