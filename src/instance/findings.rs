//! What is wrong with an instance, in a form that people and programs can act on.
