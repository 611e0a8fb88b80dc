export { CatalogSearch, type SearchQuestion, type Suggestion } from './catalog-search.ts'
export { fragmentOf, type Fragment } from './fragment.ts'
export { FACET_NAMES, type FacetName, type SearchDocument } from './search-document.ts'
export { QUERY_LENGTH_MAX, TextIndex, type Facets, type Hit, type Reading, type TextAnswer } from './text-index.ts'
