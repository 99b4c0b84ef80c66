"""Reading the text: Rasa graph components and the plain Python they stand on. What is read never decides the route."""
