; How far lines are indented, as Helix reads it.
[
  (model)
  (parameters)
  (arguments)
  (attributes)
] @indent

["}" ")"] @outdent
