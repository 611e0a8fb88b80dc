export { type Catalog, type CatalogSurroundings, startCatalog } from './catalog.ts'
export { type CatalogConfig, readCatalogConfig } from './config.ts'
export { BASE } from './base.ts'
