/** graphql: GraphQL schema, resolvers and subscriptions derived from the kinds, over the registry verbs. */
export {};
