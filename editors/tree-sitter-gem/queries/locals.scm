; Names: one space for all of a model.
(model) @local.scope

(parameter name: (name) @local.definition.parameter)
(let name: (name) @local.definition.var)
(genome name: (name) @local.definition.type)
(interaction name: (name) @local.definition.type)
(population name: (name) @local.definition.type)

(name) @local.reference
