"""What is sent to find what breaks: drawn texts and files, inputs of each kind, and visitors who send forms."""
