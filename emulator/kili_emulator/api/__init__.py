"""The GraphQL API: execute documents against the schema.

``execution`` and ``subscription`` run operations, ``graphql_documents`` parses and checks
documents, ``variable_values`` converts the variables, ``value_completion`` compiles selections,
``errors`` formats errors for the wire, ``resolvers`` binds the files of ``schema`` to the domain.

Imported by: app, http, testing.
"""
