"""A small world that lives at random: people, units and officers take every action of the list, legal or not, and an
oracle of its own says after each step whether a rule of the list is broken."""
