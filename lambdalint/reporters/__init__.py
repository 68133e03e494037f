"""From a report to text. Reporters never analyse, read files or print."""
