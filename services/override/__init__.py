"""What people say about people: overrides of single fields, links, pictures.

Listens to: commands `cmd.override.>`, and its own `person_erased` to delete the objects; reads the
views of people, hands and stacks to suggest links.
Says: the events of context `override`; begin and end of an override's window at their time.
Owns: entity `person`, under the id of a person or of a PokerGFX identity; the objects of people
in the object store (`contracts.people.storage`).
"""
